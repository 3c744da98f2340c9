/* Processes, signals, time, and queues between processes. */
#include "way.h"
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <spawn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

WAY(wait, "a child that has ended") { ended_child(); CALL(wait(NULL) > 0); }
WAY(wait, "a child that lives") { living_child(); CALL(wait(NULL) > 0); }
WAY(waitpid, "a child that has ended") { pid_t p = ended_child(); CALL(waitpid(p, NULL, 0) == p); }
WAY(waitpid, "WNOHANG") { pid_t p = living_child(); CALL(waitpid(p, NULL, WNOHANG) == 0); }
WAY(waitid, "a child that has ended") { siginfo_t i; pid_t p = ended_child(); CALL(waitid(P_PID, p, &i, WEXITED) == 0); }
WAY(wait3, "a child that has ended") { ended_child(); CALL(wait3(NULL, 0, NULL) > 0); }
WAY(wait4, "a child that has ended") { pid_t p = ended_child(); CALL(wait4(p, NULL, 0, NULL) == p); }
WAY(system, "true") { CALL(system("true") == 0); }
WAY(system, "is there a shell") { CALL(system(NULL) != 0); }
WAY(posix_spawn, "/bin/true") { char *argv[] = { "true", NULL }; pid_t p; CALL(posix_spawn(&p, "/bin/true", NULL, NULL, argv, NULL) == 0); }
WAY(popen, "true") { CALL(popen("true", "r") != NULL); }
WAY(pclose, "cat, with data to write") { FILE *f = popen("cat > /dev/null", "w"); NEED(f && fputc('x', f) == 'x'); CALL(pclose(f) == 0); }
WAY(pclose, "true") { FILE *f = popen("true", "r"); NEED(f); CALL(pclose(f) == 0); }
WAY(fork, "") {
    pid_t p;
    request();
    p = fork();
    if (p == 0) _exit(0);
    came_back();
    return p > 0 ? RETURNED : FAILED;
}

static void on_signal(int n) { (void)n; }
static sigset_t usr1(void)
{
    sigset_t s;
    sigemptyset(&s);
    sigaddset(&s, SIGUSR1);
    return s;
}
static sigset_t pending(void)
{
    sigset_t s = usr1();
    NEED(!pthread_sigmask(SIG_BLOCK, &s, NULL));
    NEED(!pthread_kill(pthread_self(), SIGUSR1));
    return s;
}
static void handled(void)
{
    struct sigaction a = { .sa_handler = on_signal };
    NEED(!sigaction(SIGUSR1, &a, NULL));
}
WAY(pause, "without a signal") { CALL_VOID(pause()); }
WAY(sigsuspend, "a signal that is pending") {
    sigset_t none;
    sigemptyset(&none);
    handled();
    pending();
    CALL(sigsuspend(&none) < 0 && errno == EINTR);
}
WAY(sigsuspend, "without a signal") { sigset_t none; sigemptyset(&none); CALL_VOID(sigsuspend(&none)); }
WAY(sigwait, "a signal that is pending") { int n; sigset_t s = pending(); CALL(sigwait(&s, &n) == 0); }
WAY(sigwait, "without a signal") { int n; sigset_t s = usr1(); NEED(!pthread_sigmask(SIG_BLOCK, &s, NULL)); CALL(sigwait(&s, &n) == 0); }
WAY(sigwaitinfo, "a signal that is pending") { siginfo_t i; sigset_t s = pending(); CALL(sigwaitinfo(&s, &i) == SIGUSR1); }
WAY(sigtimedwait, "a signal that is pending") { siginfo_t i; sigset_t s = pending(); struct timespec t = { 0, 0 }; CALL(sigtimedwait(&s, &i, &t) == SIGUSR1); }
WAY(sigtimedwait, "no time") { sigset_t s = usr1(); struct timespec t = { 0, 0 }; NEED(!pthread_sigmask(SIG_BLOCK, &s, NULL)); CALL(sigtimedwait(&s, NULL, &t) < 0 && errno == EAGAIN); }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#ifdef __GLIBC__
extern int __xpg_sigpause(int);
#define sigpause __xpg_sigpause
#endif
WAY(sigpause, "without a signal") { CALL_VOID(sigpause(SIGUSR1)); }
#pragma GCC diagnostic pop
WAY(sigaction, "") { struct sigaction a = { .sa_handler = on_signal }; CALL(sigaction(SIGUSR1, &a, NULL) == 0); }
WAY(signal, "") { CALL(signal(SIGUSR1, on_signal) != SIG_ERR); }
WAY(sigprocmask, "") { sigset_t s = usr1(); CALL(sigprocmask(SIG_BLOCK, &s, NULL) == 0); }
WAY(pthread_sigmask, "") { sigset_t s = usr1(); CALL(pthread_sigmask(SIG_BLOCK, &s, NULL) == 0); }
WAY(sigpending, "") { sigset_t s; CALL(sigpending(&s) == 0); }
WAY(sigqueue, "a signal that is blocked") { union sigval v = { 0 }; handled(); pending(); CALL(sigqueue(getpid(), SIGUSR1, v) == 0); }
WAY(sigaltstack, "") { stack_t s; CALL(sigaltstack(NULL, &s) == 0); }
WAY(kill, "no signal") { CALL(kill(getpid(), 0) == 0); }
WAY(raise, "a signal that is handled") { handled(); CALL(raise(SIGUSR1) == 0); }
WAY(alarm, "none") { CALL_VOID(alarm(0)); }

