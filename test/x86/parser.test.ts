import { parse, show, shown } from './support.js';

describe('labels', () => {
  test('several on a line, with an instruction behind them', () => {
    expect(shown('a: b: 1: .Lx:\tint $128')).toEqual(['a:', 'b:', '1:', '.Lx:', 'int $128']);
  });

  test('numeric labels are told apart', () => {
    expect(parse('1: a:').statements.map((s) => s.kind === 'label' && s.numeric)).toEqual([true, false]);
  });

  test('a blank may stand before the colon, and a name may be quoted', () => {
    expect(shown('foo : "a b": ret')).toEqual(['foo:', 'a b:', 'ret']);
  });

  test('a segment override is no label', () => {
    expect(shown('mov %gs:0, %eax')).toEqual(['mov %gs:0, %eax']);
  });
});

describe('places', () => {
  const text = '.text\nf:\tmovl 4(%esp), %eax ; 2: ret # end\n';
  const unit = parse(text);

  test('statements, labels and operands have their own columns', () => {
    const at = unit.statements.map((s) => {
      const { line, column, endColumn } = unit.origin(s.span).at;
      return [show(s), line, column, endColumn];
    });
    expect(at).toEqual([
      ['.text', 1, 1, 6],
      ['f:', 2, 1, 2],
      ['movl 4(%esp), %eax', 2, 4, 22],
      ['2:', 2, 25, 26],
      ['ret', 2, 28, 31],
    ]);
    const move = unit.statements[2];
    if (move?.kind !== 'instruction') throw new Error('no instruction');
    expect(move.operandSpans.map((s) => text.slice(s.start, s.end))).toEqual(['4(%esp)', '%eax']);
  });
});

describe('directives', () => {
  test('arguments are kept, split at commas', () => {
    expect(shown('.type f,@function\n.type g, "function"\n.section .note.GNU-stack,"",%progbits\n.size f,.-f')).toEqual(
      ['.type f | @function', '.type g | "function"', '.section .note.GNU-stack | "" | %progbits', '.size f | .-f'],
    );
  });

  test('values are parsed', () => {
    const [statement] = parse('.long -1, 2f-1b, table+4').statements;
    expect(statement).toMatchObject({
      kind: 'directive',
      args: [
        { text: '-1', value: { k: 'unary' } },
        { text: '2f-1b', value: { k: 'binary', operator: '-' } },
        { text: 'table+4', value: { k: 'binary', operator: '+' } },
      ],
    });
    expect(parse('.cfi_offset %rbp, -16').statements[0]).toMatchObject({
      args: [{ value: { k: 'register', name: 'rbp' } }, { value: { k: 'unary' } }],
    });
    expect(parse('.cfi_offset ebp, -8').statements[0]).toMatchObject({
      args: [{ value: { k: 'symbol', name: 'ebp' } }, {}],
    });
  });

  test('strings may hold separators and comments', () => {
    expect(shown('.string "a;b, c#d\\"", "e" ; .ascii ""')).toEqual(['.string "a;b, c#d\\"" | "e"', '.ascii ""']);
  });

  test.each([
    ['.globol f', 'unknown directive .globol'],
    ['.long 1 2', 'text after an expression'],
    ['.string "abc', 'unterminated string'],
    ['.long (1', 'missing )'],
    ['.include "x.s"', 'included file is not read'],
  ])('%s', (text, reason) => {
    expect(shown(text)).toEqual([`?? ${reason}`]);
  });

  test('assignments', () => {
    expect(shown('a = 4\n.set b, a*2\n.equ c, (b)\nd == 1\n. = . + 4\nr = %eax\n.set s, f')).toEqual([
      'a = 4',
      'b = a*2',
      'c = b',
      'd = 1',
      '. = .+4',
      'r = %eax',
      's = f',
    ]);
  });

  test('a name that stands for a register is one', () => {
    expect(shown('nr = %eax\nmov nr, (nr)')).toEqual(['nr = %eax', 'mov %eax, (%eax)']);
  });

  test('.end ends the source', () => {
    expect(shown('ret\n.end\n???')).toEqual(['ret']);
  });
});

describe('Intel syntax', () => {
  test('is never misread: its instructions are unknown until the dialect changes back', () => {
    const unit = parse('ret\n.intel_syntax noprefix\nf: mov eax, [esp+4]\nint 0x80\n.att_syntax prefix\nret');
    expect(unit.statements.map(show)).toEqual([
      'ret',
      '.intel_syntax noprefix',
      'f:',
      '?? Intel syntax is not supported',
      '?? Intel syntax is not supported',
      '.att_syntax prefix',
      'ret',
    ]);
    expect(unit.problems[0]).toMatchObject({ kind: 'analysis-incomplete', at: { line: 2, column: 1 } });
  });
});

test('registers without % are not read either', () => {
  expect(shown('.att_syntax noprefix\nmov eax, ebx')).toEqual([
    '.att_syntax noprefix',
    '?? registers without % are not supported',
  ]);
});

test('an unknown statement keeps its place and its text', () => {
  const unit = parse('ret\n  frobnicate   %eax ,  1\nhlt');
  expect(unit.statements[1]).toEqual({
    kind: 'unknown',
    text: 'frobnicate %eax , 1',
    reason: 'unknown mnemonic frobnicate',
    span: { start: 6, end: 28 },
  });
  expect(unit.problems).toEqual([
    {
      kind: 'parse-error',
      message: 'unknown mnemonic frobnicate: frobnicate %eax , 1',
      at: { file: 't.s', line: 2, column: 3, endLine: 2, endColumn: 25 },
    },
  ]);
});
