/* Files, pipes, terminals, memory that is mapped, and waiting for descriptors. */
#include "way.h"
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

WAY(open, "an existing file") { file_with("x"); CALL(open(FILE_NAME, O_RDONLY) >= 0); }
WAY(open, "a new file") { CALL(open("new", O_RDWR | O_CREAT | O_CLOEXEC, 0600) >= 0); }
WAY(open, "a FIFO without a writer") { NEED(!mkfifo("fifo", 0600)); CALL(open("fifo", O_RDONLY) >= 0); }
WAY(openat, "an existing file") { file_with("x"); CALL(openat(AT_FDCWD, FILE_NAME, O_RDONLY) >= 0); }
WAY(openat, "a new file") { CALL(openat(AT_FDCWD, "new", O_RDWR | O_CREAT, 0600) >= 0); }
WAY(creat, "a new file") { CALL(creat("new", 0600) >= 0); }
WAY(close, "a file") { int fd = file_with("x"); CALL(close(fd) == 0); }
WAY(close, "an end of a pipe") { int fd = pipe_with("x"); CALL(close(fd) == 0); }
#ifndef __GLIBC__
WAY(posix_close, "a file") { int fd = file_with("x"); CALL(posix_close(fd, 0) == 0); }
#endif

WAY(read, "a pipe with data") { int fd = pipe_with("x"); CALL(read(fd, byte, 1) == 1); }
WAY(read, "an empty pipe") { int p[2]; pipe_of(p); CALL(read(p[0], byte, 1) == 1); }
WAY(read, "a file") { int fd = file_with("x"); CALL(read(fd, byte, 1) == 1); }
WAY(read, "no bytes") { int fd = file_with("x"); CALL(read(fd, byte, 0) == 0); }
WAY(readv, "a pipe with data") {
    struct iovec v = { byte, 1 };
    int fd = pipe_with("x");
    CALL(readv(fd, &v, 1) == 1);
}
WAY(readv, "an empty pipe") {
    struct iovec v = { byte, 1 };
    int p[2];
    pipe_of(p);
    CALL(readv(p[0], &v, 1) == 1);
}
WAY(pread, "a file") { int fd = file_with("x"); CALL(pread(fd, byte, 1, 0) == 1); }
WAY(preadv, "a file") {
    struct iovec v = { byte, 1 };
    int fd = file_with("x");
    CALL(preadv(fd, &v, 1, 0) == 1);
}
WAY(write, "a pipe with room") { int p[2]; pipe_of(p); CALL(write(p[1], "x", 1) == 1); }
WAY(write, "a full pipe") {
    int p[2];
    pipe_of(p);
    NEED(!fcntl(p[1], F_SETFL, O_NONBLOCK));
    while (write(p[1], byte, sizeof byte) > 0)
        ;
    NEED(!fcntl(p[1], F_SETFL, 0));
    CALL(write(p[1], "x", 1) == 1);
}
WAY(write, "a file") { int fd = file_with(""); CALL(write(fd, "x", 1) == 1); }
WAY(writev, "a pipe with room") {
    struct iovec v = { byte, 1 };
    int p[2];
    pipe_of(p);
    CALL(writev(p[1], &v, 1) == 1);
}
WAY(pwrite, "a file") { int fd = file_with(""); CALL(pwrite(fd, "x", 1, 0) == 1); }
WAY(pwritev, "a file") {
    struct iovec v = { byte, 1 };
    int fd = file_with("");
    CALL(pwritev(fd, &v, 1, 0) == 1);
}
WAY(fsync, "a file") { int fd = file_with("x"); CALL(fsync(fd) == 0); }
WAY(fdatasync, "a file") { int fd = file_with("x"); CALL(fdatasync(fd) == 0); }
WAY(sync, "everything") { CALL_VOID(sync()); }
WAY(syncfs, "a file's system") { int fd = file_with("x"); CALL(syncfs(fd) == 0); }
WAY(sync_file_range, "a file") { int fd = file_with("x"); CALL(sync_file_range(fd, 0, 1, SYNC_FILE_RANGE_WRITE) == 0); }

static struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
WAY(fcntl, "F_SETLKW, a free lock") { int fd = file_with("x"); CALL(fcntl(fd, F_SETLKW, &whole) == 0); }
WAY(fcntl, "F_OFD_SETLKW, a free lock") { int fd = file_with("x"); CALL(fcntl(fd, F_OFD_SETLKW, &whole) == 0); }
WAY(fcntl, "F_SETLK") { int fd = file_with("x"); CALL(fcntl(fd, F_SETLK, &whole) == 0); }
WAY(fcntl, "F_GETLK") { int fd = file_with("x"); CALL(fcntl(fd, F_GETLK, &whole) == 0); }
WAY(fcntl, "F_GETFL") { int fd = file_with("x"); CALL(fcntl(fd, F_GETFL) >= 0); }
WAY(fcntl, "F_SETFD") { int fd = file_with("x"); CALL(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0); }
WAY(fcntl, "F_DUPFD_CLOEXEC") { int fd = file_with("x"); CALL(fcntl(fd, F_DUPFD_CLOEXEC, 0) >= 0); }
WAY(lockf, "F_LOCK, a free lock") { int fd = file_with("x"); CALL(lockf(fd, F_LOCK, 0) == 0); }
WAY(lockf, "F_TLOCK") { int fd = file_with("x"); CALL(lockf(fd, F_TLOCK, 0) == 0); }
WAY(lockf, "F_TEST") { int fd = file_with("x"); CALL(lockf(fd, F_TEST, 0) == 0); }
WAY(lockf, "F_ULOCK") { int fd = file_with("x"); CALL(lockf(fd, F_ULOCK, 0) == 0); }
WAY(flock, "a free lock") { int fd = file_with("x"); CALL(flock(fd, LOCK_EX) == 0); }

WAY(poll, "a pipe with data") { struct pollfd p = { pipe_with("x"), POLLIN, 0 }; CALL(poll(&p, 1, -1) == 1); }
WAY(poll, "no time") { CALL(poll(NULL, 0, 0) == 0); }
WAY(poll, "an empty pipe") {
    int p[2];
    pipe_of(p);
    struct pollfd of = { p[0], POLLIN, 0 };
    CALL(poll(&of, 1, -1) == 1);
}
WAY(ppoll, "a pipe with data") { struct pollfd p = { pipe_with("x"), POLLIN, 0 }; CALL(ppoll(&p, 1, NULL, NULL) == 1); }
WAY(ppoll, "no time") { struct timespec t = { 0, 0 }; CALL(ppoll(NULL, 0, &t, NULL) == 0); }
static fd_set *set_of(int fd) {
    static fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    return &set;
}
WAY(select, "a pipe with data") { int fd = pipe_with("x"); fd_set *s = set_of(fd); CALL(select(fd + 1, s, NULL, NULL, NULL) == 1); }
WAY(select, "no time") { struct timeval t = { 0, 0 }; CALL(select(0, NULL, NULL, NULL, &t) == 0); }
WAY(pselect, "a pipe with data") { int fd = pipe_with("x"); fd_set *s = set_of(fd); CALL(pselect(fd + 1, s, NULL, NULL, NULL, NULL) == 1); }
WAY(pselect, "no time") { struct timespec t = { 0, 0 }; CALL(pselect(0, NULL, NULL, NULL, &t, NULL) == 0); }
static int epoll_of(int fd) {
    struct epoll_event e = { .events = EPOLLIN };
    int epoll = epoll_create1(0);
    NEED(epoll >= 0 && !epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e));
    return epoll;
}
WAY(epoll_wait, "a pipe with data") { struct epoll_event e; int fd = epoll_of(pipe_with("x")); CALL(epoll_wait(fd, &e, 1, -1) == 1); }
WAY(epoll_pwait, "a pipe with data") { struct epoll_event e; int fd = epoll_of(pipe_with("x")); CALL(epoll_pwait(fd, &e, 1, -1, NULL) == 1); }
WAY(epoll_create1, "") { CALL(epoll_create1(0) >= 0); }
WAY(epoll_ctl, "add") {
    struct epoll_event e = { .events = EPOLLIN };
    int fd = pipe_with("x"), epoll = epoll_create1(0);
    CALL(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) == 0);
}
WAY(eventfd, "") { CALL(eventfd(1, 0) >= 0); }
WAY(eventfd_read, "a count") { eventfd_t v; int fd = eventfd(1, 0); CALL(eventfd_read(fd, &v) == 0); }
WAY(eventfd_write, "a count") { int fd = eventfd(1, 0); CALL(eventfd_write(fd, 1) == 0); }

