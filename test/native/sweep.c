/*
 * Interrupts a wrapper everywhere, for real: `sweep [-v] PROGRAM…` runs each program anew for every place at which the
 * cancellation signal can arrive, and prints what went wrong, a line a program:
 *
 *     PROGRAM none | KIND@WITNESS[,KIND@WITNESS]…
 *
 * The first thread is stepped under ptrace from the wrapper's entry. At the boundary in question the second thread is
 * told to cancel it and has done so before the first goes on, so the signal is taken there. A witness is the first case
 * that showed it: the call (w waits, d makes a descriptor, e fails), what happened (- nothing, c a request, f the flag
 * was set before the wrapper and the signal came later, F the flag alone, n a request inside another handler), and the
 * number of the boundary, or b for blocked. -v prints each case.
 *
 * Kinds: what an observer outside of the program can tell.
 *   lost-request  it waits although it has been cancelled, or never comes to an end
 *   lost-result   it was cancelled with a result in its hands: a descriptor stays open
 *   cancel-path   the cancel routine is entered with another stack, return address, callee-saved register or direction
 *   arguments     the kernel saw another number or other arguments, at first or after a restart
 *   no-call       it returns without having made the call
 *   abi           the caller gets another stack, callee-saved register, direction or result back
 *   flag-check    cancelled without a request, or not although the flag was set all along
 *   side-effect   memory of others has changed between the start of the window and the call
 *   foreign-code  a second call was made
 *   eintr         a thread that has cancellation disabled sees EINTR
 *   crash         it crashes before the call without any request
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include "include/meta.h"

enum { SIGCANCEL = 33, CS64 = 0x33, MOST_STEPS = 500, MOST_EVENTS = 120 };
enum { LOST_REQUEST, LOST_RESULT, CANCEL_PATH, ARGUMENTS, NO_CALL, ABI, FLAG_CHECK, SIDE_EFFECT, FOREIGN, EINTR_SEEN, CRASH, KINDS };
static const char *const KIND[KINDS] = { "lost-request", "lost-result", "cancel-path", "arguments", "no-call", "abi", "flag-check",
                                         "side-effect", "foreign-code", "eintr", "crash" };
enum { BLOCKED = -1, NOWHERE = -2 };

typedef struct user_regs_struct regs_t;

struct one {
    char call, what;  /* see above */
    int at;           /* the boundary */
    int set;          /* which of the two sets of values */
    int flag;         /* what stands there as the flag, for F */
    int other;        /* the other handler's signal, for n */
};

static char witness[KINDS][24];
static int verbose;
static long cases;

/* The case that runs. */
static const struct one *now;
static pid_t pid;
static struct meta meta;
static int is64, in_call, finished_calls, entered, interrupted, made_descriptor, cancelled, back, fixed, skipped, not_its_own;
static int snapped, requested, done, waits_here;
static long last_result;
static regs_t entry, before_fix, callers;
static word return_address, saved_text;
static unsigned char shot[1024];
static size_t shot_size;

static void die(const char *what) {
    fprintf(stderr, "sweep: %s: %s\n", what, strerror(errno));
    if (pid > 0) kill(pid, SIGKILL);
    exit(2);
}

static void found(int kind, const char *detail) {
    if (verbose) fprintf(stderr, "  %c%c%d set %d: %s: %s\n", now->call, now->what, now->at, now->set, KIND[kind], detail);
    if (*witness[kind]) return;
    if (now->at == BLOCKED) snprintf(witness[kind], sizeof *witness, "%c%cb", now->call, now->what);
    else if (now->at == NOWHERE) snprintf(witness[kind], sizeof *witness, "%c%c", now->call, now->what);
    else snprintf(witness[kind], sizeof *witness, "%c%c%d", now->call, now->what, now->at);
}

