/* Threads, and what they wait for. */
#include "way.h"
#include <limits.h>
#include <pthread.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <threads.h>
#include <unistd.h>

static void *nothing(void *p) { return p; }
static void *sleeps(void *p)
{
    for (;;) pause();
    return p;
}
static int nothing11(void *p) { (void)p; return 0; }
static int sleeps11(void *p)
{
    sleeps(p);
    return 0;
}

/* A thread whose end is over: its descriptor is all that is left of it. */
static pthread_t ended_thread(void)
{
    pthread_t id;
    NEED(!pthread_create(&id, NULL, nothing, NULL));
    usleep(50000);
    return id;
}
static pthread_t living_thread(void)
{
    pthread_t id;
    NEED(!pthread_create(&id, NULL, sleeps, NULL));
    return id;
}

WAY(pthread_testcancel, "") { CALL_VOID(pthread_testcancel()); }
WAY(pthread_join, "a thread that has ended") { pthread_t id = ended_thread(); CALL(pthread_join(id, NULL) == 0); }
WAY(pthread_join, "a thread that runs") { pthread_t id = living_thread(); CALL(pthread_join(id, NULL) == 0); }
WAY(pthread_tryjoin_np, "a thread that has ended") { pthread_t id = ended_thread(); CALL(pthread_tryjoin_np(id, NULL) == 0); }
WAY(pthread_tryjoin_np, "a thread that runs") { pthread_t id = living_thread(); CALL(pthread_tryjoin_np(id, NULL) == EBUSY); }
WAY(pthread_timedjoin_np, "a thread that has ended") {
    pthread_t id = ended_thread();
    struct timespec t = after(CLOCK_REALTIME, 100);
    CALL(pthread_timedjoin_np(id, NULL, &t) == 0);
}
WAY(pthread_timedjoin_np, "a thread that runs") {
    pthread_t id = living_thread();
    struct timespec t = after(CLOCK_REALTIME, 100);
    CALL(pthread_timedjoin_np(id, NULL, &t) == ETIMEDOUT);
}
WAY(thrd_join, "a thread that has ended") { thrd_t id; NEED(!thrd_create(&id, nothing11, NULL)); usleep(50000); CALL(thrd_join(id, NULL) == 0); }
WAY(thrd_join, "a thread that runs") { thrd_t id; NEED(!thrd_create(&id, sleeps11, NULL)); CALL(thrd_join(id, NULL) == 0); }

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static void locked(void) { NEED(!pthread_mutex_lock(&mutex)); }
WAY(pthread_cond_wait, "without a signal") { locked(); CALL(pthread_cond_wait(&cond, &mutex) == 0); }
WAY(pthread_cond_timedwait, "a time to come") {
    struct timespec t = after(CLOCK_REALTIME, 100);
    locked();
    CALL(pthread_cond_timedwait(&cond, &mutex, &t) == ETIMEDOUT);
}
WAY(pthread_cond_timedwait, "a time that is over") {
    struct timespec t = { 1, 0 };
    locked();
    CALL(pthread_cond_timedwait(&cond, &mutex, &t) == ETIMEDOUT);
}
#ifdef __GLIBC__
WAY(pthread_cond_clockwait, "a time to come") {
    struct timespec t = after(CLOCK_MONOTONIC, 100);
    locked();
    CALL(pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &t) == ETIMEDOUT);
}
WAY(pthread_cond_clockwait, "a time that is over") {
    struct timespec t = { 1, 0 };
    locked();
    CALL(pthread_cond_clockwait(&cond, &mutex, CLOCK_REALTIME, &t) == ETIMEDOUT);
}
#endif
static mtx_t mutex11;
static cnd_t cond11;
static void locked11(void) { NEED(!mtx_init(&mutex11, mtx_plain) && !cnd_init(&cond11) && !mtx_lock(&mutex11)); }
WAY(cnd_wait, "without a signal") { locked11(); CALL(cnd_wait(&cond11, &mutex11) == thrd_success); }
WAY(cnd_timedwait, "a time to come") {
    struct timespec t = after(CLOCK_REALTIME, 100);
    locked11();
    CALL(cnd_timedwait(&cond11, &mutex11, &t) == thrd_timedout);
}
WAY(cnd_timedwait, "a time that is over") {
    struct timespec t = { 1, 0 };
    locked11();
    CALL(cnd_timedwait(&cond11, &mutex11, &t) == thrd_timedout);
}
WAY(pthread_cond_signal, "nobody waits") { CALL(pthread_cond_signal(&cond) == 0); }
WAY(pthread_cond_broadcast, "nobody waits") { CALL(pthread_cond_broadcast(&cond) == 0); }
WAY(pthread_cond_init, "") { pthread_cond_t c; CALL(pthread_cond_init(&c, NULL) == 0); }
WAY(pthread_cond_destroy, "") { CALL(pthread_cond_destroy(&cond) == 0); }

