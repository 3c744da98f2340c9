/*
 * A way is one call of one function with valid arguments. Its body prepares the call with cancellation disabled; CALL
 * makes a request pending, enables cancellation, makes the call, and disables cancellation again when the call comes
 * back. The body of a way says with CALL's condition whether the call did what it should.
 */
#ifndef WAY_H
#define WAY_H

#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <time.h>

enum outcome { RETURNED = 1, FAILED = 2 };

struct way {
    const char *function, *name;
    enum outcome (*run)(void);
};

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)

/* WAY (read, "of a pipe with data") { ... CALL (read (fd, byte, 1) == 1); } */
#define WAY(function, name) WAY_AT(#function, name, __COUNTER__)
#define WAY_AT(function, name, n) WAY_NAMED(function, name, JOIN(way_, n), JOIN(entry_, n), JOIN(at_, n))
#define WAY_NAMED(function, name, run, entry, at) \
    static enum outcome run(void); \
    static const struct way entry = { function, name, run }; \
    static const struct way *const at __attribute__((used, section("ways"))) = &entry; \
    static enum outcome run(void)

void request(void);
void came_back(void);

#define CALL(condition) \
    do { \
        request(); \
        int is_right = (condition) ? 1 : 0; \
        came_back(); \
        return is_right ? RETURNED : FAILED; \
    } while (0)
#define CALL_VOID(call) CALL(((void)(call), 1))

/* For the preparation: ends the process with what went wrong. */
#define NEED(condition) need(!!(condition), #condition, __FILE__, __LINE__)
void need(int holds, const char *what, const char *file, int line);

/* Objects between processes outlive the one that made them: they are removed behind it. */
#define OBJECT "/cancelint-points"
enum { QUEUE, SEMAPHORES, MEMORY };
int left_behind(int kind, int id);

/* In a folder of the way's own, which is removed behind it. */
#define FILE_NAME "file"
int file_with(const char *text);
void pipe_of(int ends[2]);
int pipe_with(const char *text);
void sockets(int ends[2]);
int terminal(void);
/* The address of a socket that listens in the folder, and the socket. */
struct sockaddr_un;
int listening(struct sockaddr_un *address);
int connecting(void);
/* A child that has ended and was not waited for. */
int ended_child(void);
int living_child(void);
struct timespec after(clockid_t clock, long milliseconds);

extern char byte[4096];

#endif