static int get(word at, void *to, size_t n) {
    struct iovec l = { to, n }, r = { (void *)at, n };
    return process_vm_readv(pid, &l, 1, &r, 1, 0) == (ssize_t)n;
}
static void put(word at, const void *from, size_t n) {
    struct iovec l = { (void *)from, n }, r = { (void *)at, n };
    if (process_vm_writev(pid, &l, 1, &r, 1, 0) != (ssize_t)n) die("writing");
}
static word load(word at) {
    word v = 0;
    get(at, &v, is64 ? 8 : 4);
    return v;
}
static regs_t regs(void) {
    regs_t r;
    if (ptrace(PTRACE_GETREGS, pid, 0, &r)) die("PTRACE_GETREGS");
    return r;
}
static void set_regs(regs_t *r) {
    if (ptrace(PTRACE_SETREGS, pid, 0, r)) die("PTRACE_SETREGS");
}
/* Puts a breakpoint into the text; what stood there. */
static word plant(word at) {
    errno = 0;
    word old = ptrace(PTRACE_PEEKTEXT, pid, at, 0);
    if (errno || ptrace(PTRACE_POKETEXT, pid, at, (old & ~0xffull) | 0xcc)) die("planting a breakpoint");
    return old;
}

static volatile sig_atomic_t late;
static void on_alarm(int n) { (void)n; late = 1; }

/* 'S' when the first thread sleeps in the kernel. */
static int sleeps(void) {
    char path[40], text[200];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return 0;
    text[n] = 0;
    char *p = strrchr(text, ')');
    return p && p[2] == 'S';
}

enum { STOPPED, ASLEEP, GONE, HANGS };
static int status;

/* Waits for the next stop; where the call may wait, for sleep too. */
static int wait_for(void) {
    for (;;) {
        pid_t w = waitpid(pid, &status, waits_here ? WNOHANG : 0);
        if (w == pid) return WIFSTOPPED(status) ? STOPPED : GONE;
        if (w < 0 && errno != EINTR) die("waitpid");
        if (late) return HANGS;
        if (waits_here && sleeps()) {
            /* It may have stopped in between, which is no sleep. */
            if (waitpid(pid, &status, WNOHANG) == pid) return WIFSTOPPED(status) ? STOPPED : GONE;
            return ASLEEP;
        }
    }
}

static void command(char c) {
    char answer;
    if (write(COMMANDS + 10, &c, 1) != 1) die("writing a command");
    while (read(ANSWERS + 10, &answer, 1) != 1) if (errno != EINTR || late) die("the second thread is silent");
    if (c != 'f') requested = 1;
}

static void drain(int fd) {
    char buf[64];
    int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    while (read(fd, buf, sizeof buf) > 0) continue;
    fcntl(fd, F_SETFL, flags);
}

/* ---- values ---- */

static word sentinel(int n) {
    word v = (0x1122334455667788ull + 0x0101010101010101ull * n) ^ (now->set ? 0xa5c3965a3c695af0ull : 0);
    return is64 ? v : (unsigned)v;
}

static void choose_call(void) {
    word upper = is64 ? 0x7766554400000000ull : 0;
    for (int i = 0; i < 6; i++) meta.arguments[i] = sentinel(20 + i);
    if (now->call == 'w') {
        meta.number = is64 ? 0 : 3;
        meta.arguments[0] = upper | EMPTY;
        meta.arguments[1] = META_ADDRESS + sizeof meta + 64 + 16 * now->set;
        meta.arguments[2] = 5 + now->set;
    } else {
        meta.number = is64 ? 32 : 41;
        meta.arguments[0] = now->call == 'd' ? upper | EMPTY : is64 ? 0xffffffff00000333ull + now->set : 0x333u + now->set;
    }
    put(META_ADDRESS + offsetof(struct meta, number), &meta.number, 7 * sizeof(word));
}

static word *argument(regs_t *r, int i) {
    word *const in64[] = { (word *)&r->rdi, (word *)&r->rsi, (word *)&r->rdx, (word *)&r->r10, (word *)&r->r8, (word *)&r->r9 };
    word *const in32[] = { (word *)&r->rbx, (word *)&r->rcx, (word *)&r->rdx, (word *)&r->rsi, (word *)&r->rdi, (word *)&r->rbp };
    return (is64 ? in64 : in32)[i];
}

static word cut(word v) { return is64 ? v : (unsigned)v; }

/* Callee-saved registers, the direction flag, the stack and what it returns to, as at the wrapper's entry. */
static const char *damage(const regs_t *r, word sp) {
    if (cut(r->rsp) != sp) return "stack pointer";
    if (r->rbx != entry.rbx) return "bx";
    if (r->rbp != entry.rbp) return "bp";
    if (is64 && (r->r12 != entry.r12 || r->r13 != entry.r13 || r->r14 != entry.r14 || r->r15 != entry.r15)) return "r12 to r15";
    if (!is64 && (r->rsi != entry.rsi || r->rdi != entry.rdi)) return "si, di";
    if (r->eflags & 0x400) return "direction flag";
    return 0;
}

