/** What POSIX says, and that the lists agree with each other. */
import { FUNCTIONS } from '../../src/posix/functions.js';
import {
  conditionOf,
  documentedOf,
  isForbidden,
  newestOf,
  posixOf,
  REQUIRED,
  STANDARDS,
  Lists,
  POSIX_LISTS,
} from '../../src/posix/index.js';
import { LISTS } from '../../src/posix/points.js';

test.each([
  ['read', 'required', 'required', 'required'],
  ['openat', 'absent', 'required', 'required'],
  ['usleep', 'required', 'absent', 'absent'],
  ['sigpause', 'required', 'may', 'absent'],
  // Need not be thread-safe since 2008.
  ['system', 'required', 'may', 'may'],
  ['getpwnam', 'may', 'may', 'may'],
  ['setlocale', 'forbidden', 'may', 'may'],
  // STREAMS.
  ['getmsg', 'required', 'required', 'absent'],
  ['ioctl', 'may', 'may', 'absent'],
  ['isastream', 'forbidden', 'forbidden', 'absent'],
  ['sem_wait', 'required', 'required', 'may'],
  ['sem_trywait', 'forbidden', 'forbidden', 'forbidden'],
  ['fcntl', 'required', 'required', 'required'],
  ['lockf', 'required', 'required', 'required'],
  ['printf', 'may', 'may', 'may'],
  ['malloc', 'forbidden', 'forbidden', 'forbidden'],
  ['pthread_mutex_lock', 'forbidden', 'forbidden', 'forbidden'],
  ['pthread_cleanup_push', 'forbidden', 'forbidden', 'forbidden'],
  ['pthread_rwlock_wrlock', 'may', 'may', 'may'],
  ['sem_open', 'forbidden', 'forbidden', 'forbidden'],
  ['accept4', 'absent', 'absent', 'required'],
  ['ppoll', 'absent', 'absent', 'required'],
  // New, and in no list that was read.
  ['sem_clockwait', 'absent', 'absent', 'open'],
  ['strlcpy', 'absent', 'absent', 'open'],
  ['epoll_wait', 'absent', 'absent', 'absent'],
  ['errno', 'absent', 'absent', 'absent'],
  ['constructor', 'absent', 'absent', 'absent'],
])('%s', (name, in2001, in2008, in2024) => {
  expect(posixOf(name)).toEqual({ '2001': in2001, '2008': in2008, '2024': in2024 });
});

describe.each(STANDARDS)('POSIX.1-%s', (standard) => {
  const { required, may, section, source } = LISTS[standard];

  test('has a function in one list, but for those that depend on an argument', () => {
    const both = [...required].filter((name) => may.has(name));
    expect(both).toContain('fcntl');
    expect(both.filter((name) => !conditionOf(name))).toEqual([]);
  });

  test('lists its own functions', () => {
    expect([...required, ...may].filter((name) => !FUNCTIONS[standard].has(name))).toEqual([]);
  });

  test('says where the lists are from', () => {
    expect(section).toBe('XSH 2.9.5.2');
    expect(source).not.toBe('');
  });

  test('has names, each once', () => {
    const odd = [...FUNCTIONS[standard]].filter((name) => !/^[A-Za-z_]\w*$/.test(name));
    expect(odd).toEqual([]);
    expect(FUNCTIONS[standard].size).toBe({ '2001': 1108, '2008': 1177, '2024': 1225 }[standard]);
  });
});

test('what is required depends on a command for two functions', () => {
  expect(conditionOf('fcntl')).toEqual({ argument: 1, constants: ['F_SETLKW', 'F_OFD_SETLKW'] });
  expect(conditionOf('lockf')).toEqual({ argument: 1, constants: ['F_LOCK'] });
  expect(conditionOf('open')).toBeUndefined();
});

test.each([
  ['usleep', 'required', '2001'],
  ['getmsg', 'required', '2008'],
  ['sem_wait', 'required', '2008'],
  ['accept4', 'required', '2024'],
  ['read', 'required', '2024'],
  ['ioctl', 'may', '2008'],
  ['malloc', 'forbidden', '2024'],
  ['epoll_wait', 'absent', '2024'],
])('the newest standard that requires %s, or has it', (name, standing, standard) => {
  expect(newestOf(name)).toEqual({ standing, standard });
});

test('what some standard requires is required of the newest', () => {
  expect([...REQUIRED].filter((name) => newestOf(name).standing !== 'required')).toEqual([]);
});

test('forbidden is what some standard has and none lists', () => {
  const names = ['malloc', 'sem_open', 'gmtime_r', 'read', 'printf', 'usleep', 'setlocale', 'epoll_wait', 'strlcpy'];
  expect(names.filter(isForbidden)).toEqual(['malloc', 'sem_open', 'gmtime_r']);
});

test('what is documented outside POSIX has its source', () => {
  expect(documentedOf('epoll_wait').map(({ by, says }) => [by, says])).toEqual([
    ['glibc', 'is'],
    ['musl', 'is'],
    ['uclibc-ng', 'is'],
  ]);
  expect(documentedOf('getentropy').map(({ by, says }) => [by, says])).toEqual([
    ['Linux manual pages', 'is not'],
    ['glibc', 'is not'],
  ]);
  expect(documentedOf('splice')).toContainEqual({ by: 'glibc', says: 'may', source: 'comments in the headers' });
  // POSIX has them in no list, and fscanf in the second.
  expect(documentedOf('vfscanf').map(({ by, says }) => [by, says])).toEqual([
    ['glibc', 'may'],
    ['uclibc-ng', 'may'],
  ]);
  expect(documentedOf('getservbyname_r').map(({ by, says }) => [by, says])).toEqual([
    ['glibc', 'is'],
    ['uclibc-ng', 'is'],
  ]);
  expect(documentedOf('read')).toEqual([]);
});

test("a tree's own lists come before POSIX, the strictest first, and say who says it", () => {
  const source = 'the manual';
  const own = new Lists({
    required: [{ names: ['my_wait', 'both', 'fcntl'], source }],
    may: [{ names: ['malloc', 'both'], source }],
    forbidden: [{ names: ['read', 'epoll_wait'], source }],
  });
  const names = ['my_wait', 'both', 'malloc', 'read', 'epoll_wait', 'free', 'other'];
  expect(names.map((name) => [own.of(name).standing, own.of(name).by])).toEqual([
    ['required', source],
    ['required', source],
    ['may', source],
    ['forbidden', source],
    ['forbidden', source],
    ['forbidden', 'POSIX.1-2024'],
    ['absent', 'POSIX.1-2024'],
  ]);
  expect(names.filter((name) => own.isForbidden(name))).toEqual(['read', 'epoll_wait', 'free']);
  expect(names.filter((name) => own.isOneOf(name, ['required', 'may']))).toEqual(['my_wait', 'both', 'malloc']);
  expect(own.required).toEqual([...REQUIRED, 'my_wait', 'both'].filter((name) => name !== 'read').sort());
  expect([own.conditionOf('fcntl'), own.conditionOf('lockf')]).toEqual([undefined, conditionOf('lockf')]);
  expect(own.ownOf('free')).toBeUndefined();
});

test('without own lists POSIX is asked', () => {
  expect(POSIX_LISTS.required).toEqual([...REQUIRED].sort());
  expect(POSIX_LISTS.of('sem_wait')).toEqual({ standing: 'required', by: 'POSIX.1-2008' });
  expect(POSIX_LISTS.isOneOf('usleep', ['required'])).toBe(true);
});
