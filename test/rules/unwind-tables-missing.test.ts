// Sources with a cancellation point, and the flags that the make files of their folders give them.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lintTree } from '../../src/engine/lint-tree.js';
import { libcs, generic } from '../../src/libc/index.js';
import type { Finding, LintResult } from '../../src/linter/finding.js';
import rule from '../../src/rules/unwind-tables-missing.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const LINUX = 'sysdeps/unix/sysv/linux';
const point = (name: string): string =>
  `#include <sysdep-cancel.h>\n\nint\n__libc_${name} (int fd)\n{\n  return SYSCALL_CANCEL (${name}, fd);\n}\nweak_alias (__libc_${name}, ${name})\n`;
/** lockf, which must be a cancellation point and is one by way of fcntl. */
const lockf = '#include <unistd.h>\n\nint\nlockf (int fd, int cmd)\n{\n  return __libc_fcntl (fd + cmd);\n}\n';
const BOTH = '-fexceptions -fasynchronous-unwind-tables';

/** A folder with an own make file, whose lines from the fifth on are given, and the sources that it compiles. */
const io = (lines: string, more: Readonly<Record<string, string>> = {}) => ({
  'io/Makefile': `subdir := io\ninclude ../Makeconfig\nroutines := accept fcntl\ninclude ../Rules\n${lines}`,
  [`${LINUX}/accept.c`]: point('accept'),
  [`${LINUX}/fcntl.c`]: point('fcntl'),
  ...more,
});
const ACCEPT = `CFLAGS-accept.c += ${BOTH}\n`;
const FCNTL = `CFLAGS-fcntl.c += ${BOTH}\n`;
const missing = (source: string, does: string, place: { file: string; line: number; column: number }) => ({
  messageId: 'missing',
  data: { source: `${source}.c`, does, variable: `CFLAGS-${source}.c`, flag: '-fexceptions' },
  ...place,
});
const own = (name: string): string => `has the cancellation point '__libc_${name}'`;

const place = ({ at }: Finding): string => `${at.file}:${String(at.line)}`;

async function lint(files: Readonly<Record<string, string>>, paths: readonly string[]): Promise<LintResult> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cancelint-make-')));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { result } = await lintTree({
      cwd: root,
      root,
      paths,
      targets: ['i386', 'x86_64'],
      libc: libcs.find((l) => l.name === 'glibc')!,
      libcs,
      fallback: generic,
      rules: [rule],
      severities: new Map([
        [rule.id, 'warn'],
        ['analysis-incomplete', 'warn'],
      ]),
      inlineConfig: true,
      concurrency: 'off',
    });
    return result;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** A window in the shape of glibc's from 2.41: the thread is unwound from the window's routine. */
const window = {
  'nptl/cancellation.c':
    'long int\n__internal_syscall_cancel (long int a1, long int nr)\n{\n  return __syscall_cancel_arch (&THREAD_SELF->cancelhandling, nr, a1);\n}\n',
};

