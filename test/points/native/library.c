/* Streams, asynchronous input and output, memory, strings and the rest of the library. */
#include "way.h"
#include <aio.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <iconv.h>
#include <locale.h>
#include <netdb.h>
#include <pthread.h>
#include <pwd.h>
#include <regex.h>
#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include <wchar.h>
#include <wordexp.h>

static struct aiocb control;
static struct aiocb *reading(int fd)
{
    control.aio_fildes = fd;
    control.aio_buf = byte;
    control.aio_nbytes = 1;
    control.aio_sigevent.sigev_notify = SIGEV_NONE;
    return &control;
}
static const struct aiocb *const list[] = { &control };
WAY(aio_suspend, "a request that has ended") {
    NEED(!aio_read(reading(file_with("x"))));
    while (aio_error(&control) == EINPROGRESS) usleep(1000);
    CALL(aio_suspend(list, 1, NULL) == 0);
}
WAY(aio_suspend, "a request that is under way") {
    int p[2];
    pipe_of(p);
    NEED(!aio_read(reading(p[0])));
    CALL(aio_suspend(list, 1, NULL) == 0);
}
WAY(aio_read, "a file") { struct aiocb *c = reading(file_with("x")); CALL(aio_read(c) == 0); }
WAY(aio_write, "a file") { struct aiocb *c = reading(file_with("x")); CALL(aio_write(c) == 0); }
WAY(aio_fsync, "a file") { struct aiocb *c = reading(file_with("x")); CALL(aio_fsync(O_SYNC, c) == 0); }
WAY(aio_error, "") { NEED(!aio_read(reading(file_with("x")))); CALL(aio_error(&control) >= 0); }
WAY(aio_return, "") {
    NEED(!aio_read(reading(file_with("x"))));
    while (aio_error(&control) == EINPROGRESS) usleep(1000);
    CALL(aio_return(&control) == 1);
}
WAY(aio_cancel, "a request that has ended") {
    int fd = file_with("x");
    NEED(!aio_read(reading(fd)));
    while (aio_error(&control) == EINPROGRESS) usleep(1000);
    CALL(aio_cancel(fd, &control) == AIO_ALLDONE);
}
WAY(lio_listio, "LIO_NOWAIT") {
    struct aiocb *c = reading(file_with("x"));
    c->aio_lio_opcode = LIO_READ;
    CALL(lio_listio(LIO_NOWAIT, &c, 1, NULL) == 0);
}
WAY(lio_listio, "LIO_WAIT") {
    int p[2];
    pipe_of(p);
    struct aiocb *c = reading(p[0]);
    c->aio_lio_opcode = LIO_READ;
    CALL(lio_listio(LIO_WAIT, &c, 1, NULL) == 0);
}

WAY(lio_listio, "no operations") { struct aiocb *none[1]; CALL(lio_listio(LIO_NOWAIT, none, 0, NULL) == 0); }