/* ---- what happens ---- */

static int ours(word pc) {
    return pc >= meta.text && pc < meta.etext && !(pc >= meta.first && pc < meta.last);
}

static size_t shoot(unsigned char *to) {
    size_t a = meta.self_end - meta.self, b = meta.data_end - meta.data, c = 256;
    get(meta.self, to, a);
    get(meta.data, to + a, b);
    /* Behind the arguments, which are the wrapper's. */
    get(entry.rsp + (is64 ? 3 * 8 : 9 * 4), to + a + b, c);
    return a + b + c;
}

static void note_boundary(word pc) {
    if (snapped || requested || now->what != '-' || pc < meta.begin || pc >= meta.end) return;
    snapped = 1;
    shot_size = shoot(shot);
}

static void on_entry(regs_t *r) {
    in_call = 1;
    skipped = fixed = 0;
    /* What comes after the return and what the handlers do is not the wrapper's. */
    not_its_own = back || ours(r->rip);
    if (not_its_own) return;
    if (snapped == 1) {
        unsigned char after[sizeof shot];
        shoot(after);
        if (memcmp(shot, after, shot_size)) found(SIDE_EFFECT, "memory has changed");
        snapped = 2;
    }
    if (finished_calls) {
        found(FOREIGN, "a second call");
        r->orig_rax = -1;
        set_regs(r);
        skipped = 1;
        return;
    }
    entered++;
    if (now->what == 'F') found(FLAG_CHECK, "the call is made although the flag is set");
    before_fix = *r;
    if (cut(r->orig_rax) != meta.number) {
        found(ARGUMENTS, "number");
        fixed = 1;
        r->orig_rax = meta.number;
    }
    for (int i = 0; i < 6; i++) {
        if (cut(*argument(r, i)) == meta.arguments[i]) continue;
        static const char *const NAMES[] = { "argument 1", "argument 2", "argument 3", "argument 4", "argument 5", "argument 6" };
        found(ARGUMENTS, NAMES[i]);
        fixed = 1;
        *argument(r, i) = meta.arguments[i];
    }
    /* The right call is made all the same: it is safe, and shows what else is wrong. */
    if (fixed) set_regs(r);
    waits_here = now->call == 'w';
}

static void on_exit_from(regs_t *r) {
    in_call = waits_here = 0;
    if (not_its_own || skipped) return;
    long result = is64 ? (long)r->rax : (int)r->rax;
    if (fixed) {
        for (int i = 0; i < 6; i++) *argument(r, i) = *argument(&before_fix, i);
        r->orig_rax = before_fix.orig_rax;
        set_regs(r);
    }
    if (result <= -512 && result >= -516) {
        interrupted = 1;
        return;
    }
    interrupted = 0;
    finished_calls++;
    last_result = result;
    if (result >= 0) made_descriptor = 1;
}

static void on_cancel(regs_t *r) {
    done = cancelled = 1;
    if (back) return;
    if (now->what == '-') found(FLAG_CHECK, "cancelled without a request");
    if (made_descriptor) found(LOST_RESULT, now->call == 'd' ? "a descriptor" : "bytes");
    const char *wrong = damage(r, entry.rsp);
    if (wrong) found(CANCEL_PATH, wrong);
    else if (load(entry.rsp) != return_address) found(CANCEL_PATH, "return address");
}

/* At the place that the wrapper returns to. */
static void on_return(regs_t *r) {
    back = 1;
    long result = is64 ? (long)r->rax : (int)r->rax;
    const char *wrong = damage(r, entry.rsp + (is64 ? 8 : 4));
    if (wrong) found(ABI, wrong);
    if (!finished_calls && !interrupted) found(NO_CALL, "it returns without a call");
    else if (!*witness[FOREIGN] && result != (interrupted ? -EINTR : last_result)) found(ABI, "result");
    /* The caller goes on as if all had been well. */
    r->rbx = callers.rbx, r->rbp = callers.rbp, r->rsi = callers.rsi, r->rdi = callers.rdi;
    r->r12 = callers.r12, r->r13 = callers.r13, r->r14 = callers.r14, r->r15 = callers.r15;
    r->rsp = entry.rsp + (is64 ? 8 : 4);
    r->rip = return_address;
    r->eflags &= ~0x400ull;
    set_regs(r);
}

