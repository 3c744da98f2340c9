/**
 * What Linux system calls do, as far as the rules ask: which can wait for another party, and which leave something
 * behind when they succeed. From the manual pages of section 2 (man-pages 6.x) and POSIX.1-2024 XSH 2.9.5.2.
 */

const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Can wait without bound for an event outside the process. */
const BLOCKING = set(
  `accept accept4 connect read readv pread pread64 preadv preadv2 write writev pwrite pwrite64 pwritev pwritev2 recv
   recvfrom recvmsg recvmmsg recvmmsg_time64 send sendto sendmsg sendmmsg socketcall open openat openat2 creat close
   poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 epoll_wait epoll_pwait epoll_pwait2 nanosleep
   clock_nanosleep clock_nanosleep_time64 pause rt_sigsuspend sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 wait4
   waitpid waitid flock fcntl fcntl64 fsync fdatasync msync sync_file_range sync_file_range2 msgrcv msgsnd semop
   semtimedop semtimedop_time64 mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 ioctl
   getrandom io_getevents splice tee vmsplice sendfile sendfile64 copy_file_range fallocate io_uring_enter`,
);

/** Leaves a descriptor behind. */
const OPENS = set(
  `accept accept4 open openat openat2 creat socket socketpair pipe pipe2 dup dup2 dup3 epoll_create epoll_create1 eventfd
   eventfd2 timerfd_create signalfd signalfd4 inotify_init inotify_init1 memfd_create mq_open recvmsg recvmmsg
   recvmmsg_time64 socketcall fcntl fcntl64`,
);

/** Moves data or a status that cannot be had again. */
const TRANSFERS = set(
  `read readv pread pread64 preadv preadv2 write writev pwrite pwrite64 pwritev pwritev2 recv recvfrom recvmsg recvmmsg
   recvmmsg_time64 send sendto sendmsg sendmmsg socketcall wait4 waitpid waitid msgrcv msgsnd semop semtimedop
   semtimedop_time64 mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 rt_sigtimedwait
   rt_sigtimedwait_time64 splice tee vmsplice sendfile sendfile64 copy_file_range`,
);

const RELEASES = set('close munmap');

/** Always fail with ENOSYS: unimplemented(2). */
const UNIMPLEMENTED = set(
  'afs_syscall fattach fdetach getmsg getpmsg isastream putmsg putpmsg security tuxcall vserver',
);

/** The call's bare name: `SYS_close`, `__NR_close`, `close` → `close`. */
export function callName(number: string, prefixes: readonly string[]): string {
  const prefix = prefixes.find((p) => number.startsWith(p));
  return prefix === undefined ? number : number.slice(prefix.length);
}

/** Calls that do different things by a command: which of them wait, and which leave a descriptor behind. */
const BY_COMMAND: Readonly<
  Record<string, { readonly command: RegExp; readonly waits: RegExp; readonly opens: RegExp }>
> = {
  fcntl: { command: /^F_/, waits: /^F_(OFD_)?SETLKW/, opens: /^F_DUPFD/ },
  fcntl64: { command: /^F_/, waits: /^F_(OFD_)?SETLKW/, opens: /^F_DUPFD/ },
  ioctl: { command: /^[A-Z]/, waits: /^TCSB/, opens: /^TIOCGPTPEER$/ },
  futex: { command: /^FUTEX_/, waits: /^FUTEX_(WAIT|LOCK_PI)/, opens: /^FUTEX_FD$/ },
  futex_time64: { command: /^FUTEX_/, waits: /^FUTEX_(WAIT|LOCK_PI)/, opens: /^FUTEX_FD$/ },
};

/** What the command among the names in a call's arguments does; undefined where there is none, or no known one. */
function byCommand(call: string, names: readonly string[], does: 'waits' | 'opens'): boolean | undefined {
  // A source may name a call as every object's members are named.
  const table = Object.hasOwn(BY_COMMAND, call) ? BY_COMMAND[call] : undefined;
  const commands = table && names.filter((name) => table.command.test(name));
  return commands && commands.length > 0 ? commands.some((name) => table[does].test(name)) : undefined;
}

/** `names`: those in the call's arguments. */
export const mayBlock = (call: string, names: readonly string[]): boolean =>
  byCommand(call, names, 'waits') ?? BLOCKING.has(call);

/** Linux has a number for the call, and nothing behind it. */
export const isUnimplemented = (call: string): boolean => UNIMPLEMENTED.has(call);

/** Gives back what the process had. */
export const releases = (call: string): boolean => RELEASES.has(call);

/** What a thrown-away success loses, in words, or undefined where it loses nothing. `names`: those in the call's arguments. */
export function lossOf(call: string, names: readonly string[]): string | undefined {
  if (byCommand(call, names, 'opens') === false) return undefined;
  if (releases(call)) return 'the news that the descriptor is gone';
  if (OPENS.has(call)) return TRANSFERS.has(call) ? 'what it received, descriptors included' : 'the new descriptor';
  if (TRANSFERS.has(call))
    return call.includes('wait')
      ? 'the status of the child or signal it has already taken'
      : 'the count of the data it has already moved';
  return undefined;
}

/** Linux's error numbers that code around an interrupted call asks for (include/uapi/asm-generic/errno-base.h, errno.h). */
const ERRORS: ReadonlyMap<string, bigint> = new Map([
  ['EPERM', 1n],
  ['EINTR', 4n],
  ['EIO', 5n],
  ['EBADF', 9n],
  ['EAGAIN', 11n],
  ['EWOULDBLOCK', 11n],
  ['EINVAL', 22n],
  ['ENOSPC', 28n],
  ['ENOSYS', 38n],
  ['EINPROGRESS', 115n],
  ['EDQUOT', 122n],
  ['ECANCELED', 125n],
]);

export const errorNumber = (name: string): bigint | undefined => ERRORS.get(name);
