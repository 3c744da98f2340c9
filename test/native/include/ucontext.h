/* As much of it as the handler needs, laid out as the kernel does. */
#ifndef UCONTEXT_H
#define UCONTEXT_H

#include <bits/signal.h>

typedef unsigned long uintptr_t;
typedef struct { unsigned long bits[8 / sizeof(long)]; } sigset_t;
typedef struct { int si_signo, si_errno, si_code; } siginfo_t;
typedef struct { void *sp; int flags; unsigned long size; } stack_t;

#ifdef __x86_64__
typedef struct { long gregs[23]; void *fpregs; unsigned long reserved[8]; } mcontext_t;
#else
typedef struct { int gregs[19]; void *fpregs; unsigned long oldmask, cr2; } mcontext_t;
#endif

typedef struct {
    unsigned long uc_flags;
    void *uc_link;
    stack_t uc_stack;
    mcontext_t uc_mcontext;
    sigset_t uc_sigmask;
} ucontext_t;

#endif
