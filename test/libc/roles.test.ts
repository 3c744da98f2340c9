import { callName, lossOf, mayBlock } from '../../src/libc/linux-calls.js';
import { glibc } from '../../src/libc/glibc.js';
import { musl } from '../../src/libc/musl.js';
import { Roles } from '../../src/libc/roles.js';
import { uclibcNg } from '../../src/libc/uclibc-ng.js';

describe('the roles of a name', () => {
  test('are found by the name and by patterns of names', () => {
    const roles = new Roles(musl);
    expect(roles.of('__syscall_cp')).toEqual(roles.of('__syscall_cp6'));
    expect(roles.of('__syscall_cp3')).toEqual([
      { role: 'syscall', cancellable: true, number: 0, args: 1, returns: 'kernel' },
    ]);
    expect(roles.of('__syscall_cp7')).toEqual([]);
    expect(roles.of('__syscall_cp_c')).toEqual([]);
    expect(roles.of('my__syscall_cp')).toEqual([]);
  });

  test('may be several: a later one holds where an earlier one does not', () => {
    expect(new Roles(musl).of('pthread_exit')).toEqual([
      { role: 'act', mayReturn: false, whenArgument: 'PTHREAD_CANCELED' },
      { role: 'noreturn' },
    ]);
  });

  test('are none for names that every object has', () => {
    expect(new Roles(glibc).of('constructor')).toEqual([]);
    expect(new Roles(glibc).of('__proto__')).toEqual([]);
  });

  test('are asked for by kind', () => {
    const roles = new Roles(glibc);
    expect(roles.has('SYSCALL_CANCEL', 'act', 'syscall')).toBe(true);
    expect(roles.has('SYSCALL_CANCEL', 'act')).toBe(false);
  });
});

test('a twin leads to the call that it makes without being a cancellation point', () => {
  const g = new Roles(glibc);
  expect(
    ['__close_nocancel', '__open64_nocancel', '__close_nocancel_nostatus', '__close', 'close'].map((n) => g.twinOf(n)),
  ).toEqual(['close', 'open', undefined, undefined, undefined]);
  expect(new Roles(uclibcNg).twinOf('__write_nocancel')).toBe('write');
  expect(new Roles(musl).twinOf('__close_nocancel')).toBeUndefined();
});

describe('system calls', () => {
  test('have a bare name', () => {
    expect(['SYS_close', '__NR_close', 'close', 'SYS_'].map((n) => callName(n, ['SYS_', '__NR_']))).toEqual([
      'close',
      'close',
      'close',
      '',
    ]);
  });

  test('wait or do not', () => {
    expect(['read', 'futex', 'getpid', 'close', 'ppoll_time64'].map((c) => mayBlock(c, []))).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  test('lose something when their result is thrown away, or do not', () => {
    expect(['close', 'open', 'recvmsg', 'wait4', 'write', 'fsync'].map((c) => lossOf(c, []))).toEqual([
      'the news that the descriptor is gone',
      'the new descriptor',
      'what it received, descriptors included',
      'the status of the child or signal it has already taken',
      'the count of the data it has already moved',
      undefined,
    ]);
  });

  test('of several commands wait and open by their command', () => {
    const waits: [string, string[], boolean][] = [
      ['fcntl', ['F_SETLKW'], true],
      ['fcntl', ['F_GETFL'], false],
      ['fcntl', ['cmd'], true],
      ['futex', ['FUTEX_WAIT'], true],
      ['futex', ['FUTEX_WAKE', 'FUTEX_PRIVATE'], false],
      ['ioctl', ['TCSBRK'], true],
    ];
    for (const [call, names, expected] of waits)
      expect([call, names, mayBlock(call, names)]).toEqual([call, names, expected]);
    expect(lossOf('fcntl', ['F_DUPFD_CLOEXEC'])).toBe('the new descriptor');
    expect(lossOf('fcntl', ['F_SETLKW'])).toBeUndefined();
  });

  test('of any name are answered for', () => {
    expect(['constructor', 'toString', '__proto__', ''].map((c) => [mayBlock(c, ['A']), lossOf(c, ['A'])])).toEqual(
      Array(4).fill([false, undefined]),
    );
  });
});
