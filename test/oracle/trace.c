/* Runs a static program step by step under ptrace and prints where it is at each boundary, for the simulator's run of
 * the same program to be held against.
 *
 *   trace PROGRAM
 *
 *   selectors ES CS SS DS FS GS
 *   stack ADDRESS BYTES       the stack as the kernel made it, from the stack pointer up
 *   step PC REGISTERS FLAGS   a boundary: ax cx dx bx sp bp si di, in a 64-bit program r8 to r15 too
 *   signal NUMBER SIZE        a signal arrives at the boundary above, and the one below is the handler's first
 *                             instruction; so much floating-point state is saved above the frame
 *   exit STATUS | killed NUMBER | limit
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_STEPS = 200000, STACK_BYTES = 1024, CS64 = 0x33 };

/* The trap flag is the tracer's own, and RF comes and goes with it. */
#define NOT_OURS 0x10100ul

static long peek(pid_t pid, unsigned long long at) {
    errno = 0;
    return ptrace(PTRACE_PEEKDATA, pid, (void *)(uintptr_t)at, 0);
}

static void print_start(pid_t pid, const struct user_regs_struct *r) {
    printf("selectors %llx %llx %llx %llx %llx %llx\nstack %llx ", r->es, r->cs, r->ss, r->ds, r->fs, r->gs, r->rsp);
    for (unsigned i = 0; i < STACK_BYTES; i += sizeof(long)) {
        long word = peek(pid, r->rsp + i);
        if (errno) break;
        for (unsigned j = 0; j < sizeof word; j++) printf("%02x", (unsigned)(word >> 8 * j) & 0xff);
    }
    putchar('\n');
}

/* What the kernel says of its own frame, just entered: `extended_size` in the last bytes of the FXSAVE area that the
 * saved registers point to (asm/sigcontext.h). In a 32-bit frame 112 bytes of the old form stand in front of that area
 * and are counted. */
static unsigned long long state_size(pid_t pid, const struct user_regs_struct *r) {
    unsigned long long area;
    if (r->cs == CS64) area = (unsigned long)peek(pid, r->rsp + 8 + 40 + 184);
    else {
        unsigned plain = (unsigned)peek(pid, r->rsp + 8 + 76), info = (unsigned)peek(pid, r->rsp + 164 + 76);
        area = 112 + (r->rcx ? info : plain);
    }
    return (unsigned)peek(pid, area + 468) - (r->cs == CS64 ? 0 : 112);
}

static void print_step(const struct user_regs_struct *r) {
    printf("step %llx %llx %llx %llx %llx %llx %llx %llx %llx", r->rip, r->rax, r->rcx, r->rdx, r->rbx, r->rsp, r->rbp,
           r->rsi, r->rdi);
    if (r->cs == CS64)
        printf(" %llx %llx %llx %llx %llx %llx %llx %llx", r->r8, r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15);
    printf(" %llx\n", r->eflags & ~NOT_OURS);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    pid_t pid = fork();
    if (pid < 0) return 2;
    if (!pid) {
        personality(ADDR_NO_RANDOMIZE);
        if (ptrace(PTRACE_TRACEME, 0, 0, 0)) _exit(126);
        execv(argv[1], argv + 1);
        _exit(127);
    }
    int status, signal = 0, entering = 0;
    struct user_regs_struct r;
    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) {
        fprintf(stderr, "%s cannot be traced here\n", argv[1]);
        return 2;
    }
    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_EXITKILL);
    for (int n = 0; n < MOST_STEPS; n++) {
        if (ptrace(PTRACE_GETREGS, pid, 0, &r)) return 2;
        if (!n) print_start(pid, &r);
        if (entering) printf("signal %d %llx\n", entering, state_size(pid, &r));
        /* The step before the arrival of a signal has been told already. */
        if (!signal) print_step(&r);
        entering = signal;
        if (ptrace(PTRACE_SINGLESTEP, pid, 0, (long)signal)) return 2;
        if (waitpid(pid, &status, 0) != pid) return 2;
        if (WIFEXITED(status)) printf("exit %d\n", WEXITSTATUS(status));
        if (WIFSIGNALED(status)) printf("killed %d\n", WTERMSIG(status));
        if (!WIFSTOPPED(status)) return 0;
        /* A signal of its own stops the program before it is delivered, which the next call does. */
        signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
    }
    puts("limit");
    kill(pid, SIGKILL);
    return 0;
}
