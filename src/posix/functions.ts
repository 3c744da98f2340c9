/**
 * The functions of POSIX.1-2001, 2008 and 2024, base and XSI, function-like macros among them, variables not. A function
 * that is in neither list of cancellation points must not be one (points.ts).
 *
 * Sources, each compared with what conform/data of glibc (04e750e75b) declares for the same standard: every .h-data
 * file through `gcc -E -P -x c - -I conform/data -DXOPEN2K`, for 2008 `-DXOPEN2K8`, and of the result the names in
 * `function` and `macro-function` lines. It has neither STREAMS nor Tracing, nor some macros.
 * - 2008: the pages of XSH 3 in the 2018 edition, and `_exit`, which has none of its own. What conform/data has besides
 *   (`inet_lnaof`, `gethostbyname`, `pthread_attr_getstackaddr`, …) is of older standards.
 * - 2001: doc/posix-functions of gnulib 3b87bfe529^, kept by Issue 6, without `getline` and `getdelim`; with `_Exit`,
 *   `sched_get_priority_min` and `timer_gettime`, which conform/data has.
 * - 2024: doc/posix-functions of gnulib 1c9494d7b9, the files that link to Issue 8
 *   (`git grep -l 'POSIX specification:.*9799919799' 1c9494d7b9 -- doc/posix-functions`); the text was not at hand.
 */
import type { Standard } from './types.js';
import { words } from './words.js';

