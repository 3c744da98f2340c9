// A window enters the kernel by its own instruction; ordinary calls may go through the vDSO.
import rule from '../../src/rules/window-vdso-entry.js';
import { RuleTester } from '../../src/testing/rule-tester.js';
import { at386, at64, edit, glibcTree, gnu386, gnu386at, musl386, musl64 } from './windows.js';

const by = (call: string): string => edit(musl386, 'int $0x80', call);
const gnuBy = (call: string): string => edit(gnu386, 'int\t$0x80', call);
const vdso = { messageId: 'vdso', properties: ['W1', 'W3'], targets: ['i386'] } as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'musl on i386 by int', files: { [at386]: musl386 } },
    { name: 'musl on x86_64 by syscall', files: { [at64]: musl64 } },
    { name: 'sysenter of its own', files: { [at386]: by('sysenter') }, targets: ['i386'] },
    { name: 'glibc on i386 by int', libc: 'glibc', files: glibcTree(gnu386at, gnu386) },
    {
      name: 'ordinary calls go through the vDSO, the window does not',
      files: {
        [at386]: musl386,
        'src/thread/i386/clone.s': `.globl __clone_exit
.type __clone_exit,@function
__clone_exit:
	movl $1,%eax
	call *%gs:16
	hlt
`,
      },
    },
    {
      name: 'glibc: the macro for ordinary calls is not used in the window',
      libc: 'glibc',
      files: glibcTree(
        gnu386at,
        edit(gnu386, '#include <descr-const.h>\n', '#include <descr-const.h>\n#define ENTER_KERNEL call *%gs:16\n'),
      ),
    },
    {
      name: 'a call of a function in front of the window is no entry',
      files: { [at386]: edit(musl386, '__cp_begin:\n', '\tcall __note\n__cp_begin:\n') },
    },
  ],
  invalid: [
    {
      name: 'musl on i386 through the pointer in the thread structure',
      files: { [at386]: by('call *%gs:16') },
      errors: [
        {
          ...vdso,
          data: { call: 'call *%gs:16' },
          line: 28,
          column: 2,
          endLine: 28,
          endColumn: 14,
          function: '__syscall_cp_asm',
          flow: [
            { message: 'jumps into the vDSO', line: 28 },
            { message: 'sends the cancellation signal', line: 28 },
            { message: 'outside the window', line: 28 },
          ],
        },
      ],
    },
    {
      name: 'through the hexadecimal offset',
      files: { [at386]: by('call *%gs:0x10') },
      errors: [{ ...vdso, data: { call: 'call *%gs:0x10' }, line: 28, column: 2 }],
    },
    {
      name: 'through the pointer that the library keeps',
      files: { [at386]: by('call *__sysinfo') },
      errors: [{ ...vdso, data: { call: 'call *__sysinfo' }, line: 28, column: 2 }],
    },
    {
      name: 'by the name of the vDSO entry',
      files: { [at386]: by('call __kernel_vsyscall') },
      errors: [{ ...vdso, data: { call: 'call __kernel_vsyscall' }, line: 28, column: 2 }],
    },
    {
      name: 'glibc: through _dl_sysinfo',
      libc: 'glibc',
      files: glibcTree(gnu386at, gnuBy('call\t*_dl_sysinfo')),
      errors: [{ ...vdso, data: { call: 'call *_dl_sysinfo' }, file: gnu386at, line: 29, column: 2 }],
    },
    {
      name: 'glibc: through the macro for ordinary calls',
      libc: 'glibc',
      files: glibcTree(
        gnu386at,
        edit(
          gnuBy('ENTER_KERNEL'),
          '#include <descr-const.h>\n',
          '#include <descr-const.h>\n#define ENTER_KERNEL call *%gs:16\n',
        ),
      ),
      errors: [{ ...vdso, data: { call: 'call *%gs:16' }, file: gnu386at, line: 30, column: 2 }],
    },
    {
      name: 'fixture: the window, and not the ordinary call beside it',
      fixture: 'rules/window-vdso-entry/musl/by-pointer',
      errors: [{ ...vdso, data: { call: 'call *%gs:16' }, file: at386, line: 24, column: 2 }],
    },
  ],
});
