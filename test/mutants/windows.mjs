/**
 * Correct windows of ours, as a wrapper's lines. All have the redirect design: the flag is read behind `__cp_begin`, the
 * system call stands right in front of `__cp_end`, and the handler sends what it finds between the two to `__cp_cancel`.
 * The wrapper's arguments are the flag's address, the number, and six more.
 */

const I386_PUSHES = ['push %ebx', 'push %esi', 'push %edi', 'push %ebp'];
const I386_POPS = ['pop %ebp', 'pop %edi', 'pop %esi', 'pop %ebx'];
/** Behind four saved registers and the return address: the number and the arguments. */
const I386_LOADS = [
  ...['mov 24(%esp),%eax', 'mov 28(%esp),%ebx', 'mov 32(%esp),%ecx', 'mov 36(%esp),%edx'],
  ...['mov 40(%esp),%esi', 'mov 44(%esp),%edi', 'mov 48(%esp),%ebp'],
];
const I386_FRAME_RESTORES = [
  ...['mov 8(%esp),%ebx', 'mov 4(%esp),%esi', 'mov (%esp),%edi', 'add $12,%esp', 'pop %ebp'],
];
const X86_64_MOVES = [
  ...['mov %rsi,%rax', 'mov %rdx,%rdi', 'mov %rcx,%rsi', 'mov %r8,%rdx', 'mov %r9,%r10'],
  ...['mov 8(%rsp),%r8', 'mov 16(%rsp),%r9'],
];

const CANCEL = '__cp_cancel';
const START = '__syscall_cp_asm:';

export const WINDOWS = {
  i386: {
    /** Registers are saved first; the flag is loaded, tested, and the rest follows. */
    plain: [
      ...[START, 'mov 4(%esp),%ecx', ...I386_PUSHES, '__cp_begin:', 'mov (%ecx),%eax', 'test %eax,%eax'],
      ...[`jne ${CANCEL}`, ...I386_LOADS, 'int $0x80', '__cp_end:', ...I386_POPS, 'ret'],
      ...['__cp_cancel:', ...I386_POPS, 'jmp __cancel'],
    ],
    /** Without a flag there is nothing to test. */
    guard: [
      ...[START, ...I386_PUSHES, 'mov 20(%esp),%edx', '__cp_begin:', 'test %edx,%edx', 'jz 1f', 'cmpl $0,(%edx)'],
      ...[`jnz ${CANCEL}`, '1:', ...I386_LOADS, 'int $0x80', '__cp_end:', ...I386_POPS, 'ret'],
      ...['__cp_cancel:', ...I386_POPS, 'jmp __cancel'],
    ],
    /** A frame, with the registers in it. */
    frame: [
      ...[START, 'push %ebp', 'mov %esp,%ebp', 'sub $12,%esp', 'mov %ebx,-4(%ebp)', 'mov %esi,-8(%ebp)'],
      ...['mov %edi,-12(%ebp)', 'mov 8(%ebp),%eax', '__cp_begin:', 'cmpl $0,(%eax)', `jne ${CANCEL}`],
      ...['mov 12(%ebp),%eax', 'mov 16(%ebp),%ebx', 'mov 20(%ebp),%ecx', 'mov 24(%ebp),%edx', 'mov 28(%ebp),%esi'],
      ...['mov 32(%ebp),%edi', 'mov 36(%ebp),%ebp', 'int $0x80', '__cp_end:', ...I386_FRAME_RESTORES, 'ret'],
      ...['__cp_cancel:', ...I386_FRAME_RESTORES, 'jmp __cancel'],
    ],
    /** The arguments are in place before the flag is read, which decides the other way round. */
    early: [
      ...[START, ...I386_PUSHES, ...I386_LOADS.slice(1), '__cp_begin:', 'mov 20(%esp),%eax', 'cmpl $0,(%eax)'],
      ...['je 1f', `jmp ${CANCEL}`, '1:', 'mov 24(%esp),%eax', 'int $0x80', '__cp_end:', ...I386_POPS, 'ret'],
      ...['__cp_cancel:', ...I386_POPS, 'jmp __cancel'],
    ],
  },
  x86_64: {
    plain: [
      ...[START, '__cp_begin:', 'mov (%rdi),%eax', 'test %eax,%eax', `jne ${CANCEL}`, ...X86_64_MOVES, 'syscall'],
      ...['__cp_end:', 'ret', '__cp_cancel:', 'jmp __cancel'],
    ],
    guard: [
      ...[START, '__cp_begin:', 'test %rdi,%rdi', 'jz 1f', 'cmpl $0,(%rdi)', `jnz ${CANCEL}`, '1:', ...X86_64_MOVES],
      ...['syscall', '__cp_end:', 'ret', '__cp_cancel:', 'jmp __cancel'],
    ],
    /** A frame, two saved registers and what they are used for. */
    frame: [
      ...[START, 'push %rbp', 'mov %rsp,%rbp', 'push %rbx', 'push %r12', 'mov %rdi,%rbx', 'mov %rsi,%r12'],
      ...['mov %rdx,%rdi', 'mov %rcx,%rsi', 'mov %r8,%rdx', 'mov %r9,%r10', 'mov 16(%rbp),%r8', 'mov 24(%rbp),%r9'],
      ...['__cp_begin:', 'cmpl $0,(%rbx)', `jne ${CANCEL}`, 'mov %r12,%rax', 'syscall', '__cp_end:', 'pop %r12'],
      ...['pop %rbx', 'pop %rbp', 'ret', '__cp_cancel:', 'pop %r12', 'pop %rbx', 'pop %rbp', 'jmp __cancel'],
    ],
    early: [
      ...[START, 'mov %rdi,%r11', 'mov %rsi,%rax', ...X86_64_MOVES.slice(1), '__cp_begin:', 'cmpl $0,(%r11)', 'je 1f'],
      ...[`jmp ${CANCEL}`, '1:', 'syscall', '__cp_end:', 'ret', '__cp_cancel:', 'jmp __cancel'],
    ],
    /** Registers are saved inside the stack arguments' way, and the flag is tested in place of its comparison. */
    saved: [
      ...[START, 'push %r13', 'push %r12', 'mov %rdi,%r12', 'mov %rsi,%r13', '__cp_begin:', 'mov (%r12),%r11d'],
      ...['or %r11d,%r11d', `jnz ${CANCEL}`, 'mov %r13,%rax', 'mov %rdx,%rdi', 'mov %rcx,%rsi', 'mov %r8,%rdx'],
      ...['mov %r9,%r10', 'mov 24(%rsp),%r8', 'mov 32(%rsp),%r9', 'syscall', '__cp_end:', 'pop %r12', 'pop %r13'],
      ...['ret', '__cp_cancel:', 'pop %r12', 'pop %r13', 'jmp __cancel'],
    ],
  },
};
