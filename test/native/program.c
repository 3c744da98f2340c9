/*
 * The program around one wrapper: its first thread makes one cancellable call, a second thread cancels it when the
 * sweeper says so. Which call it is, and when the other thread acts, is the sweeper's business (sweep.c). The handler,
 * pthread_cancel and the C side of the wrapper are those of the linted tree.
 */
#include "meta.h"
#include "pthread_impl.h"

#define SIGUSR1 10
#define SIGUSR2 12
#define SA_RESTORER 0x04000000

extern const char __executable_start[], etext[], __window_first[], __window_last[], finish[], restorer[];

#ifdef __x86_64__
/* So high that half its address leads nowhere. */
static struct pthread *const thread = (struct pthread *)0x7e2121000000;
#else
static struct pthread only;
static struct pthread *const thread = &only;
#endif
/* Not the wrapper's to write to. */
long __cp_calls[16] = { 1, 2, 3, 4, 5, 6, 7, 8 };

__attribute__((section(".meta"), used)) struct meta meta;
#define ADDRESS(x) ((word)(unsigned long)(x))

#ifdef __x86_64__
enum { SYS_clone = 56, SYS_write = 1, SYS_gettid = 186, SYS_exit = 60, SYS_mmap = 9 };

long __syscall6(long n, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
    long r;
    __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return r;
}
__asm__(".text\n"
        ".global _start\n_start: xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call start\n"
        ".global restorer\nrestorer: mov $15,%eax\n syscall\n"
        ".global second\nsecond: mov $56,%eax\n mov $0x10f00,%edi\n lea stack_top(%rip),%rsi\n"
        " xor %edx,%edx\n xor %r10d,%r10d\n xor %r8d,%r8d\n syscall\n"
        " test %eax,%eax\n jnz 1f\n call canceller\n1: ret\n"
        /* Another function that a wrapper might call, which uses what it may, and the ends of a run. */
        ".global __cp_trace\n__cp_trace: mov $1,%eax\n mov %eax,%ecx\n mov %eax,%edx\n mov %eax,%esi\n mov %eax,%edi\n"
        " mov %eax,%r8d\n mov %eax,%r9d\n mov %eax,%r10d\n mov %eax,%r11d\n ret\n"
        ".global finish\nfinish: int3\n");
#else
enum { SYS_clone = 120, SYS_write = 4, SYS_gettid = 224, SYS_exit = 1, SYS_set_thread_area = 243 };

long six(const long *);
long __syscall6(long n, long a, long b, long c, long d, long e, long f)
{
    long all[7] = { n, a, b, c, d, e, f };
    return six(all);
}
__asm__(".text\n"
        ".global _start\n_start: xor %ebp,%ebp\n mov %esp,%eax\n and $-16,%esp\n sub $12,%esp\n push %eax\n call start\n"
        ".global restorer\nrestorer: mov $173,%eax\n int $0x80\n"
        ".global six\nsix: push %ebp\n push %edi\n push %esi\n push %ebx\n mov 20(%esp),%eax\n mov 4(%eax),%ebx\n"
        " mov 8(%eax),%ecx\n mov 12(%eax),%edx\n mov 16(%eax),%esi\n mov 20(%eax),%edi\n mov 24(%eax),%ebp\n"
        " mov (%eax),%eax\n int $0x80\n pop %ebx\n pop %esi\n pop %edi\n pop %ebp\n ret\n"
        ".global second\nsecond: push %ebx\n push %esi\n push %edi\n mov $120,%eax\n mov $0x10f00,%ebx\n"
        " mov $stack_top,%ecx\n xor %edx,%edx\n xor %esi,%esi\n xor %edi,%edi\n int $0x80\n"
        " test %eax,%eax\n jnz 1f\n call canceller\n1: pop %edi\n pop %esi\n pop %ebx\n ret\n"
        ".global __cp_trace\n__cp_trace: mov $1,%eax\n mov %eax,%ecx\n mov %eax,%edx\n ret\n"
        ".global finish\nfinish: int3\n");

/* Where i386 libraries keep the entry of the vDSO: `call *%gs:16` goes there. */
static unsigned long thread_local[8];
static struct { unsigned entry, base, limit, flags; } area = { -1u, 0, 0xfffff, 0x51 };
#endif

