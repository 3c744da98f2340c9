/**
 * The two lists of cancellation points of each standard: what shall be one, and what may be one. Any other function that
 * a standard specifies shall be none.
 */
import { FUNCTIONS, NEW_2024 } from './functions.js';
import type { Lists, Standard } from './types.js';
import { words } from './words.js';

const REQUIRED_2001_AND_2008 = words(`
accept aio_suspend clock_nanosleep close connect creat fcntl fdatasync fsync getmsg getpmsg lockf mq_receive mq_send
mq_timedreceive mq_timedsend msgrcv msgsnd msync nanosleep open pause poll pread pselect pthread_cond_timedwait
pthread_cond_wait pthread_join pthread_testcancel putmsg putpmsg pwrite read readv recv recvfrom recvmsg select
sem_timedwait sem_wait send sendmsg sendto sigsuspend sigtimedwait sigwait sigwaitinfo sleep tcdrain wait waitid
waitpid write writev
`);

const MAY_2001_AND_2008 = words(`
access asctime_r catclose catopen closedir closelog ctermid ctime_r dlclose dlopen endhostent endnetent endprotoent
endservent fclose fcntl fflush fgetc fgetpos fgets fgetwc fgetws fmtmsg fopen fpathconf fprintf fputc fputs fputwc
fputws fread freopen fscanf fseek fseeko fsetpos fstat ftell ftello fwprintf fwrite fwscanf getaddrinfo getc
getc_unlocked getchar getchar_unlocked getcwd getgrgid_r getgrnam_r gethostid gethostname getlogin_r getnameinfo
getpwnam_r getpwuid_r gets getwc getwchar glob iconv_close iconv_open ioctl link localtime_r lseek lstat mkstemp
mktime opendir openlog pathconf perror popen posix_fadvise posix_fallocate posix_madvise posix_openpt posix_spawn
posix_spawnp posix_trace_clear posix_trace_close posix_trace_create posix_trace_create_withlog
posix_trace_eventtypelist_getnext_id posix_trace_eventtypelist_rewind posix_trace_flush posix_trace_get_attr
posix_trace_get_filter posix_trace_get_status posix_trace_getnext_event posix_trace_open posix_trace_rewind
posix_trace_set_filter posix_trace_shutdown posix_trace_timedgetnext_event posix_typed_mem_open printf
pthread_rwlock_rdlock pthread_rwlock_timedrdlock pthread_rwlock_timedwrlock pthread_rwlock_wrlock putc putc_unlocked
putchar putchar_unlocked puts putwc putwchar readdir_r remove rename rewind rewinddir scanf seekdir semop sethostent
setnetent setprotoent setservent stat strerror_r strftime symlink sync syslog tmpfile tmpnam ttyname_r tzset ungetc
ungetwc unlink vfprintf vfwprintf vprintf vwprintf wcsftime wordexp wprintf wscanf
`);

const MAY_2001 = words(`
asctime catgets ctime dbm_close dbm_delete dbm_fetch dbm_nextkey dbm_open dbm_store endgrent endpwent endutxent ftw
getdate getgrent getgrgid getgrnam gethostbyaddr gethostbyname gethostent getlogin getnetbyaddr getnetbyname getnetent
getopt getprotobyname getprotobynumber getprotoent getpwent getpwnam getpwuid getservbyname getservbyport getservent
getutxent getutxid getutxline getwd localtime nftw pclose pututxline readdir setgrent setpwent setutxent strerror
ttyname
`);

/** `strerror_l` and `strftime_l` came with the technical corrigenda. */
const MAY_2008 = words(`
chmod chown dprintf faccessat fchmod fchmodat fchown fchownat fstatat futimens getdelim getline linkat lio_listio
lockf mkdir mkdirat mkdtemp mkfifo mkfifoat mknod mknodat psiginfo psignal readlink readlinkat renameat scandir
sigpause strerror_l strftime_l symlinkat unlinkat utime utimensat utimes vdprintf
`);

