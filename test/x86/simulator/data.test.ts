/** Moves, extensions, conditions, addresses, stack. */
import { flagMask } from '../../../src/x86/table/flags.js';
import { CONDITIONS } from '../../../src/x86/table/conditions.js';
import { after, CF, CODE, DATA, machineOf, OF, PF, read, runToEnd, SF, STACK_TOP, write, ZF } from './support.js';

test('extensions', () => {
  const names = { eax: 0x8081, ecx: 0x11111111 };
  expect(after('i386', 'movzbl %al, %ecx', names).register('ecx')).toBe(0x81n);
  expect(after('i386', 'movsbl %al, %ecx', names).register('ecx')).toBe(0xffffff81n);
  expect(after('i386', 'movsbw %al, %cx', names).register('ecx')).toBe(0x1111ff81n);
  expect(after('i386', 'movswl %ax, %ecx', names).register('ecx')).toBe(0xffff8081n);
  expect(after('i386', 'movzx %ah, %ecx', names).register('ecx')).toBe(0x80n);
  expect(after('x86_64', 'movslq %eax, %rcx', { rax: 0x80000000 }).register('rcx')).toBe(0xffffffff80000000n);
  expect(after('x86_64', 'movsbq %al, %rcx', { rax: 0x80 }).register('rcx')).toBe(0xffffffffffffff80n);
  expect(after('i386', 'cbtw\n cwtl\n cltd', { eax: 0x80 }).register('eax')).toBe(0xffffff80n);
  expect(after('i386', 'cbtw\n cwtl\n cltd', { eax: 0x80 }).register('edx')).toBe(0xffffffffn);
  expect(after('x86_64', 'cltq\n cqto', { rax: 0x80000000 }).register('rdx')).toBe(0xffffffffffffffffn);
});

test('addresses', () => {
  const names = { eax: 0x10, ecx: 0x20, edx: 0xfffffff0 };
  expect(after('i386', 'leal 4(%eax,%ecx,8), %ebx', names).register('ebx')).toBe(0x114n);
  expect(after('i386', 'leal 0x20(%edx), %ebx', names).register('ebx')).toBe(0x10n);
  expect(after('i386', 'leaw 0x20(%edx), %bx', { ...names, ebx: -1 }).register('ebx')).toBe(0xffff0010n);
  expect(after('i386', 'leal -1(%bx,%si), %eax', { ebx: 0x18000, esi: 0x18000 }).register('eax')).toBe(0xffffn);
  expect(after('x86_64', 'leaq (%rax,%rcx,8), %rdx', { rax: -8, rcx: 1n << 61n }).register('rdx')).toBe(
    (1n << 64n) - 8n,
  );
  expect(after('x86_64', 'leal (%rax,%rax), %edx', { rax: 0x80000001, rdx: -1 }).register('rdx')).toBe(2n);
  expect(after('x86_64', 'leaq 8(%rip), %rax').register('rax')).toBe(BigInt(CODE + 4 + 8));
  expect(after('x86_64', 'leaq here(%rip), %rax\n here: nop').register('rax')).toBe(BigInt(CODE + 4));
});

test('xlat takes %al as an index', () => {
  for (const [mode, base] of [
    ['i386', 'ebx'],
    ['x86_64', 'rbx'],
  ] as const) {
    const machine = machineOf(mode, 'xlat', { [base]: DATA, eax: 0xffffff07 });
    write(machine, DATA + 7, 1, 0x5an);
    expect(runToEnd(machine).register('eax')).toBe(0xffffff5an);
  }
});

test('%gs and %fs add their base', () => {
  const machine = machineOf('i386', 'movl %gs:-4, %eax');
  machine.state.gsBase = DATA + 8;
  write(machine, DATA + 4, 4, 0x12345678n);
  expect(runToEnd(machine).register('eax')).toBe(0x12345678n);
  const long = machineOf('x86_64', 'movq %fs:-8(%rax), %rax', { rax: 8 });
  long.state.fsBase = DATA + 8;
  write(long, DATA + 8, 8, 0x1122334455667788n);
  expect(runToEnd(long).register('rax')).toBe(0x1122334455667788n);
  // Null in i386, unless a base was given.
  expect(machineOf('i386', 'movl %fs:0, %eax').step()).toMatchObject({ kind: 'fault', name: '#GP' });
});