void second(void);
__asm__(".bss\n.balign 16\nstack: .skip 4096\nstack_top:\n.text\n");

long __syscall3(long n, long a, long b, long c)
{
    return __syscall6(n, a, b, c, 0, 0, 0);
}

struct pthread *__pthread_self(void)
{
    return thread;
}

int sigaction(int n, const struct sigaction *action, struct sigaction *old)
{
    (void)old;
    struct { void (*handler)(int, siginfo_t *, void *); unsigned long flags; const void *restorer; sigset_t mask; } k = {
        action->sa_sigaction, action->sa_flags | SA_RESTORER, restorer, action->sa_mask
    };
    return __syscall6(SYS_rt_sigaction, n, (long)&k, 0, 8, 0, 0);
}

int pthread_kill(pthread_t t, int n)
{
    return __syscall3(SYS_tkill, t->tid, n, 0);
}

void pthread_exit(void *result)
{
    (void)result;
    for (;;) __syscall3(SYS_exit, 0, 0, 0);
}

/* The other thread: f stores the flag alone, k sends the signal alone, b is what pthread_cancel does. */
__attribute__((used)) void canceller(void)
{
    char command;
    for (;;) {
        if (__syscall3(SYS_read, COMMANDS, (long)&command, 1) != 1) pthread_exit(0);
        if (command == 'f') thread->cancel = 1;
        else if (command == 'k') pthread_kill(thread, SIGCANCEL);
        else pthread_cancel(thread);
        __syscall3(SYS_write, ANSWERS, (long)&command, 1);
    }
}

static void other_handler(int n, siginfo_t *info, void *context)
{
    (void)n, (void)info, (void)context;
}

__attribute__((used)) void start(long *stack)
{
    (void)stack;
#ifdef __i386__
    long *p = stack + 1 + *stack + 1;
    while (*p++) continue;
    while (p[0] && p[0] != 32) p += 2;
    thread_local[4] = p[1];
    area.base = (unsigned long)thread_local;
    __syscall3(SYS_set_thread_area, (long)&area, 0, 0);
    __asm__ volatile("mov %w0,%%gs" : : "r"(area.entry * 8 + 3));
#endif
#ifdef __x86_64__
    /* PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS. */
    if (__syscall6(SYS_mmap, (long)thread, sizeof *thread, 3, 0x32, -1, 0) != (long)thread) pthread_exit(0);
#endif
    thread->self = thread;
    thread->tid = __syscall3(SYS_gettid, 0, 0, 0);
    struct sigaction other = { .sa_sigaction = other_handler, .sa_flags = SA_SIGINFO };
    sigaction(SIGUSR2, &other, 0);
    other.sa_flags |= SA_RESTART;
    sigaction(SIGUSR1, &other, 0);
    /* Installs the handler, and reaches nobody. */
    struct pthread nobody = { .tid = -1 };
    pthread_cancel(&nobody);
    meta.text = ADDRESS(__executable_start), meta.etext = ADDRESS(etext);
    meta.first = ADDRESS(__window_first), meta.last = ADDRESS(__window_last);
    meta.wrapper = ADDRESS(__syscall_cp_asm), meta.begin = ADDRESS(__cp_begin), meta.end = ADDRESS(__cp_end);
    meta.cancel_routine = ADDRESS(__cancel), meta.finish = ADDRESS(finish);
    meta.flag = ADDRESS(&thread->cancel), meta.before = ADDRESS(thread->before), meta.after = ADDRESS(thread->after);
    meta.disabled = ADDRESS(&thread->canceldisable);
    meta.self = ADDRESS(thread), meta.self_end = ADDRESS(thread + 1);
    meta.data = ADDRESS(__cp_calls), meta.data_end = ADDRESS(__cp_calls + 16);
    second();
    __asm__ volatile("int3" : : : "memory");
    meta.result = __syscall_cp(meta.number, meta.arguments[0], meta.arguments[1], meta.arguments[2],
                               meta.arguments[3], meta.arguments[4], meta.arguments[5]);
    __asm__ volatile("jmp finish");
    __builtin_unreachable();
}
