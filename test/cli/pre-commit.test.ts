/**
 * The hook as pre-commit runs it: a clone of this repository is installed as the hook's package, and a commit that
 * brings a bug into a small libc is stopped. Needs the `pre-commit` command and what `npm install` needs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { project, removeTrees, tree } from './program.js';

afterAll(removeTrees);

const INSTALL_LIMIT = 10 * 60 * 1000;

const isInstalled = spawnSync('pre-commit', ['--version']).status === 0;
const isRepository = existsSync(join(project, '.git'));
const lacking = isInstalled ? (isRepository ? undefined : 'this is no git repository') : 'no pre-commit command here';
if (lacking !== undefined) console.warn(`The pre-commit hook is not tested: ${lacking}`);

/** A tree that musl's signs recognise. */
const MUSL = {
  'include/pthread.h': '',
  'src/thread/pthread_create.c': '',
  'src/internal/libc.h': '',
  'src/internal/syscall.h': '#define syscall_cp(...) __syscall_ret(__syscall_cp(__VA_ARGS__))\n',
  'src/unistd/getpid.c': '#include "syscall.h"\nint getpid(void)\n{\n\treturn __syscall(SYS_getpid);\n}\n',
};
/** EINTR of an interrupted close reaches the caller. */
const BUG = '#include "syscall.h"\nint close(int fd)\n{\n\treturn syscall_cp(SYS_close, fd);\n}\n';
const MENDED =
  '#include "syscall.h"\nint close(int fd)\n{\n\tint r = __syscall_cp(SYS_close, fd);\n\tif (r == -EINTR) r = 0;\n\treturn __syscall_ret(r);\n}\n';

(lacking === undefined ? it : it.skip)(
  'stops a commit that brings a bug, and no other',
  () => {
    const made = tree(Object.fromEntries(Object.entries(MUSL).map(([name, text]) => [`libc/${name}`, text])));
    // A hook that runs these tests has variables of its own repository.
    const env: NodeJS.ProcessEnv = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')),
    );
    Object.assign(env, {
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      PRE_COMMIT_HOME: made.join('home'),
      NO_COLOR: '1',
    });
    const run = (command: string, args: readonly string[], cwd = made.join('libc')) => {
      const done = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
      return { status: done.status, text: `${done.stdout}${done.stderr}` };
    };
    const git = (...args: string[]) => run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args]);

    expect(run('git', ['clone', '--quiet', project, made.join('hooks')], made.path)).toEqual({ status: 0, text: '' });
    const commit = run('git', ['rev-parse', 'HEAD'], made.join('hooks')).text.trim();
    made.write(
      'libc/.pre-commit-config.yaml',
      [
        'repos:',
        `  - repo: ${made.join('hooks')}`,
        `    rev: ${commit}`,
        '    hooks:',
        '      - id: cancelint',
        // The tree is too small to have a mechanism that is right.
        "        args: ['--rule', 'point-without-window: off']",
        '',
      ].join('\n'),
    );
    git('init', '--quiet');
    git('add', '--all');
    const installed = run('pre-commit', ['install', '--install-hooks']);
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/.test(installed.text) && installed.status !== 0) {
      console.warn('The pre-commit hook is not tested: its package cannot be installed without a network');
      return;
    }
    expect(installed).toMatchObject({ status: 0 });

    const clean = git('commit', '--message', 'clean');
    expect(clean).toMatchObject({ status: 0 });
    expect(clean.text).toMatch(/cancelint\.+Passed/);

    made.write('libc/src/unistd/close.c', BUG);
    git('add', '--all');
    const stopped = git('commit', '--message', 'bug');
    expect(stopped).toMatchObject({ status: 1 });
    expect(stopped.text).toMatch(/cancelint\.+Failed\n- hook id: cancelint\n- exit code: 1\n/);
    expect(stopped.text).toMatch(/src\/unistd\/close\.c\n +4:9 +error .* close-interrupted\n/);

    made.write('libc/src/unistd/close.c', MENDED);
    git('add', '--all');
    expect(git('commit', '--message', 'mended')).toMatchObject({ status: 0 });
    expect(git('log', '--format=%s').text).toBe('mended\nclean\n');
  },
  INSTALL_LIMIT,
);