new RuleTester({ libc: 'glibc' }).run(rule, {
  valid: [
    { name: 'both flags', files: io(ACCEPT + FCNTL) },
    { name: 'flags in the variable of an object', files: io(`CFLAGS-accept.o = ${BOTH}\n${FCNTL}`) },
    { name: 'flags of every source', files: io(`+cflags += ${BOTH}\n`) },
    { name: 'flags by way of a variable', files: io(`t := ${BOTH}\nCFLAGS-accept.c = $(t)\nCFLAGS-fcntl.c = \${t}\n`) },
    {
      name: 'a line that goes on',
      files: io(`CFLAGS-accept.c += -fexceptions \\\n  -fasynchronous-unwind-tables\n${FCNTL}`),
    },
    {
      name: 'flags from a fragment of a shared folder',
      files: io(FCNTL, {
        [`${LINUX}/Makefile`]: `ifeq ($(subdir),misc)\nelse ifeq (io, $(subdir))\nCFLAGS-accept.c = ${BOTH}\nendif\n`,
      }),
    },
    {
      name: 'a default for callbacks, for a function that only calls a point',
      files: io(`${ACCEPT}${FCNTL}routines += lockf\nCFLAGS-lockf.c += $(uses-callbacks)\n`, {
        Makeconfig: 'uses-callbacks = -fexceptions\n',
        'io/lockf.c': lockf,
      }),
    },
    {
      name: 'a function that calls a point and need not be one',
      files: io(`${ACCEPT}${FCNTL}routines += lock_all\n`, { 'io/lock_all.c': lockf.replace('lockf', 'lock_all') }),
    },
    {
      name: 'tables at calls, in a tree with a window',
      files: { ...io('CFLAGS-accept.c += -fexceptions\nCFLAGS-fcntl.c += -fexceptions\n'), ...window },
    },
    {
      name: 'a thread function, whose callers nobody knows (timer_helper_thread in glibc to 2.33)',
      files: io(`${ACCEPT}${FCNTL}routines += helper\n`, {
        'io/helper.c':
          'static void *\nhelper_thread (void *arg)\n{\n  SYSCALL_CANCEL (rt_sigtimedwait, arg);\n  return 0;\n}\n\nvoid\n__start_helper (void)\n{\n  pthread_create (&id, 0, helper_thread, 0);\n}\n',
      }),
    },
    {
      name: 'flags in the folder that makes a second object of the source (glibc to 2.25)',
      files: {
        'nptl/Makefile': `subdir := nptl\ninclude ../Makeconfig\nroutines := ptw-accept\ninclude ../Rules\n${ACCEPT}`,
        [`${LINUX}/accept.c`]: point('accept'),
      },
    },
    { name: 'a source that no rule lists', files: io(ACCEPT + FCNTL, { [`${LINUX}/send.c`]: point('send') }) },
    {
      name: 'flags that the configuration gives, or does not',
      files: io(`${FCNTL}ifeq ($(with-tables),yes)\n${ACCEPT}endif\n`),
    },
    {
      name: 'flags in a variable that nothing in the tree sets',
      files: io(`${FCNTL}CFLAGS-accept.c += $(cancel-flags)\n`),
    },
    {
      name: 'a definition for another kernel',
      files: {
        ...io(ACCEPT + FCNTL, { 'sysdeps/mach/hurd/accept.c': point('accept') }),
        'socket/Makefile': 'subdir := socket\ninclude ../Rules\n',
      },
    },
    {
      name: 'a libc that does not unwind',
      libc: 'musl',
      files: {
        'src/unistd/read.c':
          'ssize_t read(int fd, void *b, size_t n)\n{\n\treturn syscall_cp(SYS_read, fd, b, n);\n}\n',
        Makefile: 'CFLAGS_ALL = -fno-unwind-tables -fno-asynchronous-unwind-tables\n',
      },
    },
  ],
  invalid: [
    {
      name: 'no flags, next to a source that has them',
      files: io(`# Cancellable.\n${FCNTL}`),
      errors: [
        {
          ...missing('accept', own('accept'), { file: 'io/Makefile', line: 6, column: 1 }),
          function: '__libc_accept',
          targets: ['i386', 'x86_64'],
          flow: [
            { message: "waits here, in '__libc_accept'", file: `${LINUX}/accept.c`, line: 6 },
            { message: 'pthread_cancel', line: 6 },
            { message: 'looks for the tables of the frame', line: 6 },
            { message: 'it goes no further', line: 4 },
          ],
          related: [{ message: "'accept.c' is listed here", file: 'io/Makefile', line: 3, column: 13 }],
        },
      ],
    },
    {
      name: 'no flags, and nobody to take them from',
      files: io(''),
      errors: [
        missing('accept', own('accept'), { file: 'io/Makefile', line: 3, column: 13 }),
        missing('fcntl', own('fcntl'), { file: 'io/Makefile', line: 3, column: 20 }),
      ],
    },
    {
      name: 'other flags',
      files: io(`${FCNTL}CFLAGS-accept.c += -Wno-unused\n`),
      errors: [missing('accept', own('accept'), { file: 'io/Makefile', line: 6, column: 1 })],
    },
    {
      name: 'flags that are taken away again',
      files: io(`${FCNTL}${ACCEPT}CFLAGS-accept.c = -O2\n`),
      errors: [missing('accept', own('accept'), { file: 'io/Makefile', line: 7, column: 1 })],
    },
    {
      name: 'flags that others end',
      files: io(
        `${FCNTL}CFLAGS-accept.c += ${BOTH} -fno-exceptions -fno-asynchronous-unwind-tables -fno-unwind-tables\n`,
      ),
      errors: [missing('accept', own('accept'), { file: 'io/Makefile', line: 6, column: 1 })],
    },
    {
      name: 'flags that are set for another folder by a fragment that lists the source, as glibc does for sync_file_range',
      files: io(FCNTL, {
        'misc/Makefile': 'subdir := misc\ninclude ../Rules\n',
        [`${LINUX}/Makefile`]: `ifeq ($(subdir),misc)\n${ACCEPT}endif\nifeq ($(subdir),io)\nsysdep_routines += accept\nendif\n`,
      }),
      errors: [
        {
          messageId: 'elsewhere',
          data: { variable: 'CFLAGS-accept.c', source: 'accept.c', folder: 'io', does: own('accept') },
          file: `${LINUX}/Makefile`,
          line: 2,
          column: 1,
        },
      ],
    },
    {
      name: 'flags that are set for another folder, of which that is certain on one target only: said once',
      files: io(FCNTL, {
        'misc/Makefile': 'subdir := misc\ninclude ../Rules\n',
        'sysdeps/i386/Makefile': 'ifeq ($(subdir),misc)\nsysdep_routines += $(more)\nendif\n',
        [`${LINUX}/Makefile`]: `ifeq ($(subdir),misc)\n${ACCEPT}endif\nifeq ($(subdir),io)\nsysdep_routines += accept\nendif\n`,
      }),
      errors: [
        {
          messageId: 'elsewhere',
          data: { variable: 'CFLAGS-accept.c', source: 'accept.c', folder: 'io', does: own('accept') },
          file: `${LINUX}/Makefile`,
          line: 2,
          column: 1,
          targets: ['i386', 'x86_64'],
        },
      ],
    },
    {
      name: 'flags in another folder that makes a second object of the source (glibc to 2.25)',
      files: {
        ...io(FCNTL),
        'nptl/Makefile': `subdir := nptl\ninclude ../Makeconfig\nroutines := ptw-accept\ninclude ../Rules\n${ACCEPT}`,
      },
      errors: [missing('accept', own('accept'), { file: 'io/Makefile', line: 5, column: 1 })],
    },
    {
      name: 'a static function that is called',
      files: io(`${ACCEPT}${FCNTL}routines += helper\n`, {
        'io/helper.c':
          'static int\nhelper (int fd)\n{\n  return SYSCALL_CANCEL (read, fd);\n}\n\nint\n__helped (int fd)\n{\n  hook (helper);\n  return helper (fd);\n}\n',
      }),
      errors: [missing('helper', "has the cancellation point 'helper'", { file: 'io/Makefile', line: 6, column: 1 })],
    },
    {
      name: 'flags in the make file of another folder (glibc a4dceb26)',
      files: {
        ...io(ACCEPT + FCNTL.replace('fcntl', 'connect')),
        'io/Makefile': `subdir := io\ninclude ../Rules\n${ACCEPT}`,
        'socket/Makefile': `subdir := socket\ninclude ../Makeconfig\nroutines = accept \\\n\tfcntl\ninclude ../Rules\n${FCNTL}`,
      },
      errors: [
        {
          messageId: 'elsewhere',
          data: { variable: 'CFLAGS-accept.c', source: 'accept.c', folder: 'socket', does: own('accept') },
          file: 'io/Makefile',
          line: 3,
          column: 1,
          related: [
            { message: "'accept.c' is listed here", file: 'socket/Makefile', line: 3 },
            { message: "'fcntl.c' has the flags", file: 'socket/Makefile', line: 6 },
          ],
        },
      ],
    },
    {
      name: 'a required point that calls another, next to the one with the most alike name (glibc addff78f)',
      files: io(`${ACCEPT}${FCNTL}routines += lockf lockf64\nCFLAGS-lockf.c += -fexceptions\n`, {
        'io/lockf.c': '/* The same as lockf64.  */\n',
        'io/lockf64.c': `${lockf.replace('lockf', '__lockf64')}weak_alias (__lockf64, lockf64)\n`,
      }),
      errors: [
        missing('lockf64', "calls the cancellation point '__libc_fcntl'", { file: 'io/Makefile', line: 8, column: 1 }),
      ],
    },
    {
      name: 'tables at calls, where the thread is unwound from between instructions',
      files: io(`${FCNTL}CFLAGS-accept.c += -fexceptions\n`),
      errors: [
        {
          messageId: 'atCalls',
          data: {
            source: 'accept.c',
            does: own('accept'),
            variable: 'CFLAGS-accept.c',
            flag: '-fasynchronous-unwind-tables',
          },
          file: 'io/Makefile',
          line: 6,
          column: 1,
        },
      ],
    },
  ],
});