/**
 * Functions that 2008 does not require to be thread-safe (XSH 2.9.1). Since the technical corrigenda they are in neither
 * list and may still be cancellation points where the implementation documents them as thread-safe; elsewhere a thread
 * that is cancelled in them has undefined behaviour, so nothing forbids it. The first edition had some of them in its
 * lists, `system` in the first.
 */
const NOT_THREAD_SAFE = words(`
asctime basename catgets crypt ctime dbm_clearerr dbm_close dbm_delete dbm_error dbm_fetch dbm_firstkey dbm_nextkey
dbm_open dbm_store dirname dlerror drand48 encrypt endgrent endpwent endutxent ftw getdate getenv getgrent getgrgid
getgrnam gethostent getlogin getnetbyaddr getnetbyname getnetent getopt getprotobyname getprotobynumber getprotoent
getpwent getpwnam getpwuid getservbyname getservbyport getservent getutxent getutxid getutxline gmtime hcreate
hdestroy hsearch inet_ntoa l64a lgamma lgammaf lgammal localeconv localtime lrand48 mblen mbtowc mrand48 nftw
nl_langinfo ptsname putenv pututxline rand readdir setenv setgrent setkey setlocale setpwent setutxent strerror
strsignal strtok system ttyname unsetenv wctomb
`);

/** No longer in the second list of 2008, which says of it that cancelling a thread in it is undefined. */
const UNDEFINED = ['pclose'];

const of2008 = {
  required: [...REQUIRED_2001_AND_2008, 'openat'],
  may: [...MAY_2001_AND_2008, ...MAY_2008, ...NOT_THREAD_SAFE, ...UNDEFINED],
};

/** Required since 2024, of the functions that it adds. */
const REQUIRED_2024 = words(`
accept4 cnd_timedwait cnd_wait posix_close ppoll pthread_cond_clockwait thrd_join thrd_sleep
`);

/** From the first list to the second, so that a free semaphore costs no test: Austin Group defect 1076. */
const RELAXED_2024 = ['sem_timedwait', 'sem_wait'];

const required2024 = [...of2008.required, ...REQUIRED_2024].filter(
  (name) => FUNCTIONS['2024'].has(name) && !RELAXED_2024.includes(name),
);
/** New functions of which the second list, which was not read, may say something. */
const open2024 = NEW_2024.filter((name) => !REQUIRED_2024.includes(name));

export const LISTS: Readonly<Record<Standard, Lists>> = {
  '2001': {
    section: 'XSH 2.9.5.2',
    source: 'pthreads(7) of man-pages 6.03, "Cancelation points"',
    required: new Set([...REQUIRED_2001_AND_2008, 'sigpause', 'system', 'usleep']),
    may: new Set([...MAY_2001_AND_2008, ...MAY_2001]),
  },
  '2008': {
    section: 'XSH 2.9.5.2',
    source: 'the standard, 2018 edition (with both technical corrigenda); pthreads(7) gives the first edition',
    required: new Set(of2008.required),
    may: new Set(of2008.may),
  },
  /**
   * The text was not at hand. The first list is what NetBSD's tests/lib/libpthread/t_cancellation.c (1.2, 2025) tests by
   * that section; it is the list of 2008 less STREAMS and semaphores, with eight functions that are new. The second list
   * is not known: what 2008 has there is kept as far as the function is, and every other function that is new is open,
   * which no rule reports either way. Looked for without success: pthreads(7), the pages of gnulib, illumos and FreeBSD,
   * the texts of the Austin Group's defects that add the functions.
   */
  '2024': {
    section: 'XSH 2.9.5.2',
    source: "NetBSD's tests of the first list; the second is that of 2008, and open for new functions",
    required: new Set(required2024),
    may: new Set([...of2008.may, ...RELAXED_2024].filter((name) => FUNCTIONS['2024'].has(name))),
    open: new Set(open2024),
  },
};
