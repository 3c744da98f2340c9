import { parse, shown } from './support.js';

describe('.macro', () => {
  test('arguments, defaults, names', () => {
    const macro = '.macro m a, b=%ecx\nmov \\a, \\b\n.endm\n';
    expect(shown(`${macro}m %eax`)).toEqual(['mov %eax, %ecx']);
    expect(shown(`${macro}m %eax, %edx`)).toEqual(['mov %eax, %edx']);
    expect(shown(`${macro}m %eax %edx`)).toEqual(['mov %eax, %edx']);
    expect(shown(`${macro}m b=%esi, a=%edi`)).toEqual(['mov %edi, %esi']);
    expect(shown(`${macro}M , %edx`)).toEqual(['?? not an expression']);
  });

  test('commas separate arguments even inside parentheses, unless quoted', () => {
    const macro = '.macro m a b\n.string "\\a|\\b"\n.endm\n';
    expect(shown(`${macro}m 8(%rax,%rbx), x`)).toEqual(['?? too many arguments for macro m']);
    expect(shown(`${macro}m "8(%rax,%rbx)", x`)).toEqual(['.string "8(%rax,%rbx)|x"']);
    expect(shown(`${macro}m a + b, (c d)`)).toEqual(['.string "a+b|(c d)"']);
    expect(shown(`${macro}m 1 -2`)).toEqual(['.string "1|-2"']);
  });

  test(':req and :vararg', () => {
    const macro = '.macro m first:req rest:vararg\n.long \\first\n.ifnb \\rest\nm \\rest\n.endif\n.endm\n';
    expect(shown(`${macro}m 1, 2, 3`)).toEqual(['.long 1', '.long 2', '.long 3']);
    expect(shown(`${macro}m`)).toEqual(['?? macro m needs an argument for first']);
  });

  test('\\@ counts uses, \\() separates', () => {
    expect(shown('.macro m p\n.L\\p\\()_\\@: jmp .L\\p\\()_\\@\n.endm\nm a\nm b')).toEqual([
      '.La_0:',
      'jmp .La_0',
      '.Lb_1:',
      'jmp .Lb_1',
    ]);
  });

  test('macros in macros, and macros that define macros', () => {
    expect(shown('.macro in r\npush \\r\n.endm\n.macro out\nin %eax\nin %ebx\n.endm\nout')).toEqual([
      'push %eax',
      'push %ebx',
    ]);
    expect(shown('.macro def\n.macro made\nret\n.endm\n.endm\ndef\nmade')).toEqual(['ret']);
  });

  test('.exitm leaves the macro and its conditionals', () => {
    expect(shown('.macro m a\n.if \\a\nret\n.exitm\n.endif\nhlt\n.endm\nm 1\nm 0\nnop')).toEqual(['ret', 'hlt', 'nop']);
  });

  test('.purgem forgets, and a macro may have the name of an instruction', () => {
    expect(shown('.macro ret\nhlt\n.endm\nret\n.purgem ret\nret')).toEqual(['hlt', 'ret']);
  });

  test('an expansion stands at the use and says where its body is', () => {
    const unit = parse('.macro inner\n  ret\n.endm\n.macro outer\n  inner\n.endm\nf: outer\n');
    const statement = unit.statements[1];
    if (!statement) throw new Error('nothing expanded');
    expect(unit.origin(statement.span)).toEqual({
      at: { file: 't.s', line: 7, column: 4, endLine: 7, endColumn: 9 },
      definition: { file: 't.s', line: 2, column: 3, endLine: 2, endColumn: 6 },
      macros: ['outer', 'inner'],
    });
  });
});

describe('repetitions', () => {
  test('.rept, .irp, .irpc', () => {
    expect(shown('.rept 3\nnop\n.endr')).toEqual(['nop', 'nop', 'nop']);
    expect(shown('.irp r, %eax, %ebx %ecx\npush \\r\n.endr')).toEqual(['push %eax', 'push %ebx', 'push %ecx']);
    expect(shown('.irpc c, abd\npush %e\\c\\()x\n.endr')).toEqual(['push %eax', 'push %ebx', 'push %edx']);
    expect(shown('n = 2\n.rept n*2-2\n.rept n\nnop\n.endr\n.endr')).toHaveLength(5);
    expect(shown('.rept 0\nnop\n.endr')).toEqual([]);
  });

  test('a repetition stands where its body stands', () => {
    const unit = parse('.rept 2\n  ret\n.endr');
    expect(unit.statements.map((s) => unit.origin(s.span).at)).toEqual(
      [1, 2].map(() => ({ file: 't.s', line: 2, column: 3, endLine: 2, endColumn: 6 })),
    );
  });

  test('a count that is not known is told', () => {
    expect(shown('.rept N\nnop\n.endr\nret')).toEqual(['?? number of repetitions is not known', 'ret']);
  });
});
