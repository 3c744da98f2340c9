import { jumpTargets } from '../../src/x86/jump-targets.js';
import { musl } from '../../src/libc/musl.js';
import type { Libc } from '../../src/libc/types.js';
import { blocks, fixture, lift, routine } from './support.js';

describe('a window that redirects (i386)', () => {
  const file = lift(fixture('window-i386.s'));
  const window = routine(file, 'window_call');

  test('labels of the window stay inside the routine, blocks come in address order', () => {
    expect(file.functions.map((f) => f.name)).toEqual(['window_call', 'next']);
    expect(blocks(window)).toEqual([
      ['window_call:', 'mov 4(%esp), %edx', 'pushl %ebx', 'pushl %esi', '-> 1'],
      ['__cp_begin:', 'cmpl $0, (%edx)', 'jne 4 else 2'],
      ['movl 16(%esp), %eax', 'movl 20(%esp), %ebx', 'movl 24(%esp), %ecx', '<int80> int $0x80', '-> 3'],
      ['__cp_end:', 'popl %esi', 'popl %ebx', 'return'],
      ['__cp_cancel:', 'popl %esi', 'popl %ebx', 'tail __cancel'],
    ]);
    expect([...jumpTargets(window)]).toEqual([4]);
  });

  test('ids of operations follow the addresses', () => {
    const ids = window.blocks.flatMap((b) => b.ops.map((op) => op.id));
    expect(ids).toEqual(ids.map((_, n) => n));
  });

  test('operands are expressions', () => {
    expect(window.blocks[1]?.ops[1]).toEqual({
      id: 5,
      op: 'instruction',
      mnemonic: 'cmpl',
      operands: [
        { k: 'int', value: 0n },
        { k: 'memory', base: 'edx', width: 4 },
      ],
      text: 'cmpl $0, (%edx)',
      origin: { at: { file: 't.s', line: 16, column: 2, endLine: 16, endColumn: 17 } },
    });
  });

  test('the number of the system call is what was moved to the accumulator', () => {
    expect(window.blocks[2]?.ops[3]).toMatchObject({
      op: 'syscall',
      number: { k: 'memory', base: 'esp', displacement: { k: 'int', value: 16n }, width: 4 },
      args: [],
      cancellable: false,
      via: 'int $0x80',
      entry: 'int80',
      returns: 'kernel',
    });
    expect(routine(file, 'next').blocks[0]?.ops[3]).toMatchObject({ op: 'syscall', number: { k: 'int', value: 6n } });
  });

  test('facts about the routine', () => {
    expect(window).toMatchObject({
      kind: 'assembly',
      isStatic: false,
      notUnderstood: 0,
      targets: ['i386'],
      nameAt: { line: 11, column: 1, endColumn: 12 },
      extent: { line: 11, column: 1, endLine: 29, endColumn: 14 },
    });
    expect(routine(file, 'next').isStatic).toBe(true);
    expect(file.problems).toEqual([]);
  });
});

describe('a window that leaves to another function (x86_64)', () => {
  const file = lift(fixture('window-x86_64.s'));

  test('a conditional jump out of the routine goes through a block of its own', () => {
    expect(blocks(routine(file, 'enter'))).toEqual([
      ['enter:', 'enter_start:', 'testb $FLAG_BIT, (%rdi)', 'jne 3 else 1'],
      ['mov %rsi, %rax', 'mov %rdx, %rdi', '<syscall> syscall', '-> 2'],
      ['enter_end:', 'return'],
      ['tail do_cancel'],
    ]);
    expect(file.functions).toHaveLength(1);
  });

  test('a constant that is not known stays a name', () => {
    expect(routine(file, 'enter').blocks[0]?.ops[2]).toMatchObject({
      operands: [{ k: 'name', name: 'FLAG_BIT' }, { width: 1 }],
    });
  });
});

