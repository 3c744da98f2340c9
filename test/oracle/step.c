/* Runs single instructions on the real processor, in 32-bit and in 64-bit mode, and prints the state after each.
 *
 *   step < vectors > answers         README.md has the lines
 *   step --can i386|x86_64           exit status 0 when this machine can, 2 and a reason when it cannot
 *
 * The process and all it uses lies above 4 GiB (a position independent executable). Below are four pages and nothing
 * else: what a tested instruction may touch. Each is mapped twice, so that this program writes them by another address.
 *
 * A vector is started by returning from a signal handler: the handler puts the vector's registers into its own signal
 * frame, with the code segment of the mode wanted, and the kernel's sigreturn loads them all at once. The code page is
 * full of int3, so the instruction behind the tested one (or the one jumped to) brings the next signal, whose frame is
 * the answer. Repeated string instructions are run with the trap flag instead, which stops after every iteration. It is
 * not used for the rest because pushf would show it.
 *
 * System calls of tested code never reach the kernel: Syscall User Dispatch turns every system call made from below
 * 4 GiB into a SIGSYS.
 */
#define _GNU_SOURCE
#include "vector.h"
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif
#define ARCH_SET_GS 0x1001
#define ARCH_SET_FS 0x1002
#define ARCH_GET_FS 0x1003
#define HWCAP2_FSGSBASE 2

#define TRAP_FLAG 0x100u
#define RESUME_FLAG 0x10000u
/* What a vector may set: CF PF AF ZF SF DF OF. */
#define SETTABLE 0xcd5u
/* NT, AC and ID: a tested popf can leave them set, and the kernel hands them on to the handler. */
#define LEAKING 0x244000u

#define CS32 0x23
#define CS64 0x33
#define SS 0x2b

struct region regions[REGIONS] = {{.base = 0x08048000u}, {.base = 0x10000000u}, {.base = 0xbfff0000u}, {.base = 0xb7f00000u}};

/* The frame's index of each register, in the order that instructions number them. */
static const int frame_index[REGISTERS] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                           REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static struct vector vector;
static struct answer answer;
static int running, finished;
static gregset_t home;         /* where the first signal interrupted main */
static int tls_selector;       /* of the 32-bit %gs; 0 where the kernel has no 32-bit mode */
static unsigned long home_fs;  /* this program's own thread pointer */
static int fast_bases;         /* wrfsbase and wrgsbase may be used */
static unsigned long run, run_at_tick;

int region_of(uint64_t address, uint64_t length) {
    for (int i = 0; i < REGIONS; i++) {
        uint64_t offset = address - regions[i].base;
        if (address >= regions[i].base && offset < PAGE && length <= PAGE - offset) return i;
    }
    return -1;
}

/* The byte that an address holds unless a vector says otherwise; anyone can compute it again. */
static uint8_t background(int region, uint32_t address) {
    return region == CODE ? 0xcc : (uint8_t)(address * 2654435761u >> 24);
}

static void set_fs_base(unsigned long base) {
    if (fast_bases) __asm__ volatile("wrfsbase %0" ::"r"(base));
    else __asm__ volatile("syscall" ::"a"(SYS_arch_prctl), "D"(ARCH_SET_FS), "S"(base) : "rcx", "r11", "memory");
}

static void set_gs_base(unsigned long base) {
    if (fast_bases) __asm__ volatile("wrgsbase %0" ::"r"(base));
    else __asm__ volatile("syscall" ::"a"(SYS_arch_prctl), "D"(ARCH_SET_GS), "S"(base) : "rcx", "r11", "memory");
}

/* ---- before and after a vector ---- */

static void write_patch(const struct patch *p) {
    struct region *r = &regions[region_of(p->address, (uint64_t)p->length)];
    memcpy(r->view + (p->address - r->base), p->bytes, (size_t)p->length);
    memcpy(r->before + (p->address - r->base), p->bytes, (size_t)p->length);
}

static void remove_patch(const struct patch *p) {
    int index = region_of(p->address, (uint64_t)p->length);
    struct region *r = &regions[index];
    uint32_t offset = p->address - r->base;
    for (int i = 0; i < p->length; i++) r->before[offset + i] = background(index, p->address + (uint32_t)i);
    memcpy(r->view + offset, r->before + offset, (size_t)p->length);
}

static int is_string_opcode(uint8_t b) {
    return (b >= 0xa4 && b <= 0xa7) || (b >= 0xaa && b <= 0xaf) || (b >= 0x6c && b <= 0x6f);
}