/** In all three. */
const IN_ALL = words(`
FD_CLR FD_ISSET FD_SET FD_ZERO _Exit _exit a64l abort abs accept access acos acosf acosh acoshf acoshl acosl
aio_cancel aio_error aio_fsync aio_read aio_return aio_suspend aio_write alarm asctime asin asinf asinh asinhf asinhl
asinl assert atan atan2 atan2f atan2l atanf atanh atanhf atanhl atanl atexit atof atoi atol atoll basename bind
bsearch btowc cabs cabsf cabsl cacos cacosf cacosh cacoshf cacoshl cacosl calloc carg cargf cargl casin casinf casinh
casinhf casinhl casinl catan catanf catanh catanhf catanhl catanl catclose catgets catopen cbrt cbrtf cbrtl ccos ccosf
ccosh ccoshf ccoshl ccosl ceil ceilf ceill cexp cexpf cexpl cfgetispeed cfgetospeed cfsetispeed cfsetospeed chdir
chmod chown cimag cimagf cimagl clearerr clock clock_getcpuclockid clock_getres clock_gettime clock_nanosleep
clock_settime clog clogf clogl close closedir closelog confstr conj conjf conjl connect copysign copysignf copysignl
cos cosf cosh coshf coshl cosl cpow cpowf cpowl cproj cprojf cprojl creal crealf creall creat crypt csin csinf csinh
csinhf csinhl csinl csqrt csqrtf csqrtl ctan ctanf ctanh ctanhf ctanhl ctanl ctermid ctime dbm_clearerr dbm_close
dbm_delete dbm_error dbm_fetch dbm_firstkey dbm_nextkey dbm_open dbm_store difftime dirname div dlclose dlerror dlopen
dlsym drand48 dup dup2 encrypt endgrent endhostent endnetent endprotoent endpwent endservent endutxent erand48 erf
erfc erfcf erfcl erff erfl execl execle execlp execv execve execvp exit exp exp2 exp2f exp2l expf expl expm1 expm1f
expm1l fabs fabsf fabsl fchdir fchmod fchown fclose fcntl fdatasync fdim fdimf fdiml fdopen feclearexcept fegetenv
fegetexceptflag fegetround feholdexcept feof feraiseexcept ferror fesetenv fesetexceptflag fesetround fetestexcept
feupdateenv fflush ffs fgetc fgetpos fgets fgetwc fgetws fileno flockfile floor floorf floorl fma fmaf fmal fmax fmaxf
fmaxl fmin fminf fminl fmod fmodf fmodl fmtmsg fnmatch fopen fork fpathconf fpclassify fprintf fputc fputs fputwc
fputws fread free freeaddrinfo freopen frexp frexpf frexpl fscanf fseek fseeko fsetpos fstat fstatvfs fsync ftell
ftello ftok ftruncate ftrylockfile funlockfile fwide fwprintf fwrite fwscanf gai_strerror getaddrinfo getc
getc_unlocked getchar getchar_unlocked getcwd getdate getegid getenv geteuid getgid getgrent getgrgid getgrgid_r
getgrnam getgrnam_r getgroups gethostent gethostid gethostname getlogin getlogin_r getnameinfo getnetbyaddr
getnetbyname getnetent getopt getpeername getpgid getpgrp getpid getppid getpriority getprotobyname getprotobynumber
getprotoent getpwent getpwnam getpwnam_r getpwuid getpwuid_r getrlimit getrusage getservbyname getservbyport
getservent getsid getsockname getsockopt getsubopt getuid getutxent getutxid getutxline getwc getwchar glob globfree
gmtime gmtime_r grantpt hcreate hdestroy hsearch htonl htons hypot hypotf hypotl iconv iconv_close iconv_open
if_freenameindex if_indextoname if_nameindex if_nametoindex ilogb ilogbf ilogbl imaxabs imaxdiv inet_addr inet_ntoa
inet_ntop inet_pton initstate insque isalnum isalpha isatty isblank iscntrl isdigit isfinite isgraph isgreater
isgreaterequal isinf isless islessequal islessgreater islower isnan isnormal isprint ispunct isspace isunordered
isupper iswalnum iswalpha iswblank iswcntrl iswctype iswdigit iswgraph iswlower iswprint iswpunct iswspace iswupper
iswxdigit isxdigit j0 j1 jn jrand48 kill killpg l64a labs lchown lcong48 ldexp ldexpf ldexpl ldiv lfind lgamma lgammaf
lgammal link lio_listio listen llabs lldiv llrint llrintf llrintl llround llroundf llroundl localeconv localtime
localtime_r lockf log log10 log10f log10l log1p log1pf log1pl log2 log2f log2l logb logbf logbl logf logl longjmp
lrand48 lrint lrintf lrintl lround lroundf lroundl lsearch lseek lstat malloc mblen mbrlen mbrtowc mbsinit mbsrtowcs
mbstowcs mbtowc memccpy memchr memcmp memcpy memmove memset mkdir mkfifo mknod mkstemp mktime mlock mlockall mmap modf
modff modfl mprotect mq_close mq_getattr mq_notify mq_open mq_receive mq_send mq_setattr mq_timedreceive mq_timedsend
mq_unlink mrand48 msgctl msgget msgrcv msgsnd msync munlock munlockall munmap nan nanf nanl nanosleep nearbyint
nearbyintf nearbyintl nextafter nextafterf nextafterl nexttoward nexttowardf nexttowardl nftw nice nl_langinfo nrand48
ntohl ntohs open opendir openlog pathconf pause pclose perror pipe poll popen posix_fadvise posix_fallocate
posix_madvise posix_mem_offset posix_memalign posix_openpt posix_spawn posix_spawn_file_actions_addclose
posix_spawn_file_actions_adddup2 posix_spawn_file_actions_addopen posix_spawn_file_actions_destroy
posix_spawn_file_actions_init posix_spawnattr_destroy posix_spawnattr_getflags posix_spawnattr_getpgroup
posix_spawnattr_getschedparam posix_spawnattr_getschedpolicy posix_spawnattr_getsigdefault posix_spawnattr_getsigmask
posix_spawnattr_init posix_spawnattr_setflags posix_spawnattr_setpgroup posix_spawnattr_setschedparam
posix_spawnattr_setschedpolicy posix_spawnattr_setsigdefault posix_spawnattr_setsigmask posix_spawnp
posix_typed_mem_get_info posix_typed_mem_open pow powf powl pread printf pselect pthread_atfork pthread_attr_destroy
pthread_attr_getdetachstate pthread_attr_getguardsize pthread_attr_getinheritsched pthread_attr_getschedparam
pthread_attr_getschedpolicy pthread_attr_getscope pthread_attr_getstack pthread_attr_getstacksize pthread_attr_init
pthread_attr_setdetachstate pthread_attr_setguardsize pthread_attr_setinheritsched pthread_attr_setschedparam
pthread_attr_setschedpolicy pthread_attr_setscope pthread_attr_setstack pthread_attr_setstacksize
pthread_barrier_destroy pthread_barrier_init pthread_barrier_wait pthread_barrierattr_destroy
pthread_barrierattr_getpshared pthread_barrierattr_init pthread_barrierattr_setpshared pthread_cancel
pthread_cleanup_pop pthread_cleanup_push pthread_cond_broadcast pthread_cond_destroy pthread_cond_init
pthread_cond_signal pthread_cond_timedwait pthread_cond_wait pthread_condattr_destroy pthread_condattr_getclock
pthread_condattr_getpshared pthread_condattr_init pthread_condattr_setclock pthread_condattr_setpshared pthread_create
pthread_detach pthread_equal pthread_exit pthread_getcpuclockid pthread_getschedparam pthread_getspecific pthread_join
pthread_key_create pthread_key_delete pthread_kill pthread_mutex_destroy pthread_mutex_getprioceiling
pthread_mutex_init pthread_mutex_lock pthread_mutex_setprioceiling pthread_mutex_timedlock pthread_mutex_trylock
pthread_mutex_unlock pthread_mutexattr_destroy pthread_mutexattr_getprioceiling pthread_mutexattr_getprotocol
pthread_mutexattr_getpshared pthread_mutexattr_gettype pthread_mutexattr_init pthread_mutexattr_setprioceiling
pthread_mutexattr_setprotocol pthread_mutexattr_setpshared pthread_mutexattr_settype pthread_once
pthread_rwlock_destroy pthread_rwlock_init pthread_rwlock_rdlock pthread_rwlock_timedrdlock pthread_rwlock_timedwrlock
pthread_rwlock_tryrdlock pthread_rwlock_trywrlock pthread_rwlock_unlock pthread_rwlock_wrlock
pthread_rwlockattr_destroy pthread_rwlockattr_getpshared pthread_rwlockattr_init pthread_rwlockattr_setpshared
pthread_self pthread_setcancelstate pthread_setcanceltype pthread_setschedparam pthread_setschedprio
pthread_setspecific pthread_sigmask pthread_spin_destroy pthread_spin_init pthread_spin_lock pthread_spin_trylock
pthread_spin_unlock pthread_testcancel ptsname putc putc_unlocked putchar putchar_unlocked putenv puts pututxline
putwc putwchar pwrite qsort raise rand random read readdir readdir_r readlink readv realloc realpath recv recvfrom
recvmsg regcomp regerror regexec regfree remainder remainderf remainderl remove remque remquo remquof remquol rename
rewind rewinddir rint rintf rintl rmdir round roundf roundl scalbln scalblnf scalblnl scalbn scalbnf scalbnl scanf
sched_get_priority_max sched_get_priority_min sched_getparam sched_getscheduler sched_rr_get_interval sched_setparam
sched_setscheduler sched_yield seed48 seekdir select sem_close sem_destroy sem_getvalue sem_init sem_open sem_post
sem_timedwait sem_trywait sem_unlink sem_wait semctl semget semop send sendmsg sendto setbuf setegid setenv seteuid
setgid setgrent sethostent setjmp setkey setlocale setlogmask setnetent setpgid setpriority setprotoent setpwent
setregid setreuid setrlimit setservent setsid setsockopt setstate setuid setutxent setvbuf shm_open shm_unlink shmat
shmctl shmdt shmget shutdown sigaction sigaddset sigaltstack sigdelset sigemptyset sigfillset sigismember siglongjmp
signal signbit sigpending sigprocmask sigqueue sigsetjmp sigsuspend sigtimedwait sigwait sigwaitinfo sin sinf sinh
sinhf sinhl sinl sleep snprintf sockatmark socket socketpair sprintf sqrt sqrtf sqrtl srand srand48 srandom sscanf
stat statvfs strcasecmp strcat strchr strcmp strcoll strcpy strcspn strdup strerror strerror_r strfmon strftime strlen
strncasecmp strncat strncmp strncpy strpbrk strptime strrchr strspn strstr strtod strtof strtoimax strtok strtok_r
strtol strtold strtoll strtoul strtoull strtoumax strxfrm swab swprintf swscanf symlink sync sysconf syslog system tan
tanf tanh tanhf tanhl tanl tcdrain tcflow tcflush tcgetattr tcgetpgrp tcgetsid tcsendbreak tcsetattr tcsetpgrp tdelete
telldir tfind tgamma tgammaf tgammal time timer_create timer_delete timer_getoverrun timer_gettime timer_settime times
tmpfile tmpnam tolower toupper towctrans towlower towupper trunc truncate truncf truncl tsearch ttyname ttyname_r
twalk tzset umask uname ungetc ungetwc unlink unlockpt unsetenv utimes va_arg va_copy va_end va_start vfprintf vfscanf
vfwprintf vfwscanf vprintf vscanf vsnprintf vsprintf vsscanf vswprintf vswscanf vwprintf vwscanf wait waitid waitpid
wcrtomb wcscat wcschr wcscmp wcscoll wcscpy wcscspn wcsftime wcslen wcsncat wcsncmp wcsncpy wcspbrk wcsrchr wcsrtombs
wcsspn wcsstr wcstod wcstof wcstoimax wcstok wcstol wcstold wcstoll wcstombs wcstoul wcstoull wcstoumax wcswidth
wcsxfrm wctob wctomb wctrans wctype wcwidth wmemchr wmemcmp wmemcpy wmemmove wmemset wordexp wordfree wprintf write
writev wscanf y0 y1 yn
`);