describe('where routines begin and end', () => {
  const file = lift(fixture('routines.s'));

  test('by type, by reach, by section', () => {
    expect(file.functions.map((f) => f.name)).toEqual(['first', 'untyped', 'falls', 'last', 'cold', '.init']);
    expect(blocks(routine(file, 'first'))).toEqual([
      ['also_first:', 'first:', 'test %eax, %eax', 'jz 3 else 1'],
      ['call helper', '-> 2'],
      ['inside:', 'return'],
      ['1:', 'tail outside'],
    ]);
  });

  test('computed jumps are unknown, traps end', () => {
    expect(blocks(routine(file, 'untyped'))).toEqual([['untyped:', 'unknown jmp *%ecx']]);
    expect(routine(file, 'untyped').notUnderstood).toBe(1);
    expect(blocks(routine(file, 'last'))).toEqual([['last:', '<vdso> call *%gs:16', 'hlt', 'unreachable']]);
  });

  test('what runs into the next routine goes there', () => {
    expect(blocks(routine(file, 'falls'))).toEqual([['falls:', 'nop', 'tail last']]);
  });

  test('a jump into another section leaves the routine', () => {
    expect(blocks(routine(file, 'cold'))).toEqual([['cold:', 'jnz 2 else 1'], ['tail first'], ['tail last']]);
  });

  test('aliases', () => {
    expect(file.aliases.map(({ alias, of, weak }) => [alias, of, weak])).toEqual([
      ['also_first', 'first', false],
      ['w', 'last', true],
      ['v', 'last', true],
    ]);
  });
});

describe('control flow', () => {
  const one = (body: string): string[][] => blocks(routine(lift(`.type f,@function\nf:\n${body}`), 'f'));

  test('loops, hints, and code behind a jump', () => {
    expect(one('1: dec %ecx\nloop 1b\njmp 2f\nnop\n2: ret')).toEqual([
      ['f:', '1:', 'dec %ecx', 'loop 0 else 1'],
      ['-> 3'],
      ['nop', '-> 3'],
      ['2:', 'return'],
    ]);
  });

  test('a jump through the GOT goes to the symbol, any other memory is unknown', () => {
    expect(one('jmp *g@GOTPCREL(%rip)')).toEqual([['f:', 'tail g']]);
    expect(one('jmp *g(%rip)')).toEqual([['f:', 'unknown jmp *g(%rip)']]);
  });

  test('a label that does not exist', () => {
    expect(one('jz 7f\nret')).toEqual([['f:', 'jz 2 else 1'], ['return'], ['unknown jz 7f']]);
  });

  test('a call of a label inside stays a call', () => {
    expect(one('call 1f\n1: pop %ebx\nret')).toEqual([
      ['f:', 'call *', '-> 1'],
      ['1:', 'pop %ebx', 'return'],
    ]);
  });

  test('the end of a section', () => {
    expect(one('nop')).toEqual([['f:', 'nop', 'unknown runs on past the end of the section']]);
    expect(one('mov $1, %eax\nint $0x80')).toEqual([['f:', 'mov $1, %eax', '<int80> int $0x80', 'unreachable']]);
    expect(one('jmp 1f\n1:')).toEqual([
      ['f:', '-> 1'],
      ['1:', 'unknown runs on past the end of the section'],
    ]);
  });

  test('unknown statements are operations, and counted', () => {
    const file = lift('.type f,@function\nf: frob\nret');
    const f = routine(file, 'f');
    expect(blocks(f)).toEqual([['f:', '?? unknown mnemonic frob', 'return']]);
    expect(f.notUnderstood).toBe(1);
    expect(file.problems).toMatchObject([{ kind: 'parse-error', function: 'f' }]);
  });

  test('bytes where instructions run are not understood, tables are no code', () => {
    const file = lift('.type f,@function\nf: .byte 0x0f, 0x05\nret\ntable: .long 1');
    expect(blocks(routine(file, 'f'))).toEqual([['f:', '?? data where instructions run', 'return']]);
    expect(file.problems).toMatchObject([{ kind: 'not-lifted', function: 'f' }]);
    expect(one('jmp *%eax\n.long 1')).toEqual([['f:', 'unknown jmp *%eax']]);
  });

  test('a window label that has the type of a function stays inside as long as control gets there', () => {
    const text =
      '.type f,@function\n.type __cp_begin,@function\n.type __cp_end,@function\nf: nop\n__cp_begin: int $0x80\n__cp_end: ret';
    expect(lift(text).functions.map((f) => f.name)).toEqual(['f']);
  });
});

