/**
 * Windows in the manner of musl and glibc for the tests of the window rules: right ones, and the edits that make them
 * wrong. Written for the tests; registers and order are not those of any libc.
 */

/** A text with a place in it changed. Throws where the place is not found, or found twice. */
export function edit(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`'${from}' is not in the text exactly once`);
  return text.replace(from, () => to);
}

/** musl, i386: saves registers in front of the window, cancels behind its own frame. */
export const musl386 = `.text
.globl __cp_begin
.hidden __cp_begin
.globl __cp_end
.hidden __cp_end
.globl __cp_cancel
.hidden __cp_cancel
.globl __syscall_cp_asm
.hidden __syscall_cp_asm
.type __syscall_cp_asm,@function
__syscall_cp_asm:
	pushl %ebp
	pushl %edi
	pushl %esi
	pushl %ebx
	movl 20(%esp),%edx
__cp_begin:
	movl (%edx),%ecx
	testl %ecx,%ecx
	jne __cp_cancel
	movl 24(%esp),%eax
	movl 28(%esp),%ebx
	movl 32(%esp),%ecx
	movl 36(%esp),%edx
	movl 40(%esp),%esi
	movl 44(%esp),%edi
	movl 48(%esp),%ebp
	int $0x80
__cp_end:
	popl %ebx
	popl %esi
	popl %edi
	popl %ebp
	ret
__cp_cancel:
	popl %ebx
	popl %esi
	popl %edi
	popl %ebp
	jmp __cancel
`;

/** musl, x86_64 and x32: the window starts at the routine's first instruction. */
export const musl64 = `.text
.globl __cp_begin
.hidden __cp_begin
.globl __cp_end
.hidden __cp_end
.globl __cp_cancel
.hidden __cp_cancel
.globl __syscall_cp_asm
.hidden __syscall_cp_asm
.type __syscall_cp_asm,@function
__syscall_cp_asm:
__cp_begin:
	cmpl $0,(%rdi)
	jnz __cp_cancel
	movq %rsi,%rax
	movq %rdx,%rdi
	movq %rcx,%rsi
	movq %r8,%rdx
	movq %r9,%r10
	movq 8(%rsp),%r8
	movq 16(%rsp),%r9
	syscall
__cp_end:
	ret
__cp_cancel:
	jmp __cancel
`;

/** musl in 2011 and 2012, i386: stack pointer and address of the call are stored, in front of the flag, for the handler. */
export const saved386 = `.text
.globl __syscall_cp_asm
.type __syscall_cp_asm,@function
__syscall_cp_asm:
	pushl %ebp
	pushl %edi
	pushl %esi
	pushl %ebx
	movl 20(%esp),%edx
	movl $1f,4(%edx)
	movl %esp,(%edx)
	cmpl $0,8(%edx)
	jne 2f
	movl 24(%esp),%eax
	movl 28(%esp),%ebx
	movl 32(%esp),%ecx
	movl 36(%esp),%edx
	movl 40(%esp),%esi
	movl 44(%esp),%edi
	movl 48(%esp),%ebp
1:	int $0x80
	popl %ebx
	popl %esi
	popl %edi
	popl %ebp
	ret
2:	call __cancel
`;

/** The same for x86_64. */
export const saved64 = `.text
.globl __syscall_cp_asm
.type __syscall_cp_asm,@function
__syscall_cp_asm:
	leaq 1f(%rip),%rax
	movq %rax,8(%rdi)
	movq %rsp,(%rdi)
	cmpl $0,16(%rdi)
	jnz 2f
	movq %rsi,%rax
	movq %rdx,%rdi
	movq %rcx,%rsi
	movq %r8,%rdx
	movq %r9,%r10
	movq 8(%rsp),%r8
	movq 16(%rsp),%r9
1:	syscall
	ret
2:	call __cancel
`;

