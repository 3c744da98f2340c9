/**
 * Functions outside POSIX.1-2008, or in none of its lists, of which Linux's manual pages or a libc say that they are, may
 * be, or are not cancellation points. Read in: man-pages 6.03, sections 2 and 3 (pthreads(7) names some more in a comment
 * that is not printed, a copy of glibc's headers of 2.8); glibc 2.41, and for `openat2` and `copy_file_range` the manual
 * at 04e750e75b (2.42.9000); uClibc-ng 1.0.35; musl 1.2.5, which says it in its history only. dietlibc, newlib, bionic
 * and klibc document none.
 *
 * From headers: the names that are declared between a comment with "cancellation point" and the next comment, but for
 * those that are marked as throwing nothing. A comment that a function "is no official cancellation point, but is one"
 * counts as `is`.
 */
import { words } from './words.js';

/** `is`: at every call, as far as is said. `may`: for some calls or some versions. */
export interface Documented {
  readonly by: 'Linux manual pages' | 'glibc' | 'musl' | 'uclibc-ng';
  readonly says: 'is' | 'may' | 'is not';
  readonly source: string;
}

const DOCUMENTS: readonly (Documented & { readonly names: readonly string[] })[] = [
  { by: 'Linux manual pages', says: 'is', source: 'getentropy(3), NOTES', names: ['getrandom'] },
  { by: 'Linux manual pages', says: 'is not', source: 'getentropy(3), NOTES', names: ['getentropy'] },
  {
    by: 'glibc',
    says: 'is',
    source: 'comments in the headers',
    names: words(`
accept4 creat64 endnetgrent endsgent endspent epoll_pwait epoll_pwait2 epoll_wait fcloseall fcntl64 fflush_unlocked
fgetc_unlocked fgetgrent fgetgrent_r fgetpwent fgetpwent_r fgets_unlocked fgetsgent fgetsgent_r fgetspent fgetspent_r
fgetwc_unlocked fgetws_unlocked fputc_unlocked fputs_unlocked fputwc_unlocked fputws_unlocked fread_unlocked
fwrite_unlocked gai_suspend getaddrinfo_a getdate_r getgrent_r getgrouplist gethostbyaddr_r gethostbyname2
gethostbyname2_r gethostbyname_r gethostent_r getnetbyaddr_r getnetbyname_r getnetent_r getnetgrent getnetgrent_r
getprotobyname_r getprotobynumber_r getprotoent_r getpw getpwent_r getservbyname_r getservbyport_r getservent_r
getsgent getsgent_r getsgnam getsgnam_r getspent getspent_r getspnam getspnam_r getutmp getutmpx getwc_unlocked
getwchar_unlocked initgroups innetgr iruserok iruserok_af open64 openat64 ppoll preadv preadv64 pthread_clockjoin_np
pthread_cond_clockwait pthread_timedjoin_np putgrent putpwent putsgent putspent putwc_unlocked putwchar_unlocked
pwritev pwritev64 rcmd rcmd_af recvmmsg rexec rexec_af rresvport rresvport_af ruserok ruserok_af scandirat
sem_clockwait sendmmsg setnetgrent setsgent setspent sgetsgent sgetsgent_r sgetspent sgetspent_r updwtmpx utmpxname
vsyslog
`),
  },
  {
    by: 'glibc',
    says: 'may',
    source: 'comments in the headers',
    names: words(`
fallocate fallocate64 fdopendir fgetpos64 fopen64 freopen64 fseeko64 fsetpos64 ftello64 ftw64 mkostemp mkostemp64
mkostemps mkostemps64 mkstemp64 mkstemps mkstemps64 nftw64 open_by_handle_at pidfd_spawn pidfd_spawnp
posix_fallocate64 readdir64 readdir64_r splice sync_file_range tee tmpfile64 vfscanf vfwscanf vmsplice vscanf vwscanf
`),
  },
  { by: 'glibc', says: 'is', source: 'manual, llio.texi', names: ['copy_file_range', 'openat2'] },
  { by: 'glibc', says: 'is not', source: 'manual, crypt.texi', names: ['getentropy'] },
  { by: 'glibc', says: 'may', source: 'NEWS of 2.41: not at every call where the vDSO answers', names: ['getrandom'] },
  { by: 'musl', says: 'is', source: 'WHATSNEW of 1.2.3', names: ['epoll_pwait', 'epoll_wait'] },
  {
    by: 'uclibc-ng',
    says: 'is',
    source: 'comments in the headers',
    names: words(`
accept4 creat64 endnetgrent endspent epoll_pwait epoll_wait fcloseall fcntl64 fflush_unlocked fgetc_unlocked fgetgrent
fgetgrent_r fgetpwent fgetpwent_r fgets_unlocked fgetspent fgetspent_r fgetwc_unlocked fgetws_unlocked fputc_unlocked
fputs_unlocked fputwc_unlocked fputws_unlocked fread_unlocked fwrite_unlocked getgrent_r getgrouplist gethostbyaddr_r
gethostbyname2 gethostbyname2_r gethostbyname_r gethostent_r getnetbyaddr_r getnetbyname_r getnetent_r getnetgrent
getnetgrent_r getprotobyname_r getprotobynumber_r getprotoent_r getpw getpwent_r getservbyname_r getservbyport_r
getservent_r getspent getspent_r getspnam getspnam_r getutmp getutmpx getwc_unlocked getwchar_unlocked initgroups
innetgr open64 openat64 ppoll preadv pthread_timedjoin_np putgrent putpwent putspent putwc_unlocked putwchar_unlocked
pwritev rcmd rcmd_af recvmmsg rexec rexec_af rresvport rresvport_af ruserok ruserok_af sendmmsg setnetgrent setspent
sgetspent sgetspent_r updwtmpx utmpxname vsyslog
`),
  },
  {
    by: 'uclibc-ng',
    says: 'may',
    source: 'comments in the headers',
    names: words(`
fallocate fallocate64 fdopendir fgetpos64 fopen64 freopen64 fseeko64 fsetpos64 ftello64 ftw64 mkostemp mkostemp64
mkostemps mkostemps64 mkstemp64 mkstemps mkstemps64 nftw64 posix_fallocate64 readdir64 readdir64_r splice
sync_file_range tee tmpfile64 vfscanf vfwscanf vmsplice vscanf vwscanf
`),
  },
];

/** Everything that is documented of the function, in the order of the sources. */
export function documentedOf(name: string): readonly Documented[] {
  return DOCUMENTS.filter(({ names }) => names.includes(name)).map(({ by, says, source }) => ({ by, says, source }));
}