// Everything that `--root TREE io/Makefile` needs is read, though only the make file is linted.
test.each([
  ['a make file alone', ['io/Makefile'], ['io/Makefile:6']],
  ['the source alone', [`${LINUX}/accept.c`], []],
])('%s is linted', async (_, paths, expected) => {
  expect((await lint(io(`# Cancellable.\n${FCNTL}`), paths)).findings.map(place)).toEqual(expected);
});

test('a directive in a make file silences it', async () => {
  const files = io(`# cancelint-disable-next-line unwind-tables-missing -- "x86 only, don't care" /*\n${FCNTL}`);
  const { findings } = await lint(files, ['io/Makefile']);
  expect(findings.map((f) => [place(f), f.suppressed?.justification])).toEqual([
    ['io/Makefile:6', '"x86 only, don\'t care" /*'],
  ]);
});

test.each([
  ['a conditional that the configuration decides', `${FCNTL}ifeq ($(with-tables),yes)\n${ACCEPT}endif\n`],
  ['a variable that nothing sets', `${FCNTL}CFLAGS-accept.c += $(cancel-flags)\n`],
])('%s is counted as not decided', async (_, lines) => {
  const { findings } = await lint(io(lines), ['io/Makefile']);
  expect(findings).toMatchObject([{ ruleId: 'analysis-incomplete', at: { file: 'io/Makefile', line: 3 } }]);
});