/** The manual's words for each condition. */
const HOLDS: Readonly<Record<string, (f: (bit: number) => boolean) => boolean>> = {
  o: (f) => f(OF),
  b: (f) => f(CF),
  e: (f) => f(ZF),
  be: (f) => f(CF) || f(ZF),
  s: (f) => f(SF),
  p: (f) => f(PF),
  l: (f) => f(SF) !== f(OF),
  le: (f) => f(ZF) || f(SF) !== f(OF),
};

describe.each(CONDITIONS.map((c, n) => [c.names.join(' '), n] as const))('condition %s', (_names, number) => {
  const { names, reads } = CONDITIONS[number]!;
  const even = CONDITIONS[number - (number % 2)]!.names[0]!;
  const holds = (flags: number): boolean => HOLDS[even]!((bit) => (flags & bit) !== 0) === (number % 2 === 0);

  test('set, cmov and jumps agree on every combination of flags', () => {
    for (let n = 0; n < 32; n++) {
      const flags = (n & 1) | ((n & 2) << 1) | ((n & 4) << 4) | ((n & 8) << 4) | ((n & 16) << 7);
      for (const name of names) {
        const text = `set${name} %bl\n cmov${name} %ecx, %eax\n j${name} 1f\n movl $9, %edx\n 1:`;
        const machine = machineOf('i386', text, { eax: 1, ecx: 2, edx: 3, ebx: 0xff });
        machine.state.flags |= flags;
        runToEnd(machine);
        const yes = holds(flags);
        expect(['bl', 'eax', 'edx'].map((r) => machine.register(r))).toEqual(yes ? [1n, 2n, 3n] : [0n, 1n, 9n]);
        expect(machine.state.flags & flagMask('ospzc')).toBe(flags);
      }
    }
  });

  test('only the flags it reads matter', () => {
    const machine = machineOf('i386', `set${names[0]!} %bl`);
    machine.state.undefinedFlags = flagMask('oszapc') & ~flagMask(reads);
    runToEnd(machine);
    expect(machine.undefinedBits('bl')).toBe(0n);
  });
});

test('a false conditional move clears the upper half of a 32-bit destination', () => {
  expect(after('x86_64', 'cmovel %ecx, %eax', { rax: -1n }).register('rax')).toBe(0xffffffffn);
});

test('push and pop', () => {
  const machine = after('i386', 'pushl %esp\n pushw $-2\n pushl $3\n popl %eax\n popw %cx\n popl %edx');
  expect(machine.register('eax')).toBe(3n);
  expect(machine.register('cx')).toBe(0xfffen);
  // The value is that from before the push.
  expect(machine.register('edx')).toBe(BigInt(STACK_TOP));
  expect(after('i386', 'pushl $7\n popl %esp').register('esp')).toBe(7n);
  expect(after('x86_64', 'pushq $-1\n popq %rax').register('rax')).toBe(0xffffffffffffffffn);
});

test('pop to memory addresses it with the new stack pointer', () => {
  const machine = after('i386', 'pushl $5\n popl -8(%esp)');
  expect(read(machine, STACK_TOP - 8, 4)).toBe(5n);
});

test('pusha and popa skip the stack pointer', () => {
  const names = { eax: 1, ecx: 2, edx: 3, ebx: 4, ebp: 5, esi: 6, edi: 7 };
  const clear = ['eax', 'ecx', 'edx', 'ebx', 'ebp', 'esi', 'edi'];
  const text = ['pusha', ...clear.map((r) => `xorl %${r}, %${r}`), 'popa'].join('\n');
  const machine = after('i386', text, names);
  expect(clear.map((r) => machine.register(r))).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n]);
  expect(machine.register('esp')).toBe(BigInt(STACK_TOP));
  expect(read(machine, STACK_TOP - 20, 4)).toBe(BigInt(STACK_TOP));
});

