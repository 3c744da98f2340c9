// What the handler compares the interrupted PC with, and where it redirects from.
import rule from '../../src/rules/handler-window-mismatch.js';
import { readArchive } from '../../src/x86/object/archive.js';
import { fixture } from '../x86/binary/support.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/thread/pthread_cancel.c';
const gnuAt = 'sysdeps/nptl/cancellation-pc-check.h';

/** A handler of the redirect design, with its condition. */
const handler = (condition: string, before = ''): string => `static void on_cancel(int sig, siginfo_t *si, void *ctx)
{
	pthread_t self = __pthread_self();
	ucontext_t *uc = ctx;
	uintptr_t pc = uc->uc_mcontext.MC_PC;
	if (!self->cancel) return;
${before}	if (${condition}) {
		uc->uc_mcontext.MC_PC = (uintptr_t)__cp_cancel;
		return;
	}
	__syscall(SYS_tkill, self->tid, SIGCANCEL);
}
`;

const check = (value: string): string => `static inline bool
cancellation_pc_check (void *ctx)
{
  extern const char __syscall_cancel_arch_start[1], __syscall_cancel_arch_end[1];
  uintptr_t pc = sigcontext_get_pc (ctx);
  return ${value};
}
`;

const START = '(uintptr_t)__cp_begin';
const END = '(uintptr_t)__cp_end';

/** Says where the PC lies in a saved context, as each of musl's arch/TARGET/pthread_arch.h does. */
const arch = (target: string, pc: string): Record<string, string> => ({
  [`arch/${target}/pthread_arch.h`]: `#define ${pc}\n`,
});
const INSIDE = `pc >= ${START} && pc < ${END}`;

/** The handler of musl in 2015, which takes the context for words. */
const words = handler(INSIDE).replaceAll('uc->uc_mcontext.MC_PC', '((char **)&uc->uc_mcontext)[CANCEL_REG_IP]');

/** A window whose cancel target takes something back first, and one whose does not. */
const window = (before: string): string => `.text
.type __syscall_cp_asm,@function
__syscall_cp_asm:
__cp_begin:
	mov (%rdi),%eax
	test %eax,%eax
	jne __cp_cancel
	syscall
__cp_end:
	ret
__cp_cancel:
${before}	jmp __cancel
`;
const asm = 'src/thread/x86_64/syscall_cp.s';

const MACRO =
  "On x32 'CANCEL_REG_IP' is the slot of REG_RDI and not of the PC: 'on_cancel' decides by another value, '((char **) &uc->uc_mcontext)[CANCEL_REG_IP]'";

/** musl of 2015: the function that acts stands in for a cancel target that the assembly does not define. */
const ALIAS = `long __cancel() { pthread_exit(PTHREAD_CANCELED); }
weak_alias(__cancel, __cp_cancel);
${handler(INSIDE)}`;
const sh = (labels: string): string => `__syscall_cp_asm:
__cp_begin:
	mov.l @r4, r4
	trapa #31
__cp_end:
	rts
${labels}`;
const FDPIC = { 'arch/sh/reloc.h': '#if __SH_FDPIC__\n#define DL_FDPIC 1\n#endif\n' };
const NO_FDPIC = { 'src/internal/dynlink.h': '#ifndef DL_FDPIC\n#define DL_FDPIC 0\n#endif\n' };

const place = { file: at, line: 7, function: 'on_cancel', properties: ['W9'] } as const;

/** A window that is right, and a handler with a mistake, as objects (fixtures/x86/windows/README.md). */
const member = (archive: string, n: number): Uint8Array =>
  readArchive(fixture(archive)).members[n]?.data.slice() ?? new Uint8Array(0);
