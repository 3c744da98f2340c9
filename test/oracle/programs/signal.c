/* Signals with a description: the handler reads it and the saved registers, and changes some of them. */
#include "start.h"

/* In the machine's context, from the kernel's asm/sigcontext.h; behind ucontext's flags, link and stack. */
#ifdef __i386__
enum { REGISTERS = 5, ACCUMULATOR = 11, STACK_POINTER = 7, PROGRAM_COUNTER = 14, FLAGS = 16 };
#else
enum { REGISTERS = 5, ACCUMULATOR = 13, STACK_POINTER = 15, PROGRAM_COUNTER = 16, FLAGS = 17 };
#endif

static volatile unsigned taken, told;
static volatile unsigned long where, flags;
static char mark;

static void handler(int signal, int *info, unsigned long *context) {
    unsigned long *saved = context + REGISTERS;
    taken += (unsigned)signal;
    told = told * 16 + (unsigned)info[0] + (unsigned)info[2];
    where += saved[PROGRAM_COUNTER] + (saved[STACK_POINTER] > (unsigned long)&saved[0]);
    /* The trap flag is the tracer's. */
    flags ^= saved[FLAGS] & 0xcd5;
    /* What the interrupted call answers, and the carry that it leaves. */
    saved[ACCUMULATOR] = saved[ACCUMULATOR] * 2 + 77;
    saved[FLAGS] ^= 1;
}

/* The call's result and the carry behind it. */
static unsigned interrupted(int signal) {
    unsigned carry = 0;
    long result = SYS_KILL, pid = system_call(SYS_GETPID, 0, 0, 0, 0);
#ifdef __i386__
    __asm__ volatile("cmpl %1, %1\n\t" KERNEL "\n\tadcl $5, %1"
                     : "+a"(result), "+d"(carry)
                     : "b"(pid), "c"(signal)
                     : "cc", "memory");
#else
    __asm__ volatile("cmpl %1, %1\n\t" KERNEL "\n\tadcl $5, %1"
                     : "+a"(result), "+d"(carry)
                     : "D"(pid), "S"((long)signal)
                     : "cc", "memory", "rcx", "r11");
#endif
    return (unsigned)result + carry;
}

int run(void) {
    unsigned sum = 0;
    handle(SIGUSR1, handler, SA_SIGINFO);
    handle(SIGUSR2, handler, SA_SIGINFO | SA_NODEFER);
    for (int i = 0; i < 4; i++) sum = sum * 3 + interrupted(i & 1 ? SIGUSR2 : SIGUSR1);
    return (int)(sum + taken + told + (unsigned)(where - (unsigned long)&mark) + (unsigned)flags) & 0xff;
}