test('enter and leave', () => {
  const machine = after('i386', 'enter $16, $0', { ebp: 0x1234 });
  expect(machine.register('ebp')).toBe(BigInt(STACK_TOP - 4));
  expect(machine.register('esp')).toBe(BigInt(STACK_TOP - 20));
  expect(read(machine, STACK_TOP - 4, 4)).toBe(0x1234n);
  const nested = after('i386', 'enter $8, $2', { ebp: STACK_TOP - 16 });
  expect(nested.register('esp')).toBe(BigInt(STACK_TOP - 4 * 3 - 8));
  const back = after('x86_64', 'enter $32, $0\n leave', { rbp: 0x77 });
  expect([back.register('rbp'), back.register('rsp')]).toEqual([0x77n, BigInt(STACK_TOP)]);
});

test('pushf shows what user mode can see, popf changes what it may', () => {
  const machine = after('i386', 'stc\n pushfl\n popl %eax');
  expect(machine.register('eax')).toBe(0x203n);
  const all = after('i386', 'pushl $-1\n popfl\n pushfl');
  expect(read(all, STACK_TOP - 4, 4)).toBe(0x244fd7n);
  const low = after('i386', 'pushw $-1\n popfw');
  expect(low.state.flags).toBe(0x4fd7);
});

test('calls and returns', () => {
  const text = 'call f\n addl $1, %eax\n jmp 2f\n f: movl $5, %eax\n ret $8\n 2:';
  const machine = after('i386', text);
  expect([machine.register('eax'), machine.register('esp')]).toEqual([6n, BigInt(STACK_TOP + 8)]);
  const long = after('x86_64', 'leaq f(%rip), %rax\n call *%rax\n jmp 2f\n f: ret\n 2:');
  expect(long.register('rsp')).toBe(BigInt(STACK_TOP));
});

test('loop, loope and jecxz', () => {
  expect(after('i386', '1: incl %eax\n loop 1b', { ecx: 5 }).register('eax')).toBe(5n);
  expect(after('i386', '1: incl %eax\n cmpl $3, %eax\n loopne 1b', { ecx: 9 }).register('eax')).toBe(3n);
  expect(after('i386', 'jecxz 1f\n movl $1, %eax\n 1:', { ecx: 0 }).register('eax')).toBe(0n);
  expect(after('x86_64', 'jrcxz 1f\n movl $1, %eax\n 1:', { rcx: 1n << 32n }).register('rax')).toBe(1n);
  expect(after('x86_64', 'jecxz 1f\n movl $1, %eax\n 1:', { rcx: 1n << 32n }).register('rax')).toBe(0n);
});

test('lahf and sahf', () => {
  expect(after('i386', 'stc\n lahf').register('ah')).toBe(3n);
  expect(after('i386', 'sahf', { eax: 0xff00 }).state.flags & 0xff).toBe(0xd7);
});

test('cmpxchg8b and cmpxchg16b', () => {
  const machine = machineOf('i386', 'lock cmpxchg8b (%esi)', { esi: DATA, eax: 1, edx: 2, ebx: 3, ecx: 4 });
  write(machine, DATA, 8, 0x0000000200000001n);
  runToEnd(machine);
  expect([read(machine, DATA, 8), machine.state.flags & ZF]).toEqual([0x0000000400000003n, ZF]);
  const long = machineOf('x86_64', 'lock cmpxchg16b (%rsi)', { rsi: DATA, rax: 1, rdx: 2 });
  write(long, DATA, 8, 5n);
  runToEnd(long);
  expect([long.register('rax'), long.register('rdx'), long.state.flags & ZF]).toEqual([5n, 0n, 0]);
  expect(machineOf('x86_64', 'cmpxchg16b 8(%rsi)', { rsi: DATA }).step()).toMatchObject({ name: '#GP' });
});

test('bound', () => {
  const machine = machineOf('i386', 'bound %eax, (%esi)', { esi: DATA, eax: 5 });
  write(machine, DATA, 8, 0x0000000400000001n);
  expect(machine.step()).toMatchObject({ kind: 'fault', name: '#BR', vector: 5 });
  machine.setRegister('eax', 4);
  expect(machine.step()).toMatchObject({ kind: 'stop' });
});