static sem_t sem;
static void semaphore(unsigned value) { NEED(!sem_init(&sem, 0, value)); }
WAY(sem_wait, "free") { semaphore(1); CALL(sem_wait(&sem) == 0); }
WAY(sem_wait, "taken") { semaphore(0); CALL(sem_wait(&sem) == 0); }
WAY(sem_timedwait, "free") { struct timespec t = after(CLOCK_REALTIME, 100); semaphore(1); CALL(sem_timedwait(&sem, &t) == 0); }
WAY(sem_timedwait, "taken") { struct timespec t = after(CLOCK_REALTIME, 100); semaphore(0); CALL(sem_timedwait(&sem, &t) < 0 && errno == ETIMEDOUT); }
#ifdef __GLIBC__
WAY(sem_clockwait, "free") { struct timespec t = after(CLOCK_MONOTONIC, 100); semaphore(1); CALL(sem_clockwait(&sem, CLOCK_MONOTONIC, &t) == 0); }
WAY(sem_clockwait, "taken") { struct timespec t = after(CLOCK_MONOTONIC, 100); semaphore(0); CALL(sem_clockwait(&sem, CLOCK_MONOTONIC, &t) < 0 && errno == ETIMEDOUT); }
#endif
WAY(sem_trywait, "free") { semaphore(1); CALL(sem_trywait(&sem) == 0); }
WAY(sem_post, "") { semaphore(0); CALL(sem_post(&sem) == 0); }
WAY(sem_getvalue, "") { int v; semaphore(2); CALL(sem_getvalue(&sem, &v) == 0 && v == 2); }
WAY(sem_init, "") { CALL(sem_init(&sem, 0, 1) == 0); }
WAY(sem_destroy, "") { semaphore(1); CALL(sem_destroy(&sem) == 0); }
WAY(sem_open, "a new one") { sem_unlink(OBJECT); CALL(sem_open(OBJECT, O_CREAT, 0600, 1) != SEM_FAILED); }
static sem_t *opened(void)
{
    sem_t *s = sem_open(OBJECT, O_CREAT, 0600, 1);
    NEED(s != SEM_FAILED);
    return s;
}
WAY(sem_open, "an existing one") { opened(); CALL(sem_open(OBJECT, 0) != SEM_FAILED); }
WAY(sem_close, "") { sem_t *s = opened(); CALL(sem_close(s) == 0); }
WAY(sem_unlink, "") { opened(); CALL(sem_unlink(OBJECT) == 0); }