describe('system calls and their numbers', () => {
  const number = (body: string): unknown => {
    const file = lift(`.type f,@function\nf:\n${body}\nret`);
    const ops = routine(file, 'f').blocks.flatMap((b) => b.ops);
    return ops.flatMap((op) => (op.op === 'syscall' ? [[op.entry, op.number]] : []))[0];
  };
  const int = (value: bigint) => ({ k: 'int', value });
  const unknown = { k: 'unknown', text: '%eax' };

  test.each([
    ['mov $6, %eax\nint $0x80', ['int80', int(6n)]],
    ['mov $6, %eax\nint $128', ['int80', int(6n)]],
    ['mov $SYS_close, %rax\nsyscall', ['syscall', { k: 'name', name: 'SYS_close' }]],
    ['sysenter', ['sysenter', unknown]],
    ['call *%gs:16', ['vdso', unknown]],
    ['movl $1, %eax\ncall *%gs:SYSINFO_OFFSET', ['vdso', int(1n)]],
    ['call *_dl_sysinfo', ['vdso', unknown]],
    ['call *_dl_sysinfo@GOTOFF(%ebx)', ['vdso', unknown]],
    ['call __kernel_vsyscall', ['vdso', unknown]],
    ['mov %rsi, %rax\nsyscall', ['syscall', { k: 'register', name: 'rsi' }]],
    ['xor %eax, %eax\nmov $5, %al\nint $0x80', ['int80', int(5n)]],
    ['xor %eax, %eax\ninc %eax\nint $0x80', ['int80', int(1n)]],
    ['push $9\npop %eax\nint $0x80', ['int80', int(9n)]],
    ['mov $5, %al\nint $0x80', ['int80', unknown]],
    ['mov $5, %eax\nmul %ecx\nint $0x80', ['int80', unknown]],
    ['mov $5, %eax\nadd %ecx, %eax\nint $0x80', ['int80', unknown]],
    ['mov $5, %eax\ncmp $5, %eax\njne 2f\nint $0x80\n2:', ['int80', int(5n)]],
    ['mov $5, %eax\n1: int $0x80\njmp 1b', ['int80', unknown]],
    ['mov $5, %eax\n1: int $0x80', ['int80', int(5n)]],
    ['mov $5, %eax\ncall g\nint $0x80', ['int80', unknown]],
  ])('%j', (body, expected) => {
    expect(number(body)).toEqual(expected);
  });

  test('other interrupts are instructions', () => {
    expect(number('int $3')).toBeUndefined();
  });
});

describe('calls with a role', () => {
  const libc: Libc = {
    ...musl,
    roles: [
      { names: ['act_now'], is: { role: 'act', mayReturn: false }, why: '' },
      { names: ['maybe_act'], is: { role: 'act', mayReturn: true }, why: '' },
      { names: ['async_on[12]?'], is: { role: 'async-enable' }, why: '' },
      { names: ['async_back'], is: { role: 'async-restore' }, why: '' },
      { names: ['look'], is: { role: 'test-cancel' }, why: '' },
      { names: ['die'], is: { role: 'noreturn' }, why: '' },
      {
        names: ['close_raw'],
        is: { role: 'syscall', cancellable: true, number: 'SYS_close', args: 0, returns: 'errno' },
        why: '',
      },
      { names: ['window'], is: { role: 'window-call', flag: 0, number: 1 }, why: '' },
    ],
  };
  const ops = (body: string) => routine(lift(`.type f,@function\nf:\n${body}`, libc), 'f').blocks;

  test.each([
    ['call async_on2', { op: 'async', to: 'enable', how: 'async_on2' }],
    ['call async_back@PLT', { op: 'async', to: 'restore', how: 'async_back' }],
    ['call __GI_look', { op: 'test-cancel', how: '__GI_look' }],
    ['call maybe_act', { op: 'act', mayReturn: true }],
    [
      'call close_raw',
      { op: 'syscall', cancellable: true, number: { k: 'name', name: 'SYS_close' }, entry: 'wrapper' },
    ],
    ['call window', { op: 'window-call', callee: 'window' }],
    ['call *look@GOT(%ebx)', { op: 'test-cancel' }],
    ['call other', { op: 'call', callee: 'other', target: { k: 'name', name: 'other' } }],
    ['call *%eax', { op: 'call', callee: undefined, target: { k: 'register', name: 'eax' } }],
  ])('%s', (body, expected) => {
    expect(ops(`${body}\nret`)[0]?.ops[1]).toMatchObject(expected);
  });

  test('what does not come back ends its block', () => {
    expect(ops('call act_now\nnop\nret').map((b) => b.end.t)).toEqual(['unreachable', 'return']);
    expect(ops('call die').map((b) => b.end.t)).toEqual(['unreachable']);
  });
});