WAY(splice, "a pipe with data") { int fd = pipe_with("x"), p[2]; pipe_of(p); CALL(splice(fd, NULL, p[1], NULL, 1, 0) == 1); }
WAY(tee, "a pipe with data") { int fd = pipe_with("x"), p[2]; pipe_of(p); CALL(tee(fd, p[1], 1, 0) == 1); }
WAY(vmsplice, "a pipe with room") { struct iovec v = { byte, 1 }; int p[2]; pipe_of(p); CALL(vmsplice(p[1], &v, 1, 0) == 1); }
WAY(sendfile, "a file to a pipe") { int fd = file_with("x"), p[2]; pipe_of(p); CALL(sendfile(p[1], fd, NULL, 1) == 1); }
WAY(copy_file_range, "a file") {
    int fd = file_with("x"), to = open("to", O_RDWR | O_CREAT, 0600);
    CALL(copy_file_range(fd, NULL, to, NULL, 1, 0) == 1);
}
WAY(fallocate, "a file") { int fd = file_with("x"); CALL(fallocate(fd, 0, 0, 10) == 0); }
WAY(posix_fallocate, "a file") { int fd = file_with("x"); CALL(posix_fallocate(fd, 0, 10) == 0); }
WAY(posix_fadvise, "a file") { int fd = file_with("x"); CALL(posix_fadvise(fd, 0, 0, POSIX_FADV_NORMAL) == 0); }
WAY(readahead, "a file") { int fd = file_with("x"); CALL(readahead(fd, 0, 1) == 0); }
WAY(getrandom, "a byte") { CALL(getrandom(byte, 1, 0) == 1); }
WAY(getentropy, "a byte") { CALL(getentropy(byte, 1) == 0); }

WAY(msync, "MS_SYNC") {
    int fd = file_with("x");
    void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    NEED(at != MAP_FAILED);
    CALL(msync(at, 4096, MS_SYNC) == 0);
}
WAY(msync, "MS_ASYNC") {
    int fd = file_with("x");
    void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    NEED(at != MAP_FAILED);
    CALL(msync(at, 4096, MS_ASYNC) == 0);
}
static void *page(void) {
    void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    NEED(at != MAP_FAILED);
    return at;
}
WAY(mmap, "a private page") { CALL(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED); }
WAY(munmap, "a private page") { void *at = page(); CALL(munmap(at, 4096) == 0); }
WAY(mprotect, "a private page") { void *at = page(); CALL(mprotect(at, 4096, PROT_READ) == 0); }
WAY(mlock, "a page") { void *at = page(); CALL(mlock(at, 4096) == 0); }
WAY(munlock, "a page") { void *at = page(); CALL(munlock(at, 4096) == 0); }
WAY(posix_madvise, "a page") { void *at = page(); CALL(posix_madvise(at, 4096, POSIX_MADV_NORMAL) == 0); }

