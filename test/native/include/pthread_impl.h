/* The same names as in the trees that are linted, for a program without a library. */
#ifndef PTHREAD_IMPL_H
#define PTHREAD_IMPL_H

#include <ucontext.h>
#include "pthread_arch.h"

#define EINTR 4
#define ECANCELED 125
#define SIGCANCEL 33
#define SA_SIGINFO 4
#define SA_RESTART 0x10000000
#define PTHREAD_CANCEL_ENABLE 0
#define PTHREAD_CANCEL_DISABLE 1
#define PTHREAD_CANCELED ((void *)-1)
#define hidden __attribute__((__visibility__("hidden")))

#ifdef __x86_64__
enum { SYS_read = 0, SYS_close = 3, SYS_rt_sigaction = 13, SYS_tkill = 200, SYS_tgkill = 234 };
#else
enum { SYS_read = 3, SYS_close = 6, SYS_rt_sigaction = 174, SYS_tkill = 238, SYS_tgkill = 270 };
#endif

struct pthread {
    struct pthread *self;
    int tid;
    int before[2];
    /* What lies around it is zero in one half of the runs and not in the other. */
    volatile int cancel;
    int after[2];
    int canceldisable;
    int cancelasync;
};
typedef struct pthread *pthread_t;

struct sigaction {
    void (*sa_sigaction)(int, siginfo_t *, void *);
    unsigned long sa_flags;
    void (*sa_restorer)(void);
    sigset_t sa_mask;
};

hidden long __syscall3(long, long, long, long);
hidden long __syscall6(long, long, long, long, long, long, long);
hidden struct pthread *__pthread_self(void);
hidden long __syscall_cp(long, long, long, long, long, long, long);
hidden long __syscall_cp_asm(volatile void *, long, long, long, long, long, long, long);
hidden long __cancel(void);
hidden void __testcancel(void);
hidden int pthread_cancel(pthread_t);
hidden int pthread_kill(pthread_t, int);
hidden int sigaction(int, const struct sigaction *, struct sigaction *);
hidden void pthread_exit(void *) __attribute__((__noreturn__));
hidden extern const char __cp_begin[1], __cp_end[1], __cp_cancel[1];

static inline void sigaddset(sigset_t *set, int n)
{
    set->bits[(n - 1) / (8 * sizeof(long))] |= 1ul << (n - 1) % (8 * sizeof(long));
}

static inline void sigfillset(sigset_t *set)
{
    for (unsigned i = 0; i < sizeof set->bits / sizeof(long); i++) set->bits[i] = ~0ul;
}

#endif
