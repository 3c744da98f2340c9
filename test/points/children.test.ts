// What runs in a child, and what acts on a request there.
import { childSites } from '../../src/points/children.js';
import { acting, linkedTree, removeTrees } from './tree.js';

afterAll(removeTrees);

const CLOSE = 'int close(int fd) { return syscall_cp(SYS_close, fd); }\n';
const EXEC = '_exit(127);';
const OFF = 'pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);';
const ON = 'pthread_setcancelstate(cs, 0);';

/** `FUNCTION CALL` of each site in a child. */
async function inChildren(text: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const sites = childSites(await linkedTree('musl', { 'src/f.c': CLOSE + text, ...more }));
  return sites.map((s) => `${s.f.name} ${s.call}`);
}

const run = (body: string): string => `int run(int fd) { int cs; pid_t pid; ${body} return pid; }\n`;

test.each<[string, string, string[]]>([
  ['the arm for 0', run(`pid = fork(); if (pid == 0) { close(fd); ${EXEC} }`), ['run close']],
  ['the same of vfork', run(`pid = vfork(); if (!pid) { close(fd); ${EXEC} }`), ['run close']],
  ['the call in the condition', run(`if ((pid = fork()) == 0) { close(fd); ${EXEC} }`), ['run close']],
  ['the result is never stored', run(`if (!fork()) { close(fd); ${EXEC} }`), ['run close']],
  ['a case', run(`switch (pid = vfork()) { case 0: close(fd); ${EXEC} case -1: return -1; }`), ['run close']],
  [
    'what a parent has left',
    run(`pid = fork(); if (pid > 0) return pid; if (pid < 0) return -1; close(fd); ${EXEC}`),
    ['run close'],
  ],
  [
    'the default of a switch is the parent',
    run(`switch (fork()) { case -1: return -1; case 0: break; default: _exit(0); } close(fd); ${EXEC}`),
    ['run close'],
  ],
  ['the kernel is asked itself', run(`pid = __syscall(SYS_fork); if (!pid) { close(fd); ${EXEC} }`), ['run close']],
  [
    'one that waits in the child',
    run(`pid = fork(); if (!pid) { syscall_cp(SYS_pause); ${EXEC} }`),
    ['run syscall_cp'],
  ],
  [
    'a helper that the child never comes back from',
    `static void child(int fd) { close(fd); ${EXEC} }\n${run('if (!(pid = fork())) child(fd);')}`,
    ['child close'],
  ],
  [
    'a helper that it comes back from',
    `static void off(int fd) { close(fd); }\n${run(`if (!(pid = fork())) { off(fd); ${EXEC} }`)}`,
    ['run off'],
  ],
  [
    'the state is put back in the child',
    run(`${OFF} pid = fork(); if (!pid) { ${ON} close(fd); ${EXEC} } ${ON}`),
    ['run close'],
  ],
])('acts in the child: %s', async (_, text, expected) => {
  expect(await inChildren(text)).toEqual(expected);
});

test.each([
  ['a plain call', run(`pid = fork(); if (!pid) { __syscall(SYS_close, fd); ${EXEC} }`)],
  ['with cancellation disabled', run(`${OFF} pid = fork(); if (!pid) { close(fd); ${EXEC} } ${ON}`)],
  ['the parent', run('pid = fork(); if (pid > 0) close(fd);')],
  ['what both do', run('pid = fork(); if (pid < 0) return -1; close(fd);')],
  ['what the parent does behind an arm of the child', run(`pid = fork(); if (!pid) ${EXEC} close(fd);`)],
  ['another result that is asked for 0', run('pid = getpid(); if (!pid) close(fd);')],
  ['a child that goes on as the program', run('pid = fork(); if (!pid) close(fd);')],
  ['as a daemon does', run('switch (fork()) { case -1: return -1; case 0: break; default: _exit(0); } close(fd);')],
  ['what does not hold the result any more', run(`pid = fork(); pid = getpid(); if (!pid) { close(fd); ${EXEC} }`)],
  ['a program of the tree', `int main(void) { if (!fork()) { close(1); ${EXEC} } return 0; }\n`],
])('does not: %s', async (_, text) => {
  expect(await inChildren(text)).toEqual([]);
});

describe('a function that is given to clone', () => {
  const child = `static int child(void *p) { close(*(int *)p); ${EXEC} }\n`;
  const spawn = (body: string): string => `int spawn(int fd) { char s[99]; int cs, pid; ${body} return pid; }\n`;
  const CLONE = 'pid = __clone(child, s + 99, CLONE_VM|CLONE_VFORK, &fd);';

  test.each<[string, string, string[]]>([
    ['runs with the state of the caller', child + spawn(CLONE), ['child close']],
    ['who has disabled cancellation', child + spawn(`${OFF} ${CLONE} ${ON}`), []],
    ['on one way only', child + spawn(`if (fd) ${OFF} ${CLONE}`), ['child close']],
    [
      'who is one of two',
      `${child}${spawn(`${OFF} ${CLONE} ${ON}`)}${spawn(CLONE).replace('spawn', 'other')}`,
      ['child close'],
    ],
    [
      'and enables it itself',
      child.replace('close', 'pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, 0); close') +
        spawn(`${OFF} ${CLONE} ${ON}`),
      ['child close'],
    ],
    [
      'by way of helpers',
      `static void more(int fd) { close(fd); }\n${child.replace('close(', 'more(')}${spawn(CLONE)}`,
      ['child more'],
    ],
    [
      'in a new thread, which has a state and a request of its own',
      child + spawn('int flags = CLONE_VM|CLONE_THREAD; pid = __clone(child, s + 99, flags, &fd);'),
      [],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await inChildren(text)).toEqual(expected);
  });

  test('in the manner of glibc', async () => {
    const text = `static int child (void *p)\n{\n  SYSCALL_CANCEL (close, *(int *) p);\n  _exit (127);\n}
int spawn (int fd)\n{\n  return __clone_internal_fallback (&args, child, &fd);\n}\n`;
    const sites = childSites(await linkedTree('glibc', { 'posix/spawn.c': text }));
    expect(sites.map((s) => [s.f.name, s.by, s.isFunction])).toEqual([['child', '__clone_internal_fallback', true]]);
  });
});

test('what only a child does, before it ends, is nothing that the function does', async () => {
  const text = `${CLOSE}${run(`pid = fork(); if (!pid) { close(fd); ${EXEC} }`)}`;
  expect(acting(await linkedTree('musl', { 'src/f.c': text }))).toEqual(['close']);
});

test('many ways behind a fork make no difference', async () => {
  const asks = Array.from({ length: 40 }, (_, i) => `if (a[${String(i)}]) x${String(i)} = 1; else x${String(i)} = 2;`);
  const names = asks.map((_, i) => `x${String(i)} = 0`).join(', ');
  const text = `int run(int *a) { int ${names}; pid_t pid = fork(); ${asks.join(' ')} if (!pid) { close(1); ${EXEC} } return 0; }\n`;
  expect(await inChildren(text)).toEqual(['run close']);
});