/** Removed in 2008. */
const ONLY_2001 = words(`
bcmp bcopy bsd_signal bzero ecvt fcvt ftime gcvt getcontext gethostbyaddr gethostbyname getwd index makecontext mktemp
pthread_attr_getstackaddr pthread_attr_setstackaddr rindex scalb setcontext swapcontext ualarm usleep vfork wcswcs
`);

/** Removed in 2024. */
const UNTIL_2008 = words(`
_longjmp _setjmp _tolower _toupper asctime_r ctime_r fattach fdetach ftw getitimer getmsg getpmsg gets gettimeofday
ioctl isascii isastream posix_trace_attr_destroy posix_trace_attr_getclockres posix_trace_attr_getcreatetime
posix_trace_attr_getgenversion posix_trace_attr_getinherited posix_trace_attr_getlogfullpolicy
posix_trace_attr_getlogsize posix_trace_attr_getmaxdatasize posix_trace_attr_getmaxsystemeventsize
posix_trace_attr_getmaxusereventsize posix_trace_attr_getname posix_trace_attr_getstreamfullpolicy
posix_trace_attr_getstreamsize posix_trace_attr_init posix_trace_attr_setinherited posix_trace_attr_setlogfullpolicy
posix_trace_attr_setlogsize posix_trace_attr_setmaxdatasize posix_trace_attr_setname
posix_trace_attr_setstreamfullpolicy posix_trace_attr_setstreamsize posix_trace_clear posix_trace_close
posix_trace_create posix_trace_create_withlog posix_trace_event posix_trace_eventid_equal posix_trace_eventid_get_name
posix_trace_eventid_open posix_trace_eventset_add posix_trace_eventset_del posix_trace_eventset_empty
posix_trace_eventset_fill posix_trace_eventset_ismember posix_trace_eventtypelist_getnext_id
posix_trace_eventtypelist_rewind posix_trace_flush posix_trace_get_attr posix_trace_get_filter posix_trace_get_status
posix_trace_getnext_event posix_trace_open posix_trace_rewind posix_trace_set_filter posix_trace_shutdown
posix_trace_start posix_trace_stop posix_trace_timedgetnext_event posix_trace_trid_eventid_open
posix_trace_trygetnext_event pthread_getconcurrency pthread_setconcurrency putmsg putpmsg rand_r setitimer setpgrp
sighold sigignore siginterrupt sigpause sigrelse sigset tempnam toascii ulimit utime
`);