static void on_crash(const char *detail) {
    done = 1;
    if (finished_calls || interrupted) found(ABI, detail);
    else if (now->what == '-' || *witness[CRASH]) found(CRASH, detail);
    else found(CANCEL_PATH, detail);
}

static void on_sleep(void) {
    done = 1;
    if (requested && !back) found(LOST_REQUEST, "it waits in the kernel");
}

static void on_hang(void) {
    done = 1;
    found(now->what == '-' ? CRASH : LOST_REQUEST, "it never comes to an end");
}

/* Takes care of a stop; the signal to go on with. */
static int on_stop(int stepping) {
    int signal = WSTOPSIG(status);
    regs_t r = regs();
    if (signal == (SIGTRAP | 0x80)) {
        if (in_call) on_exit_from(&r);
        else on_entry(&r);
        return 0;
    }
    if (signal == SIGTRAP) {
        if (stepping) return 0;
        if (r.rip - 1 == meta.cancel_routine) return on_cancel(&r), 0;
        if (r.rip - 1 == return_address && !back) {
            ptrace(PTRACE_POKETEXT, pid, return_address, saved_text);
            return on_return(&r), 0;
        }
        if (r.rip - 1 == meta.finish) return done = 1, 0;
        return on_crash("breakpoint"), 0;
    }
    if (signal == SIGCANCEL || signal == SIGUSR1 || signal == SIGUSR2) return signal;
    on_crash(strsignal(signal));
    return 0;
}

static void go(int request, int signal) {
    if (ptrace(request, pid, 0, (long)signal)) die("ptrace");
}

/* From the wrapper's entry to a boundary, one at a time. 1 when it is there, 0 when it is done, -1 when it waits. */
static int step_to(int at, int *passed) {
    int entering = 0;
    for (int n = 0; n < MOST_STEPS; n++) {
        regs_t r = regs();
        if (r.rip == return_address) return *passed = n, on_return(&r), 1;
        if (r.rip == meta.cancel_routine) return *passed = n, on_cancel(&r), 0;
        note_boundary(r.rip);
        if (n == at) return *passed = n, 1;
        unsigned char code[2] = { 0 };
        get(r.rip, code, 2);
        int kernel = (code[0] == 0xcd && code[1] == 0x80) || (code[0] == 0x0f && (code[1] == 0x05 || code[1] == 0x34));
        /* Over a call with its two stops, or over an instruction with one. */
        for (int stops = kernel ? 2 : 1; stops > 0; stops--) {
            go(kernel ? PTRACE_SYSCALL : PTRACE_SINGLESTEP, entering);
            entering = 0;
            int how = wait_for();
            if (how == ASLEEP) return *passed = n, -1;
            if (how != STOPPED) return *passed = n, how == HANGS ? on_hang() : on_crash("it ended"), 0;
            entering = on_stop(1);
            if (entering) stops++;
            if (done) return *passed = n, 0;
        }
    }
    on_hang();
    return 0;
}

static void run_on(void) {
    int signal = 0;
    for (int n = 0; !done; n++) {
        if (n > MOST_EVENTS) { on_hang(); return; }
        go(PTRACE_SYSCALL, signal);
        int how = wait_for();
        if (how == ASLEEP) return on_sleep();
        if (how == HANGS) return on_hang();
        if (how == GONE) return on_crash("it ended");
        signal = on_stop(0);
    }
}

static void start(const char *program) {
    in_call = finished_calls = entered = interrupted = made_descriptor = cancelled = back = fixed = skipped = 0;
    snapped = requested = done = waits_here = 0;
    late = 0;
    struct itimerval limit = { { 0, 20000 }, { 2, 0 } };
    setitimer(ITIMER_REAL, &limit, 0);
    pid = vfork();
    if (pid < 0) die("vfork");
    if (!pid) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0)) _exit(126);
        execl(program, program, (char *)0);
        _exit(127);
    }
    if (wait_for() != STOPPED) die(program);
    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
    go(PTRACE_CONT, 0);
    if (wait_for() != STOPPED || WSTOPSIG(status) != SIGTRAP) die("the program does not come up");
    regs_t r = regs();
    is64 = r.cs == CS64;
    if (!get(META_ADDRESS, &meta, sizeof meta)) die("meta");
    choose_call();
    int around[2] = { now->set ? 0 : 0x5a5a5a5a, now->set ? 0 : 0x5a5a5a5a };
    put(meta.before, around, sizeof around);
    put(meta.after, around, sizeof around);
}