/* Where the opcode stands, behind the prefixes; the length when there is none. */
static int opcode_at(const struct vector *v, int *repeated) {
    int i = 0;
    for (*repeated = 0; i < v->length; i++) {
        uint8_t b = v->code[i];
        if (b == 0xf2 || b == 0xf3) *repeated = 1;
        else if (b != 0x26 && b != 0x2e && b != 0x36 && b != 0x3e && (b < 0x64 || b > 0x67) && b != 0xf0 &&
                 (v->bits == 32 || b < 0x40 || b > 0x4f))
            break;
    }
    return i;
}

/* Whether to stop by the trap flag: repeated string instructions, which stop after each iteration then. */
static int wants_trap_flag(const struct vector *v) {
    int repeated, at = opcode_at(v, &repeated);
    return at < v->length && repeated && is_string_opcode(v->code[at]);
}

/* AMD's syscall and Intel's sysenter of 32-bit mode: the kernel carries these out in spite of the dispatch. */
int is_refused(const struct vector *v) {
    int repeated, at = opcode_at(v, &repeated);
    return v->bits == 32 && at + 1 < v->length && v->code[at] == 0x0f &&
           (v->code[at + 1] == 0x05 || v->code[at + 1] == 0x34);
}

static void start_vector(greg_t *frame) {
    const struct vector *v = &vector;
    memcpy(regions[CODE].view + (v->ip - regions[CODE].base), v->code, (size_t)v->length);
    for (int i = 0; i < v->patches; i++) write_patch(&v->patch[i]);
    for (int i = 0; i < REGISTERS; i++) frame[frame_index[i]] = (greg_t)(v->bits == 64 || i < 8 ? v->reg[i] : 0);
    frame[REG_RIP] = (greg_t)v->ip;
    frame[REG_EFL] = (greg_t)((v->flags & SETTABLE) | 0x202u | (wants_trap_flag(v) ? TRAP_FLAG : 0));
    frame[REG_CSGSFS] = (greg_t)((uint64_t)(v->bits == 64 ? CS64 : CS32) | (uint64_t)SS << 48);
    answer.steps = 0;
    run++;
    /* As Linux starts a process of either kind, but for the %gs of 32-bit code, which its C library would have set. */
    int data = v->bits == 64 ? 0 : SS;
    __asm__ volatile("mov %0, %%ds; mov %0, %%es; mov %1, %%gs" ::"r"(data), "r"(v->bits == 64 ? 0 : tls_selector));
    if (v->bits == 64) {
        set_gs_base(v->gs_base);
        set_fs_base(v->fs_base); /* the last thing: from here on there is no thread pointer */
    }
}

static void clean_up(void) {
    const struct vector *v = &vector;
    for (int i = 0; i < v->patches; i++) remove_patch(&v->patch[i]);
    memset(regions[CODE].view + (v->ip - regions[CODE].base), 0xcc, (size_t)v->length);
    for (int i = DATA; i < REGIONS; i++)
        if (memcmp(regions[i].view, regions[i].before, PAGE)) memcpy(regions[i].view, regions[i].before, PAGE);
}

/* ---- the answer ---- */

static void take_answer(int signal, const greg_t *frame) {
    struct answer *a = &answer;
    a->outcome = signal == SIGSYS ? SYSCALL : signal == SIGALRM ? HANG : FAULT;
    a->trap = (int)frame[REG_TRAPNO];
    a->error = (uint32_t)frame[REG_ERR];
    a->cr2 = (uint64_t)frame[REG_CR2];
    a->ip = (uint64_t)frame[REG_RIP];
    a->flags = (uint32_t)frame[REG_EFL] & ~(TRAP_FLAG | RESUME_FLAG);
    for (int i = 0; i < REGISTERS; i++) a->reg[i] = (uint64_t)frame[frame_index[i]];
    if (a->outcome != FAULT) return;
    if (a->trap == 1) a->outcome = STEPPED;
    /* An int3 that is not the vector's own is the background: the instruction before it has run. */
    if (a->trap == 3 && a->ip - 1 - vector.ip >= (uint64_t)vector.length) {
        a->outcome = STEPPED;
        a->ip--;
    }
    /* So it has when the place that it jumped to cannot be fetched. */
    if (a->trap == 14 && a->ip != vector.ip && a->cr2 == a->ip) a->outcome = STEPPED;
}

