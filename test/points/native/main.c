/*
 * Runs every way in a process of its own and prints `FUNCTION<tab>WAY<tab>OUTCOME`, where OUTCOME is
 *   acted     the cleanup handler ran before the call came back
 *   returned  the call came back with the request pending
 *   waits     it was still waiting after a while, the request pending
 *   failed E  it came back with an error: nothing is known
 */
#include "way.h"
#include <dirent.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern const struct way *const __start_ways[], *const __stop_ways[];

enum { PATIENCE = 1000 /* ms */ };

/* Shared between a way's process and this one. */
static struct shared {
    int acted, came_back, error;
    /* One more than the identifier of each kind, or 0. */
    int left[3];
    enum outcome outcome;
    char why[200];
} *shared;

char byte[4096];

void need(int holds, const char *what, const char *file, int line)
{
    if (holds) return;
    const char *name = strrchr(file, '/');
    shared->error = errno;
    snprintf(shared->why, sizeof shared->why, "%s:%d: %s: %s", name ? name + 1 : file, line, what, strerror(errno));
    _exit(3);
}

static int is_cancelled(void)
{
    return shared->acted && !shared->came_back;
}

void request(void)
{
    pthread_cancel(pthread_self());
    errno = 0;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
}

void came_back(void)
{
    int error = errno;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    shared->error = error;
    shared->came_back = 1;
}

static void acted(void *unused)
{
    (void)unused;
    shared->acted = 1;
}

static void *thread(void *of)
{
    const struct way *way = of;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    pthread_cleanup_push(acted, NULL);
    shared->outcome = way->run();
    pthread_cleanup_pop(0);
    return NULL;
}

static void run(const struct way *way)
{
    pthread_t id;
    void *result = NULL;
    NEED(!setpgid(0, 0));
    NEED(!pthread_create(&id, NULL, thread, (void *)way));
    NEED(!pthread_join(id, &result));
    if ((result == PTHREAD_CANCELED) != is_cancelled()) {
        errno = 0;
        NEED(!"the thread's result and its handler agree");
    }
    _exit(0);
}

/* Whether the process ended in time. */
static int ended(pid_t pid, int *status)
{
    for (int waited = 0; waited < PATIENCE; waited += 2) {
        if (waitpid(pid, status, WNOHANG) == pid) return 1;
        poll(NULL, 0, 2);
    }
    return 0;
}

static void empty(const char *folder)
{
    DIR *stream = opendir(folder);
    if (!stream) return;
    for (struct dirent *e; (e = readdir(stream));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        if (unlinkat(dirfd(stream), e->d_name, 0)) unlinkat(dirfd(stream), e->d_name, AT_REMOVEDIR);
    }
    closedir(stream);
}

static void remove_objects(void)
{
    if (shared->left[QUEUE]) msgctl(shared->left[QUEUE] - 1, IPC_RMID, NULL);
    if (shared->left[SEMAPHORES]) semctl(shared->left[SEMAPHORES] - 1, 0, IPC_RMID);
    if (shared->left[MEMORY]) shmctl(shared->left[MEMORY] - 1, IPC_RMID, NULL);
    mq_unlink(OBJECT);
    sem_unlink(OBJECT);
    shm_unlink(OBJECT);
}

static void print(const struct way *way)
{
    memset(shared, 0, sizeof *shared);
    pid_t pid = fork();
    if (pid == 0) run(way);
    int status = 0;
    int in_time = ended(pid, &status);
    kill(-pid, SIGKILL);
    if (!in_time) waitpid(pid, &status, 0);
    printf("%s\t%s\t", way->function, way->name);
    if (in_time && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
        printf("failed %s\n", shared->why[0] ? shared->why : "the process was ended by a signal");
        return;
    }
    if (is_cancelled()) puts("acted");
    else if (!in_time) puts("waits");
    else if (shared->outcome == RETURNED) puts("returned");
    else printf("failed %s\n", strerror(shared->error));
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/points-XXXXXX";
    if (!mkdtemp(folder) || chdir(folder)) return perror(folder), 2;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return perror("mmap"), 2;
    /* Children of a way whose process is gone are ours. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (const struct way *const *way = __start_ways; way < __stop_ways; way++) {
        if (argc > 1 && strcmp(argv[1], (*way)->function)) continue;
        print(*way);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        empty(folder);
        remove_objects();
    }
    return rmdir(folder) ? perror(folder), 2 : 0;
}

int left_behind(int kind, int id)
{
    if (id >= 0) shared->left[kind] = id + 1;
    return id;
}

int file_with(const char *text)
{
    int fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
    NEED(fd >= 0);
    NEED(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    NEED(lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

void pipe_of(int ends[2])
{
    NEED(!pipe(ends));
}

int pipe_with(const char *text)
{
    int ends[2];
    pipe_of(ends);
    NEED(write(ends[1], text, strlen(text)) == (ssize_t)strlen(text));
    return ends[0];
}

void sockets(int ends[2])
{
    NEED(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
}

int terminal(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    NEED(master >= 0);
    NEED(!grantpt(master) && !unlockpt(master));
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    NEED(slave >= 0);
    return slave;
}

int listening(struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    strcpy(address->sun_path, "socket");
    NEED(fd >= 0);
    NEED(!bind(fd, (struct sockaddr *)address, sizeof *address));
    NEED(!listen(fd, 4));
    return fd;
}

int connecting(void)
{
    struct sockaddr_un address;
    int fd = listening(&address), other = socket(AF_UNIX, SOCK_STREAM, 0);
    NEED(!connect(other, (struct sockaddr *)&address, sizeof address));
    return fd;
}

int ended_child(void)
{
    pid_t pid = fork();
    siginfo_t info;
    NEED(pid >= 0);
    if (pid == 0) _exit(0);
    NEED(!waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
    return pid;
}

int living_child(void)
{
    pid_t pid = fork();
    NEED(pid >= 0);
    if (pid == 0)
        for (;;) pause();
    return pid;
}

struct timespec after(clockid_t clock, long milliseconds)
{
    struct timespec t;
    clock_gettime(clock, &t);
    t.tv_nsec += milliseconds * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}