/* Steps to the entry of the wrapper and puts values that nobody takes for others into the registers. */
static void enter(void) {
    regs_t r;
    for (int n = 0; (r = regs()).rip != meta.wrapper; n++) {
        if (n > MOST_STEPS) die("the wrapper is not called");
        go(PTRACE_SINGLESTEP, 0);
        if (wait_for() != STOPPED) die("stepping to the wrapper");
    }
    callers = r;
    return_address = load(r.rsp);
    r.rbx = sentinel(1), r.rbp = sentinel(2), r.rax = sentinel(3);
    if (is64) {
        r.r12 = sentinel(4), r.r13 = sentinel(5), r.r14 = sentinel(6), r.r15 = sentinel(7);
        r.r10 = sentinel(8), r.r11 = sentinel(9);
    } else {
        r.rsi = sentinel(4), r.rdi = sentinel(5), r.rcx = sentinel(6), r.rdx = sentinel(7);
    }
    /* Carry, parity, adjust, zero, sign, overflow. */
    r.eflags = now->set ? r.eflags | 0x8d5 : r.eflags & ~0x8d5ull;
    r.eflags &= ~0x400ull;
    set_regs(&r);
    entry = r;
}

static void set_traps(void) {
    plant(meta.cancel_routine);
    if (!back) saved_text = plant(return_address);
}

/* Runs a case; how many boundaries it passed before its end where nothing interrupts it. */
static int run(const char *program, const struct one *one) {
    int passed = 0;
    now = one;
    cases++;
    start(program);
    if (one->what == 'D') {
        int yes = 1;
        put(meta.disabled, &yes, sizeof yes);
        waits_here = 0;
        /* The plain call: wait until it sleeps, then cancel. */
        in_call = 0;
        back = 0;
        int signal = 0;
        for (int n = 0; n < MOST_EVENTS; n++) {
            go(PTRACE_SYSCALL, signal);
            int how = wait_for();
            if (how == ASLEEP) {
                if (requested) break;
                command('b');
                if (wait_for() != STOPPED) break;
            } else if (how != STOPPED) break;
            signal = 0;
            if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
                in_call = !in_call;
                regs_t r = regs();
                waits_here = in_call && cut(r.orig_rax) == meta.number;
            } else if (WSTOPSIG(status) != SIGTRAP) signal = WSTOPSIG(status);
            else {
                if (requested && get(META_ADDRESS, &meta, sizeof meta) && (int)meta.result == -EINTR)
                    found(EINTR_SEEN, "EINTR");
                break;
            }
        }
    } else {
        enter();
        if (one->what == 'F') put(meta.flag, &one->flag, sizeof one->flag);
        if (one->what == 'f') command('f');
        /* It has to stop for a breakpoint, which it does not while it waits. */
        if (one->at == BLOCKED) set_traps();
        int there = step_to(one->at == BLOCKED || one->at == NOWHERE ? MOST_STEPS : one->at, &passed);
        if (there < 0 && one->what == '-') {
            /* Nothing is wrong with waiting; now let it come to its end. */
            if (write(FILLING, "abcdefghi", 5 + one->set) != 5 + one->set) die("filling");
            waits_here = 0;
            if (wait_for() != STOPPED) die("the call does not end");
            on_stop(1);
            if (!done) { int more; step_to(MOST_STEPS, &more); }
        } else if (there < 0 && one->at != BLOCKED) {
            on_sleep();
        } else if (there && (one->at == BLOCKED ? there < 0 : one->at != NOWHERE) && one->what != '-' && one->what != 'F') {
            if (!back && there > 0) set_traps();
            if (one->what == 'n') {
                if (syscall(SYS_tgkill, pid, pid, one->other)) die("tgkill");
                int how = STOPPED, signal = 0;
                if (there > 0) { go(PTRACE_SINGLESTEP, 0); how = wait_for(); }
                else how = wait_for();
                /* Up to the first instruction of the other handler. */
                for (int n = 0; n < 4 && !done && how == STOPPED; n++) {
                    signal = on_stop(1);
                    go(PTRACE_SINGLESTEP, signal);
                    how = wait_for();
                    if (signal) break;
                }
                if (how != STOPPED) die("no other handler");
                if (!done) { command('b'); run_on(); }
            } else {
                command(one->what == 'f' ? 'k' : 'b');
                int how = there < 0 ? wait_for() : STOPPED;
                if (how == ASLEEP) on_sleep();
                else if (how != STOPPED) on_hang();
                else if (there < 0) on_stop(0);
                run_on();
            }
        }
    }
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, __WALL) < 0 && errno == EINTR) continue;
    drain(EMPTY), drain(COMMANDS), drain(ANSWERS + 10);
    return passed;
}

