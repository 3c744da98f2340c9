/**
 * The functions of POSIX.1-2001 and 2008, base and XSI: a function among them that is in neither list of cancellation
 * points must not be one (XSH 2.9.5.2).
 * Source: conform/data/*.h-data of glibc (what each header declares by each standard), each file through `gcc -E` with
 * XOPEN2K for 2001, with XOPEN2K8 and with POSIX2008 for 2008, and then the names of its `function` and
 * `macro-function` lines.
 */
import { words } from './words.js';

const BOTH = words(`
_Exit _exit _longjmp _setjmp _tolower _toupper a64l abort abs accept access acos acosf acosh acoshf acoshl acosl
aio_cancel aio_error aio_fsync aio_read aio_return aio_suspend aio_write alarm asctime asctime_r asin asinf asinh
asinhf asinhl asinl atan atan2 atan2f atan2l atanf atanh atanhf atanhl atanl atexit atof atoi atol atoll basename
bind bsearch btowc cabs cabsf cabsl cacos cacosf cacosh cacoshf cacoshl cacosl calloc carg cargf cargl casin casinf
casinh casinhf casinhl casinl catan catanf catanh catanhf catanhl catanl catclose catgets catopen cbrt cbrtf cbrtl
ccos ccosf ccosh ccoshf ccoshl ccosl ceil ceilf ceill cexp cexpf cexpl cfgetispeed cfgetospeed cfsetispeed
cfsetospeed chdir chmod chown cimag cimagf cimagl clearerr clock clock_getcpuclockid clock_getres clock_gettime
clock_nanosleep clock_settime clog clogf clogl close closedir closelog confstr conj conjf conjl connect copysign
copysignf copysignl cos cosf cosh coshf coshl cosl cpow cpowf cpowl cproj cprojf cprojl creal crealf creall creat
csin csinf csinh csinhf csinhl csinl csqrt csqrtf csqrtl ctan ctanf ctanh ctanhf ctanhl ctanl ctermid ctime ctime_r
dbm_clearerr dbm_close dbm_delete dbm_error dbm_fetch dbm_firstkey dbm_nextkey dbm_open dbm_store difftime dirname
div dlclose dlerror dlopen dlsym drand48 dup dup2 endgrent endhostent endnetent endprotoent endpwent endservent
endutxent erand48 erf erfc erfcf erfcl erff erfl execl execle execlp execv execve execvp exit exp exp2 exp2f exp2l
expf expl expm1 expm1f expm1l fabs fabsf fabsl fchdir fchmod fchown fclose fcntl fdatasync fdim fdimf fdiml fdopen
feclearexcept fegetenv fegetexceptflag fegetround feholdexcept feof feraiseexcept ferror fesetenv fesetexceptflag
fesetround fetestexcept feupdateenv fflush ffs fgetc fgetpos fgets fgetwc fgetws fileno flockfile floor floorf
floorl fma fmaf fmal fmax fmaxf fmaxl fmin fminf fminl fmod fmodf fmodl fmtmsg fnmatch fopen fork fpathconf fprintf
fputc fputs fputwc fputws fread free freeaddrinfo freopen frexp frexpf frexpl fscanf fseek fseeko fsetpos fstat
fstatvfs fsync ftell ftello ftok ftruncate ftrylockfile ftw funlockfile fwide fwprintf fwrite fwscanf gai_strerror
getaddrinfo getc getc_unlocked getchar getchar_unlocked getcwd getdate getegid getenv geteuid getgid getgrent
getgrgid getgrgid_r getgrnam getgrnam_r getgroups gethostbyaddr gethostbyname gethostent gethostid gethostname
getitimer getlogin getlogin_r getnameinfo getnetbyaddr getnetbyname getnetent getopt getpeername getpgid getpgrp
getpid getppid getpriority getprotobyname getprotobynumber getprotoent getpwent getpwnam getpwnam_r getpwuid
getpwuid_r getrlimit getrusage gets getservbyname getservbyport getservent getsid getsockname getsockopt getsubopt
gettimeofday getuid getutxent getutxid getutxline getwc getwchar glob globfree gmtime gmtime_r grantpt hcreate
hdestroy hsearch htonl htons hypot hypotf hypotl iconv iconv_close iconv_open if_freenameindex if_indextoname
if_nameindex if_nametoindex ilogb ilogbf ilogbl imaxabs imaxdiv inet_addr inet_lnaof inet_makeaddr inet_netof
inet_network inet_ntoa inet_ntop inet_pton initstate insque isalnum isalpha isascii isatty isblank iscntrl isdigit
isgraph islower isprint ispunct isspace isupper iswalnum iswalpha iswblank iswcntrl iswctype iswdigit iswgraph
iswlower iswprint iswpunct iswspace iswupper iswxdigit isxdigit j0 j1 jn jrand48 kill killpg l64a labs lchown
lcong48 ldexp ldexpf ldexpl ldiv lfind lgamma lgammaf lgammal link lio_listio listen llabs lldiv llrint llrintf
llrintl llround llroundf llroundl localeconv localtime localtime_r lockf log log10 log10f log10l log1p log1pf log1pl
log2 log2f log2l logb logbf logbl logf logl longjmp lrand48 lrint lrintf lrintl lround lroundf lroundl lsearch lseek
lstat malloc mblen mbrlen mbrtowc mbsinit mbsrtowcs mbstowcs mbtowc memccpy memchr memcmp memcpy memmove memset
mkdir mkfifo mknod mkstemp mktime mlock mlockall mmap modf modff modfl mprotect mq_close mq_getattr mq_notify
mq_open mq_receive mq_send mq_setattr mq_timedreceive mq_timedsend mq_unlink mrand48 msgctl msgget msgrcv msgsnd
msync munlock munlockall munmap nan nanf nanl nanosleep nearbyint nearbyintf nearbyintl nextafter nextafterf
nextafterl nexttoward nexttowardf nexttowardl nftw nice nl_langinfo nrand48 ntohl ntohs open opendir openlog
pathconf pause pclose perror pipe poll popen posix_fadvise posix_fallocate posix_madvise posix_mem_offset
posix_memalign posix_openpt posix_spawn posix_spawn_file_actions_addclose posix_spawn_file_actions_adddup2
posix_spawn_file_actions_addopen posix_spawn_file_actions_destroy posix_spawn_file_actions_init
posix_spawnattr_destroy posix_spawnattr_getflags posix_spawnattr_getpgroup posix_spawnattr_getschedparam
posix_spawnattr_getschedpolicy posix_spawnattr_getsigdefault posix_spawnattr_getsigmask posix_spawnattr_init
posix_spawnattr_setflags posix_spawnattr_setpgroup posix_spawnattr_setschedparam posix_spawnattr_setschedpolicy
posix_spawnattr_setsigdefault posix_spawnattr_setsigmask posix_spawnp posix_typed_mem_get_info posix_typed_mem_open
pow powf powl pread printf pselect pthread_atfork pthread_attr_destroy pthread_attr_getdetachstate
pthread_attr_getguardsize pthread_attr_getinheritsched pthread_attr_getschedparam pthread_attr_getschedpolicy
pthread_attr_getscope pthread_attr_getstackaddr pthread_attr_getstacksize pthread_attr_init
pthread_attr_setdetachstate pthread_attr_setguardsize pthread_attr_setinheritsched pthread_attr_setschedparam
pthread_attr_setschedpolicy pthread_attr_setscope pthread_attr_setstackaddr pthread_attr_setstacksize
pthread_barrier_destroy pthread_barrier_init pthread_barrier_wait pthread_barrierattr_destroy
pthread_barrierattr_getpshared pthread_barrierattr_init pthread_barrierattr_setpshared pthread_cancel
pthread_cond_broadcast pthread_cond_destroy pthread_cond_init pthread_cond_signal pthread_cond_timedwait
pthread_cond_wait pthread_condattr_destroy pthread_condattr_getpshared pthread_condattr_init
pthread_condattr_setpshared pthread_create pthread_detach pthread_equal pthread_exit pthread_getconcurrency
pthread_getcpuclockid pthread_getschedparam pthread_getspecific pthread_join pthread_key_create pthread_key_delete
pthread_kill pthread_mutex_destroy pthread_mutex_getprioceiling pthread_mutex_init pthread_mutex_lock
pthread_mutex_setprioceiling pthread_mutex_timedlock pthread_mutex_trylock pthread_mutex_unlock
pthread_mutexattr_destroy pthread_mutexattr_getprioceiling pthread_mutexattr_getprotocol
pthread_mutexattr_getpshared pthread_mutexattr_gettype pthread_mutexattr_init pthread_mutexattr_setprioceiling
pthread_mutexattr_setprotocol pthread_mutexattr_setpshared pthread_mutexattr_settype pthread_once
pthread_rwlock_init pthread_rwlock_rdlock pthread_rwlock_timedrdlock pthread_rwlock_timedwrlock
pthread_rwlock_tryrdlock pthread_rwlock_trywrlock pthread_rwlock_unlock pthread_rwlock_wrlock
pthread_rwlockattr_destroy pthread_rwlockattr_getpshared pthread_rwlockattr_init pthread_rwlockattr_setpshared
pthread_self pthread_setcancelstate pthread_setcanceltype pthread_setconcurrency pthread_setschedparam
pthread_setspecific pthread_sigmask pthread_spin_destroy pthread_spin_init pthread_spin_lock pthread_spin_trylock
pthread_spin_unlock pthread_testcancel ptsname putc putc_unlocked putchar putchar_unlocked putenv puts pututxline
putwc putwchar pwrite qsort raise rand rand_r random read readdir readdir_r readlink readv realloc realpath recv
recvfrom recvmsg regcomp regerror regexec regfree remainder remainderf remainderl remove remque remquo remquof
remquol rename rewind rewinddir rint rintf rintl rmdir round roundf roundl scalbln scalblnf scalblnl scalbn scalbnf
scalbnl scanf sched_get_priority_max sched_get_priority_min sched_getparam sched_getscheduler sched_rr_get_interval
sched_setparam sched_setscheduler sched_yield seed48 seekdir select sem_close sem_destroy sem_getvalue sem_init
sem_open sem_post sem_timedwait sem_trywait sem_unlink sem_wait semctl semget semop send sendmsg sendto setbuf
setegid setenv seteuid setgid setgrent sethostent setitimer setjmp setlocale setlogmask setnetent setpgid setpgrp
setpriority setprotoent setpwent setregid setreuid setrlimit setservent setsid setsockopt setstate setuid setutxent
setvbuf shm_open shm_unlink shmat shmctl shmdt shmget shutdown sigaction sigaddset sigaltstack sigdelset sigemptyset
sigfillset sighold sigignore siginterrupt sigismember siglongjmp sigpause sigpending sigprocmask sigqueue sigrelse
sigsetjmp sigsuspend sigtimedwait sigwait sigwaitinfo sin sinf sinh sinhf sinhl sinl sleep snprintf sockatmark
socket socketpair sprintf sqrt sqrtf sqrtl srand srand48 srandom sscanf stat statvfs strcasecmp strcat strchr strcmp
strcoll strcpy strcspn strdup strerror strerror_r strfmon strftime strlen strncasecmp strncat strncmp strncpy
strpbrk strptime strrchr strspn strstr strtod strtof strtoimax strtok strtok_r strtol strtold strtoll strtoul
strtoull strtoumax strxfrm swab swprintf swscanf symlink sync sysconf syslog system tan tanf tanh tanhf tanhl tanl
tcdrain tcflow tcflush tcgetattr tcgetpgrp tcgetsid tcsendbreak tcsetattr tcsetpgrp tdelete telldir tempnam tfind
tgamma tgammaf tgammal time timer_create timer_delete timer_getoverrun timer_gettime timer_settime times tmpfile
tmpnam toascii tolower toupper towctrans towlower towupper trunc truncate truncf truncl tsearch ttyname ttyname_r
twalk tzset ulimit umask uname ungetc ungetwc unlink unlockpt unsetenv utime utimes vfprintf vfscanf vfwprintf
vfwscanf void vprintf vscanf vsnprintf vsprintf vsscanf vswprintf vswscanf vwprintf vwscanf wait waitid waitpid
wcrtomb wcscat wcschr wcscmp wcscoll wcscpy wcscspn wcsftime wcslen wcsncat wcsncmp wcsncpy wcspbrk wcsrchr
wcsrtombs wcsspn wcsstr wcstod wcstof wcstoimax wcstok wcstol wcstold wcstoll wcstombs wcstoul wcstoull wcstoumax
wcswidth wcsxfrm wctob wctomb wctrans wctype wcwidth wmemchr wmemcmp wmemcpy wmemmove wmemset wordexp wordfree
wprintf write writev wscanf y0 y1 yn
`);

