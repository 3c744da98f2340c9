/**
 * The two lists of cancellation points, XSH 2.9.5.2 of POSIX.1-2001 and POSIX.1-2008: what shall be one, and what may be
 * one. fcntl and lockf are in both, by their argument (index.ts).
 * Source: pthreads(7) of man-pages 6.03, which gives both lists and the differences between the two standards.
 *
 * POSIX.1-2024: its text was not at hand. Its lists are those of 2008 without the functions that it removes with the
 * STREAMS option; what it adds is taken for "may", which no rule reports either way.
 */
import { words } from './words.js';

const REQUIRED = words(`
accept aio_suspend clock_nanosleep close connect creat fcntl fdatasync fsync getmsg getpmsg lockf mq_receive mq_send
mq_timedreceive mq_timedsend msgrcv msgsnd msync nanosleep open pause poll pread pselect pthread_cond_timedwait
pthread_cond_wait pthread_join pthread_testcancel putmsg putpmsg pwrite read readv recv recvfrom recvmsg select
sem_timedwait sem_wait send sendmsg sendto sigsuspend sigtimedwait sigwait sigwaitinfo sleep system tcdrain wait
waitid waitpid write writev
`);

export const REQUIRED_2001: ReadonlySet<string> = new Set([...REQUIRED, ...words('sigpause usleep')]);
export const REQUIRED_2008: ReadonlySet<string> = new Set([...REQUIRED, ...words('openat')]);

const MAY = words(`
access asctime asctime_r catclose catgets catopen closedir closelog ctermid ctime ctime_r dbm_close dbm_delete
dbm_fetch dbm_nextkey dbm_open dbm_store dlclose dlopen endgrent endhostent endnetent endprotoent endpwent
endservent endutxent fclose fcntl fflush fgetc fgetpos fgets fgetwc fgetws fmtmsg fopen fpathconf fprintf fputc
fputs fputwc fputws fread freopen fscanf fseek fseeko fsetpos fstat ftell ftello ftw fwprintf fwrite fwscanf
getaddrinfo getc getc_unlocked getchar getchar_unlocked getcwd getdate getgrent getgrgid getgrgid_r getgrnam
getgrnam_r gethostent gethostid gethostname getlogin getlogin_r getnameinfo getnetbyaddr getnetbyname getnetent
getopt getprotobyname getprotobynumber getprotoent getpwent getpwnam getpwnam_r getpwuid getpwuid_r gets
getservbyname getservbyport getservent getutxent getutxid getutxline getwc getwchar glob iconv_close iconv_open
ioctl link localtime localtime_r lseek lstat mkstemp mktime nftw opendir openlog pathconf pclose perror popen
posix_fadvise posix_fallocate posix_madvise posix_openpt posix_spawn posix_spawnp posix_trace_clear
posix_trace_close posix_trace_create posix_trace_create_withlog posix_trace_eventtypelist_getnext_id
posix_trace_eventtypelist_rewind posix_trace_flush posix_trace_get_attr posix_trace_get_filter
posix_trace_get_status posix_trace_getnext_event posix_trace_open posix_trace_rewind posix_trace_set_filter
posix_trace_shutdown posix_trace_timedgetnext_event posix_typed_mem_open printf pthread_rwlock_rdlock
pthread_rwlock_timedrdlock pthread_rwlock_timedwrlock pthread_rwlock_wrlock putc putc_unlocked putchar
putchar_unlocked puts pututxline putwc putwchar readdir readdir_r remove rename rewind rewinddir scanf seekdir semop
setgrent sethostent setnetent setprotoent setpwent setservent setutxent stat strerror strerror_r strftime symlink
sync syslog tmpfile tmpnam ttyname ttyname_r tzset ungetc ungetwc unlink vfprintf vfwprintf vprintf vwprintf
wcsftime wordexp wprintf wscanf
`);

export const MAY_2001: ReadonlySet<string> = new Set([
  ...MAY,
  ...words(`
gethostbyaddr gethostbyname getwd
`),
]);
export const MAY_2008: ReadonlySet<string> = new Set([
  ...MAY,
  ...words(`
chmod chown dprintf faccessat fchmod fchmodat fchown fchownat fstatat futimens getdelim getline linkat lio_listio
lockf mkdir mkdirat mkdtemp mkfifo mkfifoat mknod mknodat psiginfo psignal readlink readlinkat renameat scandir
sigpause symlinkat unlinkat utime utimensat utimes vdprintf
`),
]);

/** Removed from POSIX.1-2008, of those that the lists of 2001 name. */
export const REMOVED_2008: ReadonlySet<string> = new Set(words('gethostbyaddr gethostbyname getwd usleep'));

/** Removed from POSIX.1-2024 with the STREAMS option (marked obsolescent in 2008). */
export const REMOVED_2024: ReadonlySet<string> = new Set(
  words('fattach fdetach getmsg getpmsg isastream putmsg putpmsg'),
);

/** New in POSIX.1-2024 and able to wait or to open: whether they are in its first or its second list is not known here. */
export const NEW_2024: ReadonlySet<string> = new Set(
  words('accept4 cnd_timedwait cnd_wait posix_close ppoll pthread_cond_clockwait sem_clockwait thrd_join thrd_sleep'),
);