WAY(nanosleep, "no time") { struct timespec t = { 0, 0 }; CALL(nanosleep(&t, NULL) == 0); }
WAY(nanosleep, "a millisecond") { struct timespec t = { 0, 1000000 }; CALL(nanosleep(&t, NULL) == 0); }
WAY(clock_nanosleep, "CLOCK_REALTIME, a millisecond") { struct timespec t = { 0, 1000000 }; CALL(clock_nanosleep(CLOCK_REALTIME, 0, &t, NULL) == 0); }
WAY(clock_nanosleep, "CLOCK_MONOTONIC, a time that is over") { struct timespec t = { 0, 0 }; CALL(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == 0); }
WAY(sleep, "no time") { CALL(sleep(0) == 0); }
WAY(sleep, "a second") { CALL(sleep(1) == 0); }
WAY(usleep, "no time") { CALL(usleep(0) == 0); }
WAY(usleep, "a millisecond") { CALL(usleep(1000) == 0); }
WAY(thrd_sleep, "a millisecond") { struct timespec t = { 0, 1000000 }; CALL(thrd_sleep(&t, NULL) == 0); }
WAY(clock_gettime, "") { struct timespec t; CALL(clock_gettime(CLOCK_MONOTONIC, &t) == 0); }
WAY(clock_getres, "") { struct timespec t; CALL(clock_getres(CLOCK_MONOTONIC, &t) == 0); }
WAY(gettimeofday, "") { struct timeval t; CALL(gettimeofday(&t, NULL) == 0); }
WAY(time, "") { CALL(time(NULL) > 0); }
WAY(times, "") { struct tms t; CALL(times(&t) != (clock_t)-1); }
WAY(clock, "") { CALL(clock() != (clock_t)-1); }
WAY(setitimer, "none") { struct itimerval t = { { 0, 0 }, { 0, 0 } }; CALL(setitimer(ITIMER_REAL, &t, NULL) == 0); }
static timer_t timer(void)
{
    timer_t t;
    struct sigevent e = { .sigev_notify = SIGEV_NONE };
    NEED(!timer_create(CLOCK_MONOTONIC, &e, &t));
    return t;
}
WAY(timer_create, "SIGEV_NONE") { timer_t t; struct sigevent e = { .sigev_notify = SIGEV_NONE }; CALL(timer_create(CLOCK_MONOTONIC, &e, &t) == 0); }
static void notified(union sigval v) { (void)v; }
WAY(timer_create, "SIGEV_THREAD") { timer_t t; struct sigevent e = { .sigev_notify = SIGEV_THREAD, .sigev_notify_function = notified }; CALL(timer_create(CLOCK_MONOTONIC, &e, &t) == 0); }
WAY(timer_settime, "") { timer_t t = timer(); struct itimerspec s = { { 0, 0 }, { 100, 0 } }; CALL(timer_settime(t, 0, &s, NULL) == 0); }
WAY(timer_delete, "SIGEV_NONE") { timer_t t = timer(); CALL(timer_delete(t) == 0); }