/** Added in 2008. */
const SINCE_2008 = words(`
alphasort dirfd dprintf duplocale faccessat fchmodat fchownat fdopendir fexecve fmemopen freelocale fstatat futimens
getdelim getline isalnum_l isalpha_l isblank_l iscntrl_l isdigit_l isgraph_l islower_l isprint_l ispunct_l isspace_l
isupper_l iswalnum_l iswalpha_l iswblank_l iswcntrl_l iswctype_l iswdigit_l iswgraph_l iswlower_l iswprint_l
iswpunct_l iswspace_l iswupper_l iswxdigit_l isxdigit_l linkat mbsnrtowcs mkdirat mkdtemp mkfifoat mknodat newlocale
nl_langinfo_l open_memstream open_wmemstream openat psiginfo psignal pthread_mutex_consistent
pthread_mutexattr_getrobust pthread_mutexattr_setrobust readlinkat renameat scandir stpcpy stpncpy strcasecmp_l
strcoll_l strerror_l strfmon_l strftime_l strncasecmp_l strndup strnlen strsignal strxfrm_l symlinkat tolower_l
toupper_l towctrans_l towlower_l towupper_l unlinkat uselocale utimensat vdprintf wcpcpy wcpncpy wcscasecmp
wcscasecmp_l wcscoll_l wcsdup wcsncasecmp wcsncasecmp_l wcsnlen wcsnrtombs wcsxfrm_l wctrans_l wctype_l
`);