WAY(tcdrain, "a terminal") { int fd = terminal(); CALL(tcdrain(fd) == 0); }
WAY(tcflush, "a terminal") { int fd = terminal(); CALL(tcflush(fd, TCIOFLUSH) == 0); }
WAY(tcflow, "a terminal") { int fd = terminal(); CALL(tcflow(fd, TCOON) == 0); }
WAY(tcgetattr, "a terminal") { struct termios t; int fd = terminal(); CALL(tcgetattr(fd, &t) == 0); }
WAY(tcsetattr, "a terminal, TCSADRAIN") {
    struct termios t;
    int fd = terminal();
    NEED(!tcgetattr(fd, &t));
    CALL(tcsetattr(fd, TCSADRAIN, &t) == 0);
}
WAY(tcsendbreak, "a terminal") { int fd = terminal(); CALL(tcsendbreak(fd, 0) == 0); }
WAY(isatty, "a terminal") { int fd = terminal(); CALL(isatty(fd) == 1); }
WAY(ttyname, "a terminal") { int fd = terminal(); CALL(ttyname(fd) != NULL); }
WAY(ttyname_r, "a terminal") { int fd = terminal(); CALL(ttyname_r(fd, byte, sizeof byte) == 0); }
WAY(posix_openpt, "") { CALL(posix_openpt(O_RDWR | O_NOCTTY) >= 0); }
WAY(ioctl, "FIONREAD of a pipe") { int n, fd = pipe_with("x"); CALL(ioctl(fd, FIONREAD, &n) == 0); }

