/** Explanations of the windows that the rules are tested with. */
import { explain } from '../../src/explain/explain.js';
import type { Explanation, InstructionRow } from '../../src/explain/model.js';
import type { Target } from '../../src/ir/types.js';
import { libcs } from '../../src/libc/index.js';
import { Roles } from '../../src/libc/roles.js';
import { asItIs } from '../../src/cpp/prepared.js';
import { parseAssembly } from '../../src/x86/parser.js';

/** The window in a text, which must have one. */
export function explained(text: string, target: Target, libcName = 'musl'): Explanation {
  const libc = libcs.find(({ name }) => name === libcName)!;
  const [convention] = libc.windows;
  const unit = parseAssembly(asItIs('src/thread/syscall_cp.s', text));
  const found = explain({ unit, target, convention: convention!, libc, roles: new Roles(libc) });
  if (!found) throw new Error('there is no window');
  return found;
}

export const instructions = ({ rows }: Explanation): readonly InstructionRow[] =>
  rows.flatMap((row) => (row.row === 'instruction' ? [row] : []));

/** glibc's window on x86_64 without its macros. */
export const plain64 = `.globl __syscall_cancel_arch
.type __syscall_cancel_arch, @function
__syscall_cancel_arch:
	.cfi_startproc
__syscall_cancel_arch_start:
	testb $8, (%rdi)
	jne __syscall_do_cancel
	mov %rsi, %rax
	mov %rdx, %rdi
	mov %rcx, %rsi
	mov %r8, %rdx
	mov %r9, %r10
	mov 8(%rsp), %r8
	mov 16(%rsp), %r9
	syscall
__syscall_cancel_arch_end:
	ret
	.cfi_endproc
`;