/* Buffered, with nothing in its buffer. */
static FILE *stream(const char *text, const char *mode)
{
    FILE *f = fdopen(file_with(text), mode);
    NEED(f);
    return f;
}
/* With text to write in its buffer. */
static FILE *dirty(void)
{
    FILE *f = stream("", "w");
    NEED(fputc('x', f) == 'x');
    return f;
}
/* A stream with bytes read ahead. */
static FILE *ahead(void)
{
    FILE *f = stream("xyz", "r");
    NEED(fgetc(f) == 'x');
    return f;
}
WAY(fopen, "a file") { file_with("x"); CALL(fopen(FILE_NAME, "r") != NULL); }
WAY(fopen, "a new file, mode e") { CALL(fopen("new", "we") != NULL); }
WAY(fopen, "a file, mode rc") { file_with("x"); CALL(fopen(FILE_NAME, "rc") != NULL); }
WAY(freopen, "another file, both in mode rc") { file_with("x"); FILE *f = fopen(FILE_NAME, "rc"); NEED(f); CALL(freopen(FILE_NAME, "rc", f) != NULL); }
WAY(freopen, "another file") { FILE *f = stream("x", "r"); CALL(freopen(FILE_NAME, "r", f) != NULL); }
WAY(fdopen, "a file") { int fd = file_with("x"); CALL(fdopen(fd, "r") != NULL); }
WAY(fdopen, "a file, mode ae") { int fd = file_with("x"); CALL(fdopen(fd, "ae") != NULL); }
WAY(fclose, "a stream") { FILE *f = stream("x", "r"); CALL(fclose(f) == 0); }
WAY(fclose, "a stream with a full buffer") { FILE *f = dirty(); CALL(fclose(f) == 0); }
WAY(fflush, "a full buffer") { FILE *f = dirty(); CALL(fflush(f) == 0); }
WAY(fflush, "an empty buffer") { FILE *f = stream("", "w"); CALL(fflush(f) == 0); }
WAY(fgetc, "an empty buffer") { FILE *f = stream("x", "r"); CALL(fgetc(f) == 'x'); }
WAY(fgetc, "bytes read ahead") { FILE *f = ahead(); CALL(fgetc(f) == 'y'); }
WAY(fgets, "an empty buffer") { FILE *f = stream("x\n", "r"); CALL(fgets(byte, 10, f) != NULL); }
WAY(fgets, "bytes read ahead") { FILE *f = stream("x\ny\n", "r"); NEED(fgets(byte, 10, f)); CALL(fgets(byte, 10, f) != NULL); }
WAY(fread, "an empty buffer") { FILE *f = stream("x", "r"); CALL(fread(byte, 1, 1, f) == 1); }
WAY(fread, "bytes read ahead") { FILE *f = ahead(); CALL(fread(byte, 1, 1, f) == 1); }
WAY(fputc, "into the buffer") { FILE *f = dirty(); CALL(fputc('x', f) == 'x'); }
WAY(fputc, "no buffer") { FILE *f = stream("", "w"); setbuf(f, NULL); CALL(fputc('x', f) == 'x'); }
WAY(fputs, "into the buffer") { FILE *f = dirty(); CALL(fputs("x", f) >= 0); }
WAY(fputs, "no buffer") { FILE *f = stream("", "w"); setbuf(f, NULL); CALL(fputs("x", f) >= 0); }
WAY(fwrite, "into the buffer") { FILE *f = dirty(); CALL(fwrite("x", 1, 1, f) == 1); }
WAY(fwrite, "no buffer") { FILE *f = stream("", "w"); setbuf(f, NULL); CALL(fwrite("x", 1, 1, f) == 1); }
WAY(fprintf, "into the buffer") { FILE *f = dirty(); CALL(fprintf(f, "%d", 1) == 1); }
WAY(fprintf, "no buffer") { FILE *f = stream("", "w"); setbuf(f, NULL); CALL(fprintf(f, "%d", 1) == 1); }
WAY(dprintf, "a file") { int fd = file_with(""); CALL(dprintf(fd, "%d", 1) == 1); }
WAY(dprintf, "nothing") { int fd = file_with(""); CALL(dprintf(fd, "%s", "") == 0); }
WAY(fscanf, "an empty buffer") { int n; FILE *f = stream("1", "r"); CALL(fscanf(f, "%d", &n) == 1); }
WAY(fscanf, "bytes read ahead") { int n; FILE *f = stream("1 2 3", "r"); NEED(fscanf(f, "%d", &n) == 1); CALL(fscanf(f, "%d", &n) == 1); }
WAY(ungetc, "") { FILE *f = ahead(); CALL(ungetc('x', f) == 'x'); }
WAY(fseek, "a full buffer") { FILE *f = dirty(); CALL(fseek(f, 0, SEEK_SET) == 0); }
WAY(fseek, "an empty buffer") { FILE *f = stream("x", "r"); CALL(fseek(f, 0, SEEK_SET) == 0); }
WAY(ftell, "a full buffer, mode a") { FILE *f = stream("x", "a"); NEED(fputc('x', f) == 'x'); CALL(ftell(f) >= 1); }
WAY(ftell, "bytes read ahead") { FILE *f = ahead(); CALL(ftell(f) == 1); }
WAY(rewind, "a full buffer") { FILE *f = dirty(); CALL_VOID(rewind(f)); }
WAY(rewind, "an empty buffer") { FILE *f = stream("x", "r"); CALL_VOID(rewind(f)); }
WAY(setvbuf, "a fresh stream") { FILE *f = stream("x", "w"); CALL(setvbuf(f, NULL, _IONBF, 0) == 0); }
WAY(setvbuf, "a buffer of the caller's") { FILE *f = stream("x", "w"); CALL(setvbuf(f, byte, _IOFBF, sizeof byte) == 0); }
WAY(setbuf, "a fresh stream") { FILE *f = stream("x", "w"); CALL_VOID(setbuf(f, byte)); }
WAY(setbuf, "none") { FILE *f = stream("x", "w"); CALL_VOID(setbuf(f, NULL)); }
WAY(clearerr, "") { FILE *f = stream("x", "r"); CALL_VOID(clearerr(f)); }
WAY(feof, "") { FILE *f = stream("x", "r"); CALL(feof(f) == 0); }
WAY(ferror, "") { FILE *f = stream("x", "r"); CALL(ferror(f) == 0); }
WAY(fileno, "") { FILE *f = stream("x", "r"); CALL(fileno(f) >= 0); }
WAY(flockfile, "") { FILE *f = stream("x", "r"); CALL_VOID(flockfile(f)); }
WAY(ftrylockfile, "") { FILE *f = stream("x", "r"); CALL(ftrylockfile(f) == 0); }
WAY(fmemopen, "") { CALL(fmemopen(byte, sizeof byte, "r") != NULL); }
WAY(open_memstream, "") { static char *at; static size_t n; CALL(open_memstream(&at, &n) != NULL); }
WAY(tmpfile, "") { CALL(tmpfile() != NULL); }
WAY(perror, "a stream with a buffer") {
    NEED(dup2(file_with(""), 2) == 2 && setvbuf(stderr, byte, _IOFBF, sizeof byte) == 0 && fwide(stderr, -1) < 0);
    CALL_VOID(perror(FILE_NAME));
}
WAY(perror, "") { NEED(dup2(file_with(""), 2) == 2); CALL_VOID(perror(FILE_NAME)); }
WAY(snprintf, "") { CALL(snprintf(byte, 10, "%d %s", 1, "x") == 3); }
WAY(sscanf, "") { int n; CALL(sscanf("1", "%d", &n) == 1); }
WAY(swprintf, "") { wchar_t w[10]; CALL(swprintf(w, 10, L"%d", 1) == 1); }
WAY(asprintf, "") { char *s; CALL(asprintf(&s, "%d", 1) == 1); }