WAY(pthread_mutex_lock, "free") { CALL(pthread_mutex_lock(&mutex) == 0); }
static void *holds(void *p)
{
    pthread_mutex_lock(&mutex);
    return sleeps(p);
}
static void taken(void)
{
    pthread_t id;
    NEED(!pthread_create(&id, NULL, holds, NULL));
    usleep(50000);
}
WAY(pthread_mutex_lock, "taken") { taken(); CALL(pthread_mutex_lock(&mutex) == 0); }
WAY(pthread_mutex_trylock, "free") { CALL(pthread_mutex_trylock(&mutex) == 0); }
WAY(pthread_mutex_timedlock, "free") { struct timespec t = after(CLOCK_REALTIME, 100); CALL(pthread_mutex_timedlock(&mutex, &t) == 0); }
WAY(pthread_mutex_timedlock, "taken") { taken(); struct timespec t = after(CLOCK_REALTIME, 50); CALL(pthread_mutex_timedlock(&mutex, &t) == ETIMEDOUT); }
WAY(pthread_mutex_unlock, "") { locked(); CALL(pthread_mutex_unlock(&mutex) == 0); }
WAY(pthread_mutex_init, "") { pthread_mutex_t m; CALL(pthread_mutex_init(&m, NULL) == 0); }
WAY(pthread_mutex_destroy, "") { CALL(pthread_mutex_destroy(&mutex) == 0); }
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
WAY(pthread_rwlock_rdlock, "free") { CALL(pthread_rwlock_rdlock(&rwlock) == 0); }
WAY(pthread_rwlock_wrlock, "free") { CALL(pthread_rwlock_wrlock(&rwlock) == 0); }
WAY(pthread_rwlock_tryrdlock, "free") { CALL(pthread_rwlock_tryrdlock(&rwlock) == 0); }
WAY(pthread_rwlock_unlock, "") { NEED(!pthread_rwlock_rdlock(&rwlock)); CALL(pthread_rwlock_unlock(&rwlock) == 0); }
static pthread_spinlock_t spin;
WAY(pthread_spin_lock, "free") { NEED(!pthread_spin_init(&spin, 0)); CALL(pthread_spin_lock(&spin) == 0); }
static pthread_barrier_t barrier;
WAY(pthread_barrier_wait, "the last") { NEED(!pthread_barrier_init(&barrier, NULL, 1)); CALL(pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD); }
WAY(pthread_barrier_wait, "not the last") { NEED(!pthread_barrier_init(&barrier, NULL, 2)); CALL(pthread_barrier_wait(&barrier) == 0); }
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void nothing_once(void) {}
WAY(pthread_once, "") { CALL(pthread_once(&once, nothing_once) == 0); }
WAY(pthread_create, "") { pthread_t id; CALL(pthread_create(&id, NULL, nothing, NULL) == 0); }
WAY(pthread_create, "with a policy that it may not have") {
    pthread_t id;
    pthread_attr_t a;
    struct sched_param p = { .sched_priority = sched_get_priority_max(SCHED_FIFO) };
    NEED(!pthread_attr_init(&a) && !pthread_attr_setinheritsched(&a, PTHREAD_EXPLICIT_SCHED));
    NEED(!pthread_attr_setschedpolicy(&a, SCHED_FIFO) && !pthread_attr_setschedparam(&a, &p));
    /* The new thread ends only when this one waits for it. */
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    NEED(!sched_setaffinity(0, sizeof one, &one));
    NEED(!setgid(65534) && !setuid(65534));
    CALL(pthread_create(&id, &a, nothing, NULL) == EPERM);
}
WAY(pthread_detach, "a thread that runs") { pthread_t id = living_thread(); CALL(pthread_detach(id) == 0); }
WAY(pthread_detach, "a thread that has ended") { pthread_t id = ended_thread(); CALL(pthread_detach(id) == 0); }
WAY(pthread_self, "") { CALL_VOID(pthread_self()); }
WAY(pthread_equal, "") { CALL(pthread_equal(pthread_self(), pthread_self())); }
WAY(pthread_cancel, "another thread") { pthread_t id = living_thread(); CALL(pthread_cancel(id) == 0); }
WAY(pthread_kill, "no signal") { CALL(pthread_kill(pthread_self(), 0) == 0); }
WAY(pthread_setcancelstate, "") { int old; CALL(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old) == 0); }
WAY(pthread_setcanceltype, "deferred") { int old; CALL(pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &old) == 0); }
static pthread_key_t key;
WAY(pthread_setcanceltype, "asynchronous") { int old; CALL(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old) == 0); }
WAY(pthread_key_create, "") { CALL(pthread_key_create(&key, NULL) == 0); }
WAY(pthread_setspecific, "") { NEED(!pthread_key_create(&key, NULL)); CALL(pthread_setspecific(key, byte) == 0); }
WAY(pthread_getspecific, "") { NEED(!pthread_key_create(&key, NULL)); CALL(pthread_getspecific(key) == NULL); }
WAY(pthread_attr_init, "") { pthread_attr_t a; CALL(pthread_attr_init(&a) == 0); }
WAY(pthread_getschedparam, "") { int p; struct sched_param s; CALL(pthread_getschedparam(pthread_self(), &p, &s) == 0); }
WAY(pthread_atfork, "") { CALL(pthread_atfork(NULL, NULL, NULL) == 0); }
WAY(mtx_lock, "free") { NEED(!mtx_init(&mutex11, mtx_plain)); CALL(mtx_lock(&mutex11) == thrd_success); }
WAY(mtx_unlock, "") { locked11(); CALL(mtx_unlock(&mutex11) == thrd_success); }
WAY(thrd_create, "") { thrd_t id; CALL(thrd_create(&id, nothing11, NULL) == thrd_success); }
WAY(thrd_yield, "") { CALL_VOID(thrd_yield()); }
WAY(sched_yield, "") { CALL(sched_yield() == 0); }
