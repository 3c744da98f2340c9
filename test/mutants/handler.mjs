/** The C side of a window: the handler with its parameters, and the smallest tree that is taken for a libc with them. */

/** A handler that agrees with the windows. */
export const RIGHT = {
  lower: '>=',
  upper: '<',
  joined: '&&',
  start: '__cp_begin',
  end: '__cp_end',
  cancel: '__cp_cancel',
  /** Undefined is the slot of the program counter. */
  slot: undefined,
  compares: true,
  masks: true,
  raises: true,
  restarts: true,
};

/** Careless ones, by name, for each target. */
export function carelessHandlers(target) {
  const [sp, ax] = target === 'i386' ? ['REG_ESP', 'REG_EAX'] : ['REG_RSP', 'REG_RAX'];
  return {
    'lower-excluded': { lower: '>' },
    'lower-reversed': { lower: '<=' },
    'upper-included': { upper: '<=' },
    'upper-reversed': { upper: '>' },
    either: { joined: '||' },
    'start-of-routine': { start: '__syscall_cp_asm' },
    'starts-at-end': { start: '__cp_end' },
    'starts-at-cancel': { start: '__cp_cancel' },
    'ends-at-cancel': { end: '__cp_cancel' },
    'ends-at-begin': { end: '__cp_begin' },
    'bounds-swapped': { start: '__cp_end', end: '__cp_begin' },
    'to-begin': { cancel: '__cp_begin' },
    'to-end': { cancel: '__cp_end' },
    'to-routine': { cancel: '__syscall_cp_asm' },
    'to-cancel-itself': { cancel: '__cancel' },
    'slot-sp': { slot: sp },
    'slot-ax': { slot: ax },
    'slot-flags': { slot: 'REG_EFL' },
    'slot-before': { slot: target === 'i386' ? 'REG_ERR' : 'REG_RCX' },
    'slot-behind': { slot: target === 'i386' ? 'REG_CS' : 'REG_RBX' },
    'compares-nothing': { compares: false },
    'raises-not': { raises: false },
    'masks-not': { masks: false },
    'neither-masks-nor-raises': { masks: false, raises: false },
    'restarts-not': { restarts: false },
    'upper-included-starts-at-routine': { upper: '<=', start: '__syscall_cp_asm' },
    'raises-not-upper-included': { upper: '<=', raises: false },
  };
}

const MC_PC = { i386: 'REG_EIP', x86_64: 'REG_RIP' };

const SLOTS = {
  i386:
    'enum { REG_GS = 0, REG_FS, REG_ES, REG_DS, REG_EDI, REG_ESI, REG_EBP, REG_ESP, REG_EBX, REG_EDX, REG_ECX, ' +
    'REG_EAX,\n\tREG_TRAPNO, REG_ERR, REG_EIP, REG_CS, REG_EFL, REG_UESP, REG_SS };\n',
  x86_64:
    'enum { REG_R8 = 0, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RDI, REG_RSI, REG_RBP,\n' +
    '\tREG_RBX, REG_RDX, REG_RAX, REG_RCX, REG_RSP, REG_RIP, REG_EFL };\n',
};

/** src/thread/pthread_cancel.c. */
export function cancelSource(handler) {
  const { lower, upper, joined, start, end, cancel, compares, masks, raises, restarts } = handler;
  const inside = `pc ${lower} (uintptr_t)${start} ${joined} pc ${upper} (uintptr_t)${end}`;
  const acts = `uc->uc_mcontext.MC_PC = (uintptr_t)${cancel};`;
  return `#include <ucontext.h>
#include "pthread_impl.h"

long __cancel(void)
{
	struct pthread *self = __pthread_self();
	if (self->canceldisable == PTHREAD_CANCEL_ENABLE || self->cancelasync)
		pthread_exit(PTHREAD_CANCELED);
	self->canceldisable = PTHREAD_CANCEL_DISABLE;
	return -ECANCELED;
}

long __syscall_cp(long n, long a, long b, long c, long d, long e, long f)
{
	struct pthread *self = __pthread_self();
	long r;

	if (self->canceldisable) return __syscall6(n, a, b, c, d, e, f);

	r = __syscall_cp_asm(&self->cancel, n, a, b, c, d, e, f);
	if (r == -EINTR && n != SYS_close && self->cancel && !self->canceldisable)
		r = __cancel();
	return r;
}

static void cancel_handler(int sig, siginfo_t *si, void *ctx)
{
	struct pthread *self = __pthread_self();
	ucontext_t *uc = ctx;
	uintptr_t pc = uc->uc_mcontext.MC_PC;

	if (!self->cancel || self->canceldisable) return;
${masks ? '\n\tsigaddset(&uc->uc_sigmask, SIGCANCEL);\n' : '\n'}\tif (self->cancelasync) __cancel();
${compares ? `\tif (${inside}) {\n\t\t${acts}\n\t\treturn;\n\t}\n` : `\t${acts}\n`}${
    raises && compares ? '\t__syscall3(SYS_tkill, self->tid, SIGCANCEL, 0);\n' : ''
  }}

int pthread_cancel(pthread_t t)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO${restarts ? ' | SA_RESTART' : ''}, .sa_sigaction = cancel_handler };
	sigfillset(&sa.sa_mask);
	sigaction(SIGCANCEL, &sa, 0);
	t->cancel = 1;
	return pthread_kill(t, SIGCANCEL);
}
`;
}

