/* What a program needs that has no library: an entry, system calls, signals. Each defines `int run(void)`, whose result
 * is the exit status, and uses nothing but integer instructions. */
#ifndef START_H
#define START_H

int run(void);

#ifdef __i386__
enum { SYS_EXIT = 1, SYS_GETPID = 20, SYS_KILL = 37, SYS_RT_SIGACTION = 174 };

__asm__(".globl _start\n_start:\n\txorl %ebp, %ebp\n\tandl $-16, %esp\n\tcall run\n"
        "\tmovl %eax, %ebx\n\tmovl $1, %eax\n\tint $0x80\n\thlt\n");

#define KERNEL "int $0x80"

static inline long system_call(long number, long a, long b, long c, long d) {
    long result;
    __asm__ volatile(KERNEL : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
    return result;
}

/* What handlers return to: the first for SA_SIGINFO, the second without. */
__asm__("return_from_info:\n\tmovl $173, %eax\n\tint $0x80\n"
        "return_from_plain:\n\tpopl %eax\n\tmovl $119, %eax\n\tint $0x80\n");
#else
enum { SYS_EXIT = 60, SYS_GETPID = 39, SYS_KILL = 62, SYS_RT_SIGACTION = 13 };

__asm__(".globl _start\n_start:\n\txorl %ebp, %ebp\n\tandq $-16, %rsp\n\tcall run\n"
        "\tmovl %eax, %edi\n\tmovl $60, %eax\n\tsyscall\n\thlt\n");

#define KERNEL "syscall"

static inline long system_call(long number, long a, long b, long c, long d) {
    long result;
    register long fourth __asm__("r10") = d;
    __asm__ volatile(KERNEL
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                     : "rcx", "r11", "memory");
    return result;
}

__asm__("return_from_info:\nreturn_from_plain:\n\tmovl $15, %eax\n\tsyscall\n");
#endif

extern void return_from_info(void), return_from_plain(void);

enum { SA_SIGINFO = 4, SA_RESTORER = 0x04000000, SA_NODEFER = 0x40000000 };
enum { SIGUSR1 = 10, SIGUSR2 = 12 };

/* The kernel's struct sigaction, with a signal set of 8 bytes. */
struct kernel_action {
    void (*handler)();
    unsigned long flags;
    void (*restorer)(void);
    unsigned char mask[8];
};

static inline void handle(int signal, void (*handler)(), unsigned long flags) {
    void (*restorer)(void) = flags & SA_SIGINFO ? return_from_info : return_from_plain;
    struct kernel_action action = {handler, flags | SA_RESTORER, restorer, {0}};
    system_call(SYS_RT_SIGACTION, signal, (long)&action, 0, 8);
}

static inline long raise_signal(int signal) {
    return system_call(SYS_KILL, system_call(SYS_GETPID, 0, 0, 0, 0), signal, 0, 0);
}

/* Keeps the compiler from working the program out. */
static inline unsigned opaque(unsigned value) {
    __asm__ volatile("" : "+r"(value));
    return value;
}
#endif