WAY(malloc, "a little") { CALL(malloc(10) != NULL); }
WAY(malloc, "much") { CALL(malloc(1 << 24) != NULL); }
WAY(calloc, "") { CALL(calloc(10, 10) != NULL); }
WAY(realloc, "") { void *p = malloc(10); CALL(realloc(p, 1 << 20) != NULL); }
WAY(free, "much") { void *p = malloc(1 << 24); CALL_VOID(free(p)); }
WAY(posix_memalign, "") { void *p; CALL(posix_memalign(&p, 4096, 10) == 0); }
WAY(memcpy, "") { char to[2]; CALL(memcpy(to, "x", 2) == to); }
WAY(strlen, "") { CALL(strlen(FILE_NAME) == 4); }
WAY(strdup, "") { CALL(strdup("x") != NULL); }
WAY(strtol, "") { CALL(strtol("12", NULL, 10) == 12); }
WAY(strtod, "") { CALL(strtod("1.5", NULL) == 1.5); }
WAY(strerror, "ENOENT") { CALL(strerror(ENOENT) != NULL); }
WAY(strerror_r, "ENOENT") { CALL(((void)strerror_r(ENOENT, byte, sizeof byte), 1)); }
WAY(strcoll, "") { CALL(strcoll("a", "b") < 0); }
static int by_byte(const void *a, const void *b) { return *(const char *)a - *(const char *)b; }
WAY(qsort, "") { char s[] = "cab"; CALL_VOID(qsort(s, 3, 1, by_byte)); }
WAY(bsearch, "") { CALL(bsearch("b", "abc", 3, 1, by_byte) != NULL); }
WAY(lfind, "") { size_t n = 3; CALL(lfind("b", "abc", &n, 1, by_byte) != NULL); }
WAY(tsearch, "") { static void *root; CALL(tsearch("a", &root, by_byte) != NULL); }
WAY(rand, "") { CALL(rand() >= 0); }
WAY(random, "") { CALL(random() >= 0); }
WAY(drand48, "") { CALL(drand48() >= 0); }
WAY(abs, "") { CALL(abs(-1) == 1); }
WAY(getenv, "PATH") { CALL_VOID(getenv("PATH")); }
WAY(setenv, "") { CALL(setenv("X", "x", 1) == 0); }
WAY(unsetenv, "") { CALL(unsetenv("X") == 0); }
WAY(setlocale, "C") { CALL(setlocale(LC_ALL, "C") != NULL); }
WAY(newlocale, "C") { CALL(newlocale(LC_ALL_MASK, "C", NULL) != NULL); }
WAY(localeconv, "") { CALL(localeconv() != NULL); }
WAY(mbstowcs, "") { wchar_t w[4]; CALL(mbstowcs(w, "x", 4) == 1); }
WAY(iconv_open, "UTF-8 from ASCII") { CALL(iconv_open("UTF-8", "ASCII") != (iconv_t)-1); }
WAY(iconv, "") {
    char *from = "x", *to = byte;
    size_t left = 1, room = sizeof byte;
    iconv_t i = iconv_open("UTF-8", "ASCII");
    NEED(i != (iconv_t)-1);
    CALL(iconv(i, &from, &left, &to, &room) == 0);
}
WAY(regcomp, "") { regex_t r; CALL(regcomp(&r, "a*b", 0) == 0); }
WAY(regexec, "") { regex_t r; NEED(!regcomp(&r, "a*b", 0)); CALL(regexec(&r, "aab", 0, NULL, 0) == 0); }
WAY(fnmatch, "") { CALL(fnmatch("a*", "ab", 0) == 0); }
WAY(glob, "a name without wildcards") { glob_t g; file_with("x"); CALL(glob(FILE_NAME, 0, NULL, &g) == 0); }
WAY(glob, "a wildcard") { glob_t g; file_with("x"); CALL(glob("f*", 0, NULL, &g) == 0); }
WAY(wordexp, "without commands") { wordexp_t w; CALL(wordexp("a b", &w, WRDE_NOCMD) == 0); }
WAY(wordexp, "with a command") { wordexp_t w; CALL(wordexp("$(echo a)", &w, 0) == 0); }
WAY(getopt, "") { char *argv[] = { "x", "-a", NULL }; CALL(getopt(2, argv, "a") == 'a'); }
static int visit(const char *p, const struct stat *s, int f, struct FTW *w) { (void)p; (void)s; (void)f; (void)w; return 0; }
WAY(nftw, "a folder") { CALL(nftw(".", visit, 4, 0) == 0); }
WAY(getpwuid_r, "root") { struct passwd p, *r; CALL(getpwuid_r(0, &p, byte, sizeof byte, &r) == 0); }
WAY(getgrgid_r, "root") { struct group g, *r; CALL(getgrgid_r(0, &g, byte, sizeof byte, &r) == 0); }
WAY(getaddrinfo, "of a number") {
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *found;
    CALL(getaddrinfo("127.0.0.1", "80", &hints, &found) == 0);
}
WAY(getaddrinfo, "of a name that no file has") {
    struct addrinfo *found;
    CALL(getaddrinfo("name.invalid", NULL, NULL, &found) != 0);
}
WAY(gai_strerror, "") { CALL(gai_strerror(EAI_FAIL) != NULL); }
WAY(openlog, "LOG_NDELAY") { CALL_VOID(openlog("x", LOG_NDELAY, LOG_USER)); }
WAY(openlog, "later") { CALL_VOID(openlog("x", 0, LOG_USER)); }
WAY(syslog, "what is masked out") { setlogmask(LOG_MASK(LOG_ERR)); CALL_VOID(syslog(LOG_DEBUG, "x")); }
WAY(syslog, "") { CALL_VOID(syslog(LOG_DEBUG, "x")); }
WAY(closelog, "") { CALL_VOID(closelog()); }
WAY(setlogmask, "") { CALL_VOID(setlogmask(0)); }
WAY(localtime_r, "") { time_t t = 0; struct tm m; CALL(localtime_r(&t, &m) != NULL); }
WAY(gmtime_r, "") { time_t t = 0; struct tm m; CALL(gmtime_r(&t, &m) != NULL); }
WAY(mktime, "") { struct tm m = { .tm_year = 100 }; CALL(mktime(&m) != (time_t)-1); }
WAY(strftime, "") { struct tm m = { .tm_year = 100 }; CALL(strftime(byte, 100, "%Y", &m) == 4); }
WAY(strptime, "") { struct tm m; CALL(strptime("2000", "%Y", &m) != NULL); }
WAY(asctime, "") { struct tm m = { .tm_year = 100, .tm_mday = 1 }; CALL(asctime(&m) != NULL); }
WAY(dladdr, "") { Dl_info i; CALL_VOID(dladdr((void *)&control, &i)); }
WAY(dlerror, "") { CALL_VOID(dlerror()); }
