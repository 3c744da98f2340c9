/* Signals without a description, one taken within the handler of another, and with flags that must come back. */
#include "start.h"

static volatile unsigned depth, deepest, order;

static void inner(int signal) {
    order = order * 4 + (unsigned)signal;
    if (++depth > deepest) deepest = depth;
    depth--;
}

static void outer(int signal) {
    depth++;
    raise_signal(SIGUSR2);
    order = order * 4 + (unsigned)signal;
    depth--;
}

/* The handler must find the direction flag clear, and the program find it and the carry set again: the words that `at`
 * walks over are counted down. */
static unsigned raise_with_flags(void) {
    static unsigned words[3] = {1, 2, 4};
    unsigned *at = words + 2, sum = 0;
    long result = SYS_KILL;
    long pid = system_call(SYS_GETPID, 0, 0, 0, 0);
#ifdef __i386__
    __asm__ volatile("std\n\tstc\n\t" KERNEL "\n\tadcl $0, %1\n\tlodsl\n\tlodsl\n\tcld"
                     : "+a"(result), "+d"(sum), "+S"(at)
                     : "b"(pid), "c"(SIGUSR1)
                     : "cc", "memory");
#else
    register long signal __asm__("r8") = SIGUSR1;
    __asm__ volatile("movq %%r8, %%rsi\n\tstd\n\tstc\n\t" KERNEL
                     "\n\tadcl $0, %1\n\tmovq %2, %%rsi\n\tlodsl\n\tlodsl\n\tcld\n\tmovq %%rsi, %2"
                     : "+a"(result), "+d"(sum), "+b"(at)
                     : "D"(pid), "r"(signal)
                     : "cc", "memory", "rcx", "r11", "rsi");
#endif
    return sum * 8 + (unsigned)result + (unsigned)(at - words);
}

int run(void) {
    unsigned carried = 0;
    handle(SIGUSR1, outer, 0);
    handle(SIGUSR2, inner, 0);
    for (int i = 0; i < 3; i++) carried = carried * 3 + raise_with_flags();
    return (int)(order + deepest * 16 + carried) & 0xff;
}