/** Its handler. */
export const savedHandler = `static void on_cancel(int sig, siginfo_t *info, void *context)
{
	struct pthread *self = __pthread_self();
	uintptr_t sp = stack_of(context), pc = pc_of(context);
	if (!self->cancel || self->canceldisable) return;
	if (self->cancelasync || sp == self->cp_sp && pc <= self->cp_ip) __cancel();
}
`;

export const at386 = 'src/thread/i386/syscall_cp.s';
export const at64 = 'src/thread/x86_64/syscall_cp.s';
export const atX32 = 'src/thread/x32/syscall_cp.s';

/** What glibc's assembly includes, cut down to what a window needs. */
const glibcHeaders = {
  'sysdeps/generic/sysdep.h': `#define C_SYMBOL_NAME(name) name
#define C_LABEL(name) name:
#define ENTRY(name) .globl C_SYMBOL_NAME (name); .type C_SYMBOL_NAME (name),@function; C_LABEL (name) cfi_startproc;
#define END(name) cfi_endproc; .size name,.-name
#define cfi_startproc .cfi_startproc
#define cfi_endproc .cfi_endproc
#define cfi_adjust_cfa_offset(off) .cfi_adjust_cfa_offset off
#define cfi_rel_offset(reg, off) .cfi_rel_offset reg, off
`,
  'sysdeps/nptl/descr-const.h': '#define TCB_CANCELED_BITMASK 8\n',
};

export const gnu386at = 'sysdeps/unix/sysv/linux/i386/syscall_cancel.S';
export const gnu64at = 'sysdeps/unix/sysv/linux/x86_64/syscall_cancel.S';

/** glibc from 2.41, i386: one local label behind the return cancels. */
export const gnu386 = `#include <sysdep.h>
#include <descr-const.h>

ENTRY (__syscall_cancel_arch)
	pushl	%ebx
	cfi_adjust_cfa_offset (4)
	cfi_rel_offset (ebx, 0)
	pushl	%esi
	cfi_adjust_cfa_offset (4)
	cfi_rel_offset (esi, 0)
	pushl	%edi
	cfi_adjust_cfa_offset (4)
	cfi_rel_offset (edi, 0)
	pushl	%ebp
	cfi_adjust_cfa_offset (4)
	cfi_rel_offset (ebp, 0)
	.globl	__syscall_cancel_arch_start
__syscall_cancel_arch_start:
	movl	20(%esp), %ecx
	testb	$TCB_CANCELED_BITMASK, (%ecx)
	jne	1f
	movl	24(%esp), %eax
	movl	28(%esp), %ebx
	movl	32(%esp), %ecx
	movl	36(%esp), %edx
	movl	40(%esp), %esi
	movl	44(%esp), %edi
	movl	48(%esp), %ebp
	int	$0x80
	.globl	__syscall_cancel_arch_end
__syscall_cancel_arch_end:
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	ret
1:
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	jmp	__syscall_do_cancel
END (__syscall_cancel_arch)
`;

/** glibc from 2.41, x86_64 and x32: the jump to the cancel routine leaves directly. */
export const gnu64 = `#include <sysdep.h>
#include <descr-const.h>

ENTRY (__syscall_cancel_arch)
	.globl	__syscall_cancel_arch_start
__syscall_cancel_arch_start:
	testb	$TCB_CANCELED_BITMASK, (%rdi)
	jne	__syscall_do_cancel
	mov	%rsi, %rax
	mov	%rdx, %rdi
	mov	%rcx, %rsi
	mov	%r8, %rdx
	mov	%r9, %r10
	mov	8(%rsp), %r8
	mov	16(%rsp), %r9
	syscall
	.globl	__syscall_cancel_arch_end
__syscall_cancel_arch_end:
	ret
END (__syscall_cancel_arch)
`;

/** A glibc tree with one of the two. */
export const glibcTree = (path: string, text: string): Record<string, string> => ({ ...glibcHeaders, [path]: text });