const objects = (mistake: number) => ({
  files: { 'window.o': member('redirect.a', 0), 'handler.o': member('handler.a', mistake) },
  lint: ['window.o', 'handler.o'],
});
const inCode = (messageId: string, data: Readonly<Record<string, string>>, properties: readonly string[] = ['W9']) => ({
  ...{ messageId, file: 'handler.o', line: 1, column: 65, properties, data: { handler: 'cancel_handler', ...data } },
});
const behind = { place: "'__cp_end', right behind the system call", what: 'it throws away a finished call' };

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'compiled', ...objects(0) },
    { name: 'compiled, and the comparison is elsewhere', ...objects(6) },
    { name: 'from the start on and up to the end', files: { [at]: handler(`pc >= ${START} && pc < ${END}`) } },
    { name: 'labels on the left', files: { [at]: handler(`${START} <= pc && ${END} > pc`) } },
    {
      name: 'what lies outside leaves first',
      files: { [at]: handler('1', `\tif (pc < ${START} || pc >= ${END}) return;\n`) },
    },
    { name: 'denied', files: { [at]: handler(`!(pc < ${START} || pc >= ${END})`) } },
    {
      name: 'asynchronous mode acts by itself, without a redirect',
      files: { [at]: handler(`pc >= ${START} && pc < ${END}`, '\tif (self->cancelasync) __cancel();\n') },
    },
    {
      name: 'the PC is computed with, which is not judged',
      files: { [at]: handler(`pc - 1 >= ${START} && pc - 1 <= ${END}`) },
    },
    {
      name: 'the address of a label is taken',
      files: { [at]: handler('pc >= (uintptr_t)&__cp_begin && pc < (uintptr_t)&__cp_end[0]') },
    },
    {
      name: 'the PC is taken from its slot',
      files: { [at]: handler(INSIDE), ...arch('x86_64', 'MC_PC gregs[REG_RIP]'), ...arch('i386', 'MC_PC gregs[14]') },
    },
    {
      name: 'musl 7fe273b2: the words of a context on all three targets',
      targets: ['i386', 'x86_64', 'x32'],
      files: {
        [at]: words,
        ...arch('x86_64', 'CANCEL_REG_IP 16'),
        ...arch('i386', 'CANCEL_REG_IP 14'),
        ...arch('x32', 'CANCEL_REG_IP 32'),
      },
    },
    {
      name: 'the context is taken for something else, which is not judged',
      files: { [at]: words.replaceAll('char **', 'struct frame *'), ...arch('x86_64', 'CANCEL_REG_IP 3') },
    },
    {
      name: 'a redirect to what the cancel target goes on to',
      files: {
        [at]: handler(INSIDE).replace(')__cp_cancel', ')__cancel'),
        [asm]: window(''),
      },
      targets: ['x86_64'],
    },
    {
      name: 'another function tells whether the PC lies inside',
      files: { [at]: handler('in_window(pc)') },
    },
    {
      name: 'a function stands in for the cancel target, and no function pointer points to a descriptor',
      files: { [at]: ALIAS, 'src/thread/sh/syscall_cp.s': sh(''), ...NO_FDPIC },
    },
    {
      name: 'musl 36e8b6a2: the assembly defines the cancel target',
      files: {
        [at]: ALIAS,
        'src/thread/sh/syscall_cp.s': sh('__cp_cancel:\n\tmov.l 2f, r0\n'),
        'src/thread/aarch64/syscall_cp.s': sh(''),
        ...FDPIC,
        ...NO_FDPIC,
      },
    },
    {
      name: 'glibc: a helper compares',
      libc: 'glibc',
      files: {
        [gnuAt]: check(
          'pc >= (uintptr_t) __syscall_cancel_arch_start\n\t && pc < (uintptr_t) __syscall_cancel_arch_end',
        ),
      },
    },
    {
      name: 'glibc on powerpc: the end has the name of the instruction',
      libc: 'glibc',
      targets: ['powerpc'],
      files: {
        'sysdeps/unix/sysv/linux/powerpc/cancellation-pc-check.h': check(
          'pc >= (uintptr_t) __syscall_cancel_arch_start\n\t && pc < (uintptr_t) __syscall_cancel_arch_end_sc',
        ),
      },
    },
  ],
  invalid: [
    {
      name: 'compiled, the start is taken to be outside',
      ...objects(1),
      errors: [inCode('codeMisses', { place: "'__cp_begin', the first instruction of the window" })],
    },
    { name: 'compiled, the end is taken to be inside', ...objects(2), errors: [inCode('codeTakes', behind)] },
    { name: 'compiled, only the start is compared with', ...objects(5), errors: [inCode('codeTakes', behind)] },
    {
      name: 'compiled, the stack pointer is compared',
      ...objects(3),
      errors: [inCode('codeSlot', { register: '%esp' })],
    },
    {
      name: 'compiled, the thread is sent behind the call',
      ...objects(4),
      errors: [inCode('codeTarget', { found: '__cp_end', label: '__cp_cancel' })],
    },
    {
      name: 'compiled, a redirect from everywhere in asynchronous mode',
      ...objects(7),
      errors: [inCode('codeUnguarded', { label: '__cp_cancel' }, ['W4', 'W9'])],
    },
    {
      name: 'the end is inclusive',
      files: { [at]: handler(`pc >= ${START} && pc <= ${END}`) },
      errors: [
        {
          ...place,
          messageId: 'operator',
          data: {
            label: '__cp_end',
            operator: '<=',
            right: '<',
            opposite: '>=',
            what: 'a request that arrives right behind the call throws away its result',
          },
          column: 37,
          flow: [
            { message: 'the kernel finishes the call' },
            { message: "before the next instruction, whose address is '__cp_end'" },
            { message: 'the descriptor is lost' },
          ],
        },
      ],
    },
    {
      name: 'the start is exclusive, with the label on the left',
      files: { [at]: handler(`${START} < pc && pc < ${END}`) },
      errors: [
        {
          ...place,
          messageId: 'operator',
          data: {
            label: '__cp_begin',
            operator: '>',
            right: '>=',
            opposite: '<',
            what: 'a request that arrives at the first instruction of the window is missed',
          },
          column: 6,
          flow: [{ message: 'at the first instruction of the window' }, { message: 'does nothing; the call blocks' }],
        },
      ],
    },
    {
      name: 'the cancel target is taken for the end',
      files: { [at]: handler(`pc >= ${START} && pc < (uintptr_t)__cp_cancel`) },
      errors: [
        {
          ...place,
          messageId: 'label',
          data: { label: '__cp_cancel', start: '__cp_begin', end: '__cp_end' },
          column: 37,
        },
      ],
    },
    {
      name: 'the end is not compared with',
      files: { [at]: handler(`pc >= ${START}`) },
      errors: [
        {
          ...place,
          messageId: 'oneBound',
          data: { function: 'on_cancel', label: '__cp_begin', other: '__cp_end' },
          column: 6,
        },
      ],
    },
    {
      name: 'asynchronous mode redirects from anywhere',
      files: { [at]: handler(`self->cancelasync || pc >= ${START} && pc < ${END}`) },
      errors: [
        {
          ...place,
          messageId: 'unguarded',
          data: { label: '__cp_cancel' },
          line: 8,
          column: 3,
          properties: ['W4', 'W9'],
          flow: [
            { message: 'while the thread runs code outside the window' },
            { message: 'takes the stack for that of the window' },
          ],
        },
      ],
    },
    {
      name: 'the handler redirects without a comparison',
      files: { [at]: handler('!self->canceldisable') },
      errors: [
        {
          ...place,
          messageId: 'unguarded',
          data: { label: '__cp_cancel' },
          line: 8,
          column: 3,
          properties: ['W4', 'W9'],
        },
      ],
    },
    {
      name: 'the stack pointer is taken for the PC',
      files: { [at]: handler(INSIDE), ...arch('i386', 'MC_PC gregs[REG_ESP]') },
      errors: [
        {
          properties: ['W9'],
          messageId: 'macro',
          data: {
            target: 'i386',
            macro: 'MC_PC',
            expression: 'uc->uc_mcontext.MC_PC',
            register: 'REG_ESP',
            function: 'on_cancel',
          },
          file: 'arch/i386/pthread_arch.h',
          line: 1,
          column: 9,
          targets: ['i386'],
          flow: [
            { message: 'while the call waits', file: at, line: 5 },
            { message: 'another value than the PC', file: at, line: 5 },
          ],
        },
      ],
    },
    {
      name: 'before musl 7fe273b2: a word of the context on x32 has four bytes, and a register eight',
      targets: ['x86_64', 'x32'],
      files: { [at]: words, ...arch('x86_64', 'CANCEL_REG_IP 16'), ...arch('x32', 'CANCEL_REG_IP 16') },
      errors: [
        {
          properties: ['W9'],
          messageId: 'macro',
          data: {
            target: 'x32',
            macro: 'CANCEL_REG_IP',
            expression: '((char **) &uc->uc_mcontext)[CANCEL_REG_IP]',
            register: 'REG_RDI',
            function: 'on_cancel',
          },
          file: 'arch/x32/pthread_arch.h',
          line: 1,
          column: 9,
          targets: ['x32'],
        },
      ],
    },
    {
      name: 'before musl 36e8b6a2: the cancel target is a function where function pointers point to descriptors',
      files: {
        [at]: ALIAS,
        'src/thread/sh/syscall_cp.s': sh('/* __cp_cancel: is in C */\n'),
        'src/thread/aarch64/syscall_cp.s': sh(''),
        'src/thread/arm/syscall_cp.s': sh('__cp_cancel:\n'),
        ...FDPIC,
        ...NO_FDPIC,
      },
      errors: [
        {
          messageId: 'alias',
          data: { label: '__cp_cancel', of: '__cancel', architectures: 'sh' },
          file: at,
          line: 2,
          column: 1,
          function: '__cancel',
          targets: [],
          properties: ['W9'],
          flow: [
            { message: 'while the call waits, on sh', line: 10 },
            { message: "the address of '__cancel', a descriptor", line: 10 },
            { message: 'at the descriptor, which is data', line: 2 },
          ],
          related: [
            { message: 'the window of aarch64', file: 'src/thread/aarch64/syscall_cp.s', line: 2 },
            { message: 'the window of sh', file: 'src/thread/sh/syscall_cp.s', line: 2 },
          ],
        },
      ],
    },
    {
      name: 'only the header is linted',
      targets: ['x32'],
      files: { [at]: words, 'arch/x32/pthread_arch.h': '#pragma once\n#define CANCEL_REG_IP 16\n' },
      lint: ['arch/x32/pthread_arch.h'],
      errors: [{ messageId: 'macro', file: 'arch/x32/pthread_arch.h', line: 2, column: 9, message: MACRO }],
    },
    {
      name: 'the slot is written into the handler',
      files: { [at]: words.replaceAll('CANCEL_REG_IP', '14') },
      errors: [
        {
          ...place,
          messageId: 'slot',
          data: { target: 'x86_64', expression: '((char **) &uc->uc_mcontext)[14]', register: 'REG_RCX' },
          line: 5,
          column: 12,
          targets: ['x86_64'],
        },
      ],
    },
    {
      name: 'an enumerator that the header defines as itself is right: the handler names another',
      targets: ['i386'],
      files: {
        [at]: handler(INSIDE).replaceAll('MC_PC', 'gregs[REG_ESP]'),
        'arch/i386/bits/signal.h': 'enum { REG_ESP = 7 };\n#define REG_ESP REG_ESP\n',
      },
      errors: [
        {
          ...place,
          messageId: 'slot',
          data: { target: 'i386', expression: 'uc->uc_mcontext.gregs[REG_ESP]', register: 'REG_ESP' },
          line: 5,
          column: 12,
        },
      ],
    },
    {
      name: 'the end of the window is where the handler redirects to',
      files: { [at]: handler(INSIDE).replace(')__cp_cancel', ')__cp_end') },
      errors: [
        {
          ...place,
          messageId: 'target',
          data: {
            found: '__cp_end',
            label: '__cp_cancel',
            what: 'the caller is told the result of a call that was not made',
          },
          line: 8,
          column: 3,
          properties: ['W4', 'W9'],
        },
      ],
    },
    {
      name: 'what has been pushed is left on the stack',
      files: {
        [at]: handler(INSIDE).replace(')__cp_cancel', ')__cancel'),
        [asm]: window('\tpop %r12\n'),
      },
      errors: [
        {
          ...place,
          messageId: 'target',
          data: {
            found: '__cancel',
            label: '__cp_cancel',
            what: "what the window's routine has pushed is left on the stack",
          },
          line: 8,
          column: 3,
          targets: ['x86_64'],
          properties: ['W4', 'W9'],
        },
      ],
    },
    {
      name: 'glibc: a helper compares with an inclusive end',
      libc: 'glibc',
      files: {
        [gnuAt]: check(
          'pc >= (uintptr_t) __syscall_cancel_arch_start\n\t && pc <= (uintptr_t) __syscall_cancel_arch_end',
        ),
      },
      errors: [
        {
          messageId: 'operator',
          data: {
            label: '__syscall_cancel_arch_end',
            operator: '<=',
            right: '<',
            opposite: '>=',
            what: 'a request that arrives right behind the call throws away its result',
          },
          line: 6,
          column: 3,
          function: 'cancellation_pc_check',
        },
      ],
    },
    {
      name: 'glibc on powerpc: a helper compares with an inclusive end',
      libc: 'glibc',
      targets: ['powerpc'],
      files: {
        'sysdeps/unix/sysv/linux/powerpc/cancellation-pc-check.h': check(
          'pc >= (uintptr_t) __syscall_cancel_arch_start\n\t && pc <= (uintptr_t) __syscall_cancel_arch_end_sc',
        ),
      },
      errors: [
        {
          messageId: 'operator',
          data: {
            label: '__syscall_cancel_arch_end',
            operator: '<=',
            right: '<',
            opposite: '>=',
            what: 'a request that arrives right behind the call throws away its result',
          },
          line: 6,
          column: 3,
          function: 'cancellation_pc_check',
        },
      ],
    },
    {
      name: 'fixture: a redirect in asynchronous mode',
      fixture: 'rules/handler-window-mismatch/musl/async-redirect',
      errors: [
        {
          ...place,
          messageId: 'unguarded',
          data: { label: '__cp_cancel' },
          line: 10,
          column: 3,
          properties: ['W4', 'W9'],
        },
      ],
    },
    {
      name: 'fixture: an inclusive end',
      libc: 'glibc',
      fixture: 'rules/handler-window-mismatch/glibc/inclusive-end',
      errors: [
        {
          messageId: 'operator',
          data: {
            label: '__syscall_cancel_arch_end',
            operator: '<=',
            right: '<',
            opposite: '>=',
            what: 'a request that arrives right behind the call throws away its result',
          },
          file: gnuAt,
          line: 6,
          column: 3,
        },
      ],
    },
  ],
});
