/** `cancelint points`: the inventory of a tree. */
import { cancelint, removeTrees, tree } from './program.js';

afterAll(removeTrees);

const musl = {
  'src/internal/syscall.h': '',
  'src/thread/pthread_create.c': 'int pthread_create(void)\n{\n\treturn 0;\n}\n',
  'arch/generic/bits/fcntl.h': '#define F_SETLKW 7\n',
  'src/unistd/read.c': 'ssize_t read(int fd, void *b, size_t n)\n{\n\treturn syscall_cp(SYS_read, fd, b, n);\n}\n',
  'src/unistd/fsync.c': 'int fsync(int fd)\n{\n\treturn syscall(SYS_fsync, fd);\n}\n',
  'src/unistd/dup.c': 'int dup(int fd)\n{\n\treturn syscall(SYS_dup, fd);\n}\n',
  'src/thread/sem_wait.c':
    'int sem_wait(sem_t *s)\n{\n\tif (take(s)) return 0;\n\treturn read(s->fd, s, 1) < 0 ? -1 : 0;\n}\nweak_alias(sem_wait, __sem_wait);\n',
};
const root = tree(musl).path;

test('the inventory as JSON', () => {
  const { status, stdout, stderr } = cancelint(root, ['points', '-f', 'json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual([
    expect.objectContaining({ function: 'dup', verdict: 'ok', targets: { i386: 'no', x86_64: 'no' }, via: [] }),
    {
      function: 'fsync',
      filePath: 'src/unistd/fsync.c',
      line: 1,
      posix: { '2001': 'required', '2008': 'required', '2024': 'required' },
      targets: { i386: 'no', x86_64: 'no' },
      via: [],
      verdict: 'missing',
      because: 'POSIX.1-2024 requires it, and nothing in it acts on i386, x86_64',
    },
    expect.objectContaining({ function: 'pthread_create', verdict: 'ok' }),
    {
      function: 'read',
      filePath: 'src/unistd/read.c',
      line: 1,
      posix: { '2001': 'required', '2008': 'required', '2024': 'required' },
      targets: { i386: 'point', x86_64: 'point' },
      via: [['read', 'syscall_cp', 'SYS_read']],
      verdict: 'ok',
      because: '',
    },
    expect.objectContaining({
      function: 'sem_wait',
      verdict: 'skipped',
      targets: { i386: 'conditional', x86_64: 'conditional' },
      via: [['sem_wait', 'read', 'syscall_cp', 'SYS_read']],
      because: 'a way past it turns off at src/thread/sem_wait.c:3',
    }),
  ]);
});

test.each([
  ['table', /^function +POSIX\.1-2001 /],
  ['csv', /^function,POSIX\.1-2001,/],
  ['html', /^<!doctype html>/],
  ['markdown', /^\| function \| POSIX\.1-2001 \|/],
])('the inventory as %s', (format, begins) => {
  const { status, stdout } = cancelint(root, ['points', root, '--format', format, '--target', 'x32']);
  expect(status).toBe(0);
  expect(stdout).toMatch(begins);
  expect(stdout).toContain('missing');
  expect(stdout).toContain('x32');
});

test('why a function is a cancellation point', () => {
  expect(cancelint(root, ['points', '--why', 'sem_wait']).stdout).toBe(
    'sem_wait on i386, x86_64\n  sem_wait calls read at src/thread/sem_wait.c:4\n    read calls syscall_cp (SYS_read) at src/unistd/read.c:3\n',
  );
  expect(cancelint(root, ['points', '--why', 'dup']).stdout).toBe('dup acts on no request\n');
});

test('what two trees say differently', () => {
  const other = tree({ ...musl, 'src/unistd/fsync.c': musl['src/unistd/fsync.c'].replace('syscall(', 'syscall_cp(') });
  const { status, stdout } = cancelint(root, ['points', '--diff', other.path]);
  expect(status).toBe(0);
  expect(stdout).toBe('fsync\n  - i386 no, x86_64 no: missing\n  + i386 point, x86_64 point: ok\n');
  expect(cancelint(root, ['points', '--diff', root]).stdout).toBe('');
});

test.each([
  [['a', 'b'], 'One tree is listed at a time; another one to compare it with is --diff'],
  [['--diff', 'a', '--why', 'b'], '--diff and --why exclude each other'],
  [['--why', 'read', '-f', 'json'], '--format is for the inventory, and --why prints none'],
  [['-f', 'pdf'], 'Unknown format "pdf"; points knows table, json, csv, html, markdown'],
  [['--why', 'raed'], 'No function is called "raed"; did you mean "read"?'],
  [['src/unistd/read.c'], 'src/unistd/read.c is no folder: the inventory is made of a whole tree'],
  [['nowhere'], 'No such file or folder: nowhere'],
])('%j gets one line', (args, line) => {
  expect(cancelint(root, ['points', ...args])).toEqual({ status: 2, stdout: '', stderr: `cancelint: ${line}\n` });
});

test('a folder that is no libc', () => {
  const folder = tree({ 'a.c': 'int a;\n' }).path;
  expect(cancelint(folder, ['points']).stderr).toBe(
    'cancelint: No known libc was recognised in .; if it is one, name it with --libc\n',
  );
});