WAY(dup, "a file") { int fd = file_with("x"); CALL(dup(fd) >= 0); }
WAY(dup2, "onto an open one") { int fd = file_with("x"), to = pipe_with("x"); CALL(dup2(fd, to) == to); }
WAY(dup3, "onto an open one") { int fd = file_with("x"), to = pipe_with("x"); CALL(dup3(fd, to, O_CLOEXEC) == to); }
WAY(pipe, "") { int p[2]; CALL(pipe(p) == 0); }
WAY(pipe2, "") { int p[2]; CALL(pipe2(p, O_CLOEXEC) == 0); }
WAY(lseek, "a file") { int fd = file_with("x"); CALL(lseek(fd, 1, SEEK_SET) == 1); }
WAY(ftruncate, "a file") { int fd = file_with("x"); CALL(ftruncate(fd, 0) == 0); }
WAY(truncate, "a file") { file_with("x"); CALL(truncate(FILE_NAME, 0) == 0); }
WAY(stat, "a file") { struct stat s; file_with("x"); CALL(stat(FILE_NAME, &s) == 0); }
WAY(lstat, "a file") { struct stat s; file_with("x"); CALL(lstat(FILE_NAME, &s) == 0); }
WAY(fstat, "a file") { struct stat s; int fd = file_with("x"); CALL(fstat(fd, &s) == 0); }
WAY(fstatat, "a file") { struct stat s; file_with("x"); CALL(fstatat(AT_FDCWD, FILE_NAME, &s, 0) == 0); }
WAY(statvfs, "a folder") { struct statvfs s; CALL(statvfs(".", &s) == 0); }
WAY(fstatvfs, "a file") { struct statvfs s; int fd = file_with("x"); CALL(fstatvfs(fd, &s) == 0); }
WAY(access, "a file") { file_with("x"); CALL(access(FILE_NAME, R_OK) == 0); }
WAY(faccessat, "a file") { file_with("x"); CALL(faccessat(AT_FDCWD, FILE_NAME, R_OK, 0) == 0); }
WAY(chmod, "a file") { file_with("x"); CALL(chmod(FILE_NAME, 0600) == 0); }
WAY(fchmod, "a file") { int fd = file_with("x"); CALL(fchmod(fd, 0600) == 0); }
WAY(chown, "a file") { file_with("x"); CALL(chown(FILE_NAME, -1, -1) == 0); }
WAY(lchown, "a file") { file_with("x"); CALL(lchown(FILE_NAME, -1, -1) == 0); }
WAY(umask, "") { CALL_VOID(umask(077)); }
WAY(link, "a file") { file_with("x"); CALL(link(FILE_NAME, "link") == 0); }
WAY(symlink, "") { CALL(symlink(FILE_NAME, "link") == 0); }
WAY(readlink, "") { NEED(!symlink(FILE_NAME, "link")); CALL(readlink("link", byte, sizeof byte) > 0); }
WAY(rename, "a file") { file_with("x"); CALL(rename(FILE_NAME, "to") == 0); }
WAY(unlink, "a file") { file_with("x"); CALL(unlink(FILE_NAME) == 0); }
WAY(remove, "a file") { file_with("x"); CALL(remove(FILE_NAME) == 0); }
WAY(mkdir, "") { CALL(mkdir("folder", 0700) == 0); }
WAY(rmdir, "") { NEED(!mkdir("folder", 0700)); CALL(rmdir("folder") == 0); }
WAY(mkfifo, "") { CALL(mkfifo("fifo", 0600) == 0); }
WAY(mkdtemp, "") { char name[] = "folderXXXXXX"; CALL(mkdtemp(name) != NULL); }
WAY(mkstemp, "") { char name[] = "fileXXXXXX"; CALL(mkstemp(name) >= 0); }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
WAY(mktemp, "") { char name[] = "fileXXXXXX"; CALL(mktemp(name)[0] != 0); }
WAY(tempnam, "") { CALL(tempnam(".", "p") != NULL); }
#pragma GCC diagnostic pop
WAY(utimes, "a file") { file_with("x"); CALL(utimes(FILE_NAME, NULL) == 0); }
WAY(futimens, "a file") { int fd = file_with("x"); CALL(futimens(fd, NULL) == 0); }
WAY(chdir, "") { NEED(!mkdir("folder", 0700)); CALL(chdir("folder") == 0); }
WAY(fchdir, "") { int fd = open(".", O_RDONLY); CALL(fchdir(fd) == 0); }
WAY(getcwd, "") { CALL(getcwd(byte, sizeof byte) != NULL); }
WAY(realpath, "a file") { file_with("x"); CALL(realpath(FILE_NAME, NULL) != NULL); }
WAY(pathconf, "_PC_NAME_MAX") { CALL(pathconf(".", _PC_NAME_MAX) > 0); }
WAY(fpathconf, "_PC_PIPE_BUF") { int fd = pipe_with("x"); CALL(fpathconf(fd, _PC_PIPE_BUF) > 0); }
WAY(getxattr, "that is not there") { file_with("x"); CALL(getxattr(FILE_NAME, "user.none", byte, 1) < 0); }
WAY(opendir, "") { CALL(opendir(".") != NULL); }
WAY(fdopendir, "") { int fd = open(".", O_RDONLY | O_DIRECTORY); CALL(fdopendir(fd) != NULL); }
WAY(readdir, "") { DIR *d = opendir("."); NEED(d); CALL(readdir(d) != NULL); }
WAY(rewinddir, "") { DIR *d = opendir("."); NEED(d); CALL_VOID(rewinddir(d)); }
WAY(telldir, "") { DIR *d = opendir("."); NEED(d); CALL(telldir(d) >= 0); }
WAY(closedir, "") { DIR *d = opendir("."); NEED(d); CALL(closedir(d) == 0); }
WAY(scandir, "") { struct dirent **list; CALL(scandir(".", &list, NULL, NULL) >= 0); }
WAY(shm_open, "") { CALL(shm_open(OBJECT, O_RDWR | O_CREAT, 0600) >= 0); }
WAY(shm_unlink, "") { NEED(shm_open(OBJECT, O_RDWR | O_CREAT, 0600) >= 0); CALL(shm_unlink(OBJECT) == 0); }