static void on_signal(int signal, siginfo_t *info, void *context) {
    (void)info;
    greg_t *frame = ((ucontext_t *)context)->uc_mcontext.gregs;
    int fs;
    __asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; andl %0, (%%rsp); popfq; lea 128(%%rsp), %%rsp" ::"i"(~LEAKING)
                     : "cc", "memory");
    __asm__ volatile("mov %%fs, %0" : "=r"(fs));
    /* A tested load of %fs may have left a selector, and has cleared the base even when it loaded 0. */
    if (fs) __asm__ volatile("mov %0, %%fs" ::"r"(0));
    set_fs_base(home_fs); /* before anything that may use the thread pointer */

    if (!running) {
        running = 1;
        memcpy(home, frame, sizeof home);
    } else {
        /* The clock ticks now and then; only a vector that never stops sees two ticks. */
        if (signal == SIGALRM && run_at_tick != run) {
            run_at_tick = run;
            if (vector.bits == 64) set_fs_base(vector.fs_base);
            return;
        }
        take_answer(signal, frame);
        if (answer.outcome == STEPPED) answer.steps++;
        if (answer.outcome == STEPPED && vector.whole && answer.ip == vector.ip && answer.steps < PAGE) {
            if (vector.bits == 64) set_fs_base(vector.fs_base);
            return; /* the next iteration: the frame still has the trap flag */
        }
        print_answer(&vector, &answer);
        clean_up();
    }
    if (read_vector(&vector)) {
        if (vector.bits == 64 || tls_selector) {
            start_vector(frame);
            return;
        }
        static const char message[] = "this kernel runs no 32-bit code\n";
        flush_answers();
        if (write(2, message, sizeof message - 1)) _exit(2);
    }
    __asm__ volatile("mov %0, %%ds; mov %0, %%es; mov %0, %%gs" ::"r"(0));
    memcpy(frame, home, sizeof home);
    finished = 1;
}

/* ---- setting up ---- */

static void cannot(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(2);
}

static void map_regions(void) {
    for (int i = 0; i < REGIONS; i++) {
        struct region *r = &regions[i];
        int fd = memfd_create("region", 0);
        if (fd < 0 || ftruncate(fd, PAGE)) cannot("no memory for the regions");
        void *place = (void *)(uintptr_t)r->base;
        int access = i == CODE ? PROT_READ | PROT_EXEC : PROT_READ | PROT_WRITE;
        if (mmap(place, PAGE, access, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0) != place)
            cannot("the regions' addresses are taken");
        r->view = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (r->view == MAP_FAILED || (uintptr_t)r->view < 1ul << 32) cannot("no second view of the regions");
        for (uint32_t j = 0; j < PAGE; j++) r->before[j] = background(i, r->base + j);
        memcpy(r->view, r->before, PAGE);
        close(fd);
    }
}

static sigjmp_buf no_32_bit;
static void on_probe(int signal) {
    (void)signal;
    siglongjmp(no_32_bit, 1);
}

/* Makes a descriptor for %gs with i386's set_thread_area, whose argument must lie below 4 GiB: in a region for now. */
static void make_tls_descriptor(void) {
    struct region *r = &regions[TLS];
    uint32_t descriptor[4] = {0xffffffffu, r->base, 0xfffff, 0x51};
    long result;
    struct sigaction probe = {.sa_handler = on_probe}, old[2];
    sigaction(SIGSEGV, &probe, &old[0]);
    sigaction(SIGSYS, &probe, &old[1]);
    memcpy(r->view, descriptor, sizeof descriptor);
    if (!sigsetjmp(no_32_bit, 1)) {
        __asm__ volatile("int $0x80"
                         : "=a"(result)
                         : "a"(243), "b"((long)r->base)
                         : "memory", "r8", "r9", "r10", "r11");
        memcpy(descriptor, r->view, sizeof descriptor);
        if (!(int)result) tls_selector = (int)descriptor[0] * 8 + 3;
    }
    memcpy(r->view, r->before, sizeof descriptor);
    sigaction(SIGSEGV, &old[0], NULL);
    sigaction(SIGSYS, &old[1], NULL);
}

static void catch_signals(void) {
    static char handler_stack[1 << 17];
    stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    sigaltstack(&stack, NULL);
    static const int signals[] = {SIGTRAP, SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGSYS, SIGALRM};
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
}

int main(int argc, char **argv) {
    if ((uintptr_t)main < 1ul << 32) cannot("this program must be built as a position independent executable");
    map_regions();
    make_tls_descriptor();
    syscall(SYS_arch_prctl, ARCH_GET_FS, &home_fs);
    fast_bases = (getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE) != 0;
    /* System calls are let through from above 4 GiB only. */
    if (prctl(PR_SET_SYSCALL_USER_DISPATCH, 1, 1ul << 32, (1ul << 47) - (1ul << 32), NULL))
        cannot("this kernel has no Syscall User Dispatch, so tested code could make system calls");
    if (argc == 3 && !strcmp(argv[1], "--can")) {
        if (strcmp(argv[2], "x86_64") && !tls_selector) cannot("this kernel runs no 32-bit code");
        return 0;
    }
    catch_signals();
    struct itimerval tick = {{0, 100000}, {0, 100000}};
    setitimer(ITIMER_REAL, &tick, NULL);
    raise(SIGTRAP);
    flush_answers();
    return finished ? 0 : 1;
}