static void sweep(const char *program) {
    memset(witness, 0, sizeof witness);
    int length[2] = { 0, 0 }, path = 0;
    /* Undisturbed. */
    for (int set = 0; set < 2; set++) {
        length[0] = run(program, &(struct one){ .call = 'w', .what = '-', .at = NOWHERE, .set = set });
        length[1] = run(program, &(struct one){ .call = 'd', .what = '-', .at = NOWHERE, .set = set });
        run(program, &(struct one){ .call = 'e', .what = '-', .at = NOWHERE, .set = set });
    }
    /* The flag was set before, with any value that is not zero. */
    static const int FLAGS[] = { 1, 1, 0x100, 0x10000, (int)0x80000000 };
    for (unsigned i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++)
        path = run(program, &(struct one){ .call = i ? 'w' : 'd', .what = 'F', .at = NOWHERE, .set = i & 1, .flag = FLAGS[i] });
    /* A request at every boundary: of a call that waits, of one that makes a descriptor, of one that fails. */
    for (int at = 0; at <= length[0]; at++) run(program, &(struct one){ .call = 'w', .what = 'c', .at = at, .set = at & 1 });
    for (int at = 0; at <= length[1]; at++) run(program, &(struct one){ .call = 'd', .what = 'c', .at = at, .set = at & 1 });
    /* The signal of a request that the flag test has seen. */
    for (int at = 0; at <= path; at++) run(program, &(struct one){ .call = 'd', .what = 'f', .at = at, .set = at & 1 });
    /* A request while another handler runs. */
    for (int at = 0; at <= length[0]; at++)
        run(program, &(struct one){ .call = 'w', .what = 'n', .at = at, .set = at & 1, .other = at & 1 ? SIGUSR2 : SIGUSR1 });
    /* While it waits. */
    for (int set = 0; set < 2; set++) run(program, &(struct one){ .call = 'w', .what = 'c', .at = BLOCKED, .set = set });
    for (int set = 0; set < 2; set++)
        run(program, &(struct one){ .call = 'w', .what = 'n', .at = BLOCKED, .set = set, .other = set ? SIGUSR2 : SIGUSR1 });
    run(program, &(struct one){ .call = 'w', .what = 'D', .at = BLOCKED });
}

int main(int argc, char **argv) {
    struct sigaction alarm = { .sa_handler = on_alarm };
    sigaction(SIGALRM, &alarm, 0);
    int pair[3][2];
    static const int TO[3][2] = { { COMMANDS, COMMANDS + 10 }, { ANSWERS + 10, ANSWERS }, { EMPTY, FILLING } };
    for (int i = 0; i < 3; i++) {
        if (pipe(pair[i])) die("pipe");
        for (int k = 0; k < 2; k++) {
            if (dup2(pair[i][k], TO[i][k]) < 0) die("dup2");
            close(pair[i][k]);
        }
        /* The program gets its own ends only. */
        fcntl(i == 0 ? COMMANDS + 10 : i == 1 ? ANSWERS + 10 : FILLING, F_SETFD, FD_CLOEXEC);
    }
    int first = 1;
    if (argc > 1 && !strcmp(argv[1], "-v")) verbose = 1, first = 2;
    for (int i = first; i < argc; i++) {
        sweep(argv[i]);
        printf("%s ", argv[i]);
        int n = 0;
        for (int k = 0; k < KINDS; k++) if (*witness[k]) printf("%s%s@%s", n++ ? "," : "", KIND[k], witness[k]);
        printf("%s\n", n ? "" : "none");
        fflush(stdout);
    }
    if (verbose) fprintf(stderr, "%ld cases\n", cases);
    return 0;
}