/** The headers that name the slots of a saved context, by path in the tree. */
export function contextHeaders(target, handler) {
  return {
    [`arch/${target}/pthread_arch.h`]: `#define MC_PC gregs[${handler.slot ?? MC_PC[target]}]\n`,
    [`arch/${target}/bits/signal.h`]: SLOTS[target],
  };
}

/** A function that a wrapper may call, in its own file: it uses what a function may. */
export const OWN = '__cp_note';
const OWN_CODE = [`${OWN}:`, 'mov $1,%eax', 'mov %eax,%ecx', 'mov %eax,%edx', 'ret'];

/** src/thread/ARCH/syscall_cp.s. */
export function wrapperSource(lines) {
  const names = ['__cp_begin', '__cp_end', '__cp_cancel', '__syscall_cp_asm'];
  const head = names.map((name) => `.global ${name}\n.hidden ${name}\n`).join('');
  const own = lines.some((line) => line.endsWith(` ${OWN}`)) ? OWN_CODE : [];
  const body = [...lines, ...own].map((line) => (line.endsWith(':') ? line : `\t${line}`)).join('\n');
  return `.text\n${head}.hidden __cancel\n.type __syscall_cp_asm,@function\n${body}\n`;
}

/** A tree of few files that holds a mutant, by path. */
export function treeOf({ target, lines, handler }) {
  const [entry, before] =
    target === 'i386'
      ? ['int $0x80', '"b"(a), "c"(b), "d"(c), "S"(d), "D"(e)']
      : ['syscall', '"D"(a), "S"(b), "d"(c), "r"(d), "r"(e), "r"(f)'];
  return {
    [`src/thread/${target}/syscall_cp.s`]: wrapperSource(lines),
    'src/thread/pthread_cancel.c': cancelSource(handler),
    ...contextHeaders(target, handler),
    'src/thread/pthread_create.c':
      '#include "pthread_impl.h"\n\nint pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*f)(void *), ' +
      'void *arg)\n{\n\treturn ENOSYS;\n}\n',
    'src/unistd/read.c':
      '#include <unistd.h>\n#include "syscall.h"\n\nssize_t read(int fd, void *buf, size_t count)\n{\n' +
      '\treturn syscall_cp(SYS_read, fd, buf, count);\n}\n',
    'src/internal/syscall.h':
      '#include <sys/syscall.h>\n#include "syscall_arch.h"\n\n#define hidden ' +
      '__attribute__((__visibility__("hidden")))\n\nhidden long __syscall_ret(unsigned long);\n' +
      'hidden long __syscall_cp(long, long, long, long, long, long, long);\n\n#define syscall_cp(n, a, b, c) ' +
      '__syscall_ret(__syscall_cp(n, (long)(a), (long)(b), (long)(c), 0, 0, 0))\n',
    'src/internal/pthread_impl.h':
      '#include <errno.h>\n#include <pthread.h>\n#include <signal.h>\n#include "pthread_arch.h"\n' +
      '#include "syscall.h"\n\n#define SIGCANCEL 33\n\n' +
      'struct pthread {\n\tstruct pthread *self;\n\tint tid;\n\tvolatile int cancel;\n\tint canceldisable;\n' +
      '\tint cancelasync;\n};\n\nhidden struct pthread *__pthread_self(void);\nhidden long ' +
      '__syscall_cp_asm(volatile void *, long, long, long, long, long, long, long);\nhidden long __cancel(void);\n' +
      'hidden extern const char __cp_begin[1], __cp_end[1], __cp_cancel[1];\n',
    'arch/generic/bits/fcntl.h': '#define O_CLOEXEC 02000000\n',
    [`arch/${target}/bits/syscall.h.in`]: `#define __NR_read\t${target === 'i386' ? 3 : 0}\n`,
    [`arch/${target}/syscall_arch.h`]:
      'static inline long __syscall6(long n, long a, long b, long c, long d, long e, long f)\n{\n\tlong ret;\n' +
      `\t__asm__ __volatile__ ("${entry}" : "=a"(ret) : "a"(n), ${before} : "memory");\n\treturn ret;\n}\n`,
  };
}