/** Added in 2024. */
export const NEW_2024 = words(`
CMPLX CMPLXF CMPLXL _Fork accept4 aligned_alloc asprintf at_quick_exit atomic_compare_exchange_strong
atomic_compare_exchange_strong_explicit atomic_compare_exchange_weak atomic_compare_exchange_weak_explicit
atomic_exchange atomic_exchange_explicit atomic_fetch_add atomic_fetch_add_explicit atomic_fetch_and
atomic_fetch_and_explicit atomic_fetch_or atomic_fetch_or_explicit atomic_fetch_sub atomic_fetch_sub_explicit
atomic_fetch_xor atomic_fetch_xor_explicit atomic_flag_clear atomic_flag_clear_explicit atomic_flag_test_and_set
atomic_flag_test_and_set_explicit atomic_init atomic_is_lock_free atomic_load atomic_load_explicit atomic_signal_fence
atomic_store atomic_store_explicit atomic_thread_fence be16toh be32toh be64toh bind_textdomain_codeset bindtextdomain
c16rtomb c32rtomb call_once cnd_broadcast cnd_destroy cnd_init cnd_signal cnd_timedwait cnd_wait dcgettext dcgettext_l
dcngettext dcngettext_l dgettext dgettext_l dladdr dngettext dngettext_l dup3 ffsl ffsll getentropy getlocalename_l
getresgid getresuid gettext gettext_l htobe16 htobe32 htobe64 htole16 htole32 htole64 kill_dependency le16toh le32toh
le64toh mbrtoc16 mbrtoc32 memmem mkostemp mtx_destroy mtx_init mtx_lock mtx_timedlock mtx_trylock mtx_unlock ngettext
ngettext_l pipe2 posix_close posix_devctl posix_getdents posix_spawn_file_actions_addchdir
posix_spawn_file_actions_addfchdir ppoll pthread_cond_clockwait pthread_mutex_clocklock pthread_rwlock_clockrdlock
pthread_rwlock_clockwrlock ptsname_r qsort_r quick_exit reallocarray secure_getenv sem_clockwait setresgid setresuid
sig2str str2sig strlcat strlcpy tcgetwinsize tcsetwinsize textdomain thrd_create thrd_current thrd_detach thrd_equal
thrd_exit thrd_join thrd_sleep thrd_yield timespec_get tss_create tss_delete tss_get tss_set vasprintf wcslcat wcslcpy
`);

export const FUNCTIONS: Readonly<Record<Standard, ReadonlySet<string>>> = {
  '2001': new Set([...IN_ALL, ...ONLY_2001, ...UNTIL_2008]),
  '2008': new Set([...IN_ALL, ...UNTIL_2008, ...SINCE_2008]),
  '2024': new Set([...IN_ALL, ...SINCE_2008, ...NEW_2024]),
};