static mqd_t queue(void)
{
    struct mq_attr a = { .mq_maxmsg = 1, .mq_msgsize = 8 };
    mq_unlink(OBJECT);
    mqd_t q = mq_open(OBJECT, O_RDWR | O_CREAT, 0600, &a);
    NEED(q != (mqd_t)-1);
    return q;
}
static mqd_t queue_with(void)
{
    mqd_t q = queue();
    NEED(!mq_send(q, "x", 1, 0));
    return q;
}
WAY(mq_receive, "a message") { mqd_t q = queue_with(); CALL(mq_receive(q, byte, 8, NULL) == 1); }
WAY(mq_receive, "no message") { mqd_t q = queue(); CALL(mq_receive(q, byte, 8, NULL) == 1); }
WAY(mq_timedreceive, "a message") { mqd_t q = queue_with(); struct timespec t = { 1, 0 }; CALL(mq_timedreceive(q, byte, 8, NULL, &t) == 1); }
WAY(mq_send, "with room") { mqd_t q = queue(); CALL(mq_send(q, "x", 1, 0) == 0); }
WAY(mq_send, "without room") { mqd_t q = queue_with(); CALL(mq_send(q, "x", 1, 0) == 0); }
WAY(mq_timedsend, "with room") { mqd_t q = queue(); struct timespec t = { 1, 0 }; CALL(mq_timedsend(q, "x", 1, 0, &t) == 0); }
WAY(mq_open, "") { mq_unlink(OBJECT); CALL(mq_open(OBJECT, O_RDWR | O_CREAT, 0600, NULL) != (mqd_t)-1); }
WAY(mq_close, "") { mqd_t q = queue(); CALL(mq_close(q) == 0); }
WAY(mq_getattr, "") { struct mq_attr a; mqd_t q = queue(); CALL(mq_getattr(q, &a) == 0); }
WAY(mq_notify, "SIGEV_NONE") { struct sigevent e = { .sigev_notify = SIGEV_NONE }; mqd_t q = queue(); CALL(mq_notify(q, &e) == 0); }
WAY(mq_notify, "SIGEV_THREAD") {
    struct sigevent e = { .sigev_notify = SIGEV_THREAD, .sigev_notify_function = notified };
    mqd_t q = queue();
    CALL(mq_notify(q, &e) == 0);
}
WAY(mq_unlink, "") { queue(); CALL(mq_unlink(OBJECT) == 0); }

struct text { long type; char bytes[8]; };
static int messages(int how_many)
{
    struct text m = { 1, "x" };
    int id = left_behind(QUEUE, msgget(IPC_PRIVATE, 0600));
    NEED(id >= 0);
    while (how_many-- > 0) NEED(!msgsnd(id, &m, 1, 0));
    return id;
}
WAY(msgrcv, "a message") {
    struct text m;
    int id = messages(1);
    CALL(msgrcv(id, &m, 8, 0, 0) == 1);
}
WAY(msgsnd, "with room") { struct text m = { 1, "x" }; int id = messages(0); CALL(msgsnd(id, &m, 1, 0) == 0); }
WAY(msgctl, "IPC_RMID") { int id = messages(0); CALL(msgctl(id, IPC_RMID, NULL) == 0); }
WAY(semop, "up") {
    struct sembuf b = { 0, 1, 0 };
    int id = left_behind(SEMAPHORES, semget(IPC_PRIVATE, 1, 0600));
    NEED(id >= 0);
    CALL(semop(id, &b, 1) == 0);
}
WAY(semget, "") { CALL(left_behind(SEMAPHORES, semget(IPC_PRIVATE, 1, 0600)) >= 0); }
WAY(shmget, "") { CALL(left_behind(MEMORY, shmget(IPC_PRIVATE, 4096, 0600)) >= 0); }

WAY(getpid, "") { CALL(getpid() > 0); }
WAY(getppid, "") { CALL(getppid() > 0); }
WAY(getuid, "") { CALL_VOID(getuid()); }
WAY(geteuid, "") { CALL_VOID(geteuid()); }
WAY(getgid, "") { CALL_VOID(getgid()); }
WAY(getgroups, "") { CALL(getgroups(0, NULL) >= 0); }
WAY(setuid, "the same") { CALL(setuid(getuid()) == 0); }
WAY(getpgid, "") { CALL(getpgid(0) > 0); }
WAY(getsid, "") { CALL(getsid(0) >= 0); }
WAY(getpriority, "") { CALL_VOID(getpriority(PRIO_PROCESS, 0)); }
WAY(nice, "0") { CALL_VOID(nice(0)); }
WAY(getrlimit, "") { struct rlimit r; CALL(getrlimit(RLIMIT_NOFILE, &r) == 0); }
WAY(getrusage, "") { struct rusage r; CALL(getrusage(RUSAGE_SELF, &r) == 0); }
WAY(uname, "") { struct utsname u; CALL(uname(&u) == 0); }
WAY(gethostname, "") { CALL(gethostname(byte, sizeof byte) == 0); }
WAY(sysconf, "_SC_NPROCESSORS_ONLN") { CALL(sysconf(_SC_NPROCESSORS_ONLN) > 0); }
WAY(sysconf, "_SC_OPEN_MAX") { CALL(sysconf(_SC_OPEN_MAX) > 0); }
WAY(confstr, "_CS_PATH") { CALL(confstr(_CS_PATH, byte, sizeof byte) > 0); }