export const FUNCTIONS_2001: ReadonlySet<string> = new Set([
  ...BOTH,
  ...words(`
bcmp bcopy bzero ecvt fcvt ftime gcvt getcontext getwd index makecontext mktemp rindex scalb setcontext swapcontext
ualarm usleep vfork wcswcs
`),
]);

export const FUNCTIONS_2008: ReadonlySet<string> = new Set([
  ...BOTH,
  ...words(`
alphasort dirfd dprintf duplocale faccessat fchmodat fchownat fdopendir fexecve fmemopen freelocale fstatat futimens
getdelim getline isalnum_l isalpha_l iscntrl_l isdigit_l isgraph_l islower_l isprint_l ispunct_l isspace_l isupper_l
iswalnum_l iswalpha_l iswblank_l iswcntrl_l iswctype_l iswdigit_l iswgraph_l iswlower_l iswprint_l iswpunct_l
iswspace_l iswupper_l iswxdigit_l isxdigit_l linkat mbsnrtowcs mkdirat mkdtemp mkfifoat mknodat newlocale
nl_langinfo_l open_memstream open_wmemstream openat psiginfo psignal pthread_condattr_getclock
pthread_condattr_setclock pthread_mutex_consistent pthread_mutexattr_getrobust pthread_mutexattr_setrobust
readlinkat renameat scandir stpcpy stpncpy strcasecmp_l strcoll_l strerror_l strfmon_l strftime_l strncasecmp_l
strndup strnlen strsignal strxfrm_l symlinkat tolower_l toupper_l towctrans_l towlower_l towupper_l unlinkat
uselocale utimensat vdprintf wcpcpy wcpncpy wcscasecmp wcscasecmp_l wcscoll_l wcsdup wcsncasecmp wcsncasecmp_l
wcsnlen wcsnrtombs wcsxfrm_l wctrans_l wctype_l
`),
]);
