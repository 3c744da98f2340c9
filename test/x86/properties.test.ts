import fc from 'fast-check';
import { asItIs } from '../../src/cpp/prepared.js';
import { musl } from '../../src/libc/musl.js';
import { liftInlineAssembly } from '../../src/x86/inline.js';
import { printInstruction, printOperand } from '../../src/x86/print.js';
import type { AsmExpr, Operand, Span } from '../../src/x86/syntax.js';
import { lift, operands, parse } from './support.js';

/** Pieces that are likely to get somewhere, mixed at random. */
const pieces = fc.constantFrom(
  ...[
    'mov',
    'movl',
    'call',
    'jmp',
    'jne',
    'ret',
    'lock',
    'rep',
    'int',
    '$',
    '%eax',
    '%gs:',
    '(',
    ')',
    ',',
    '*',
    '1f',
    '1b',
  ],
  ...[
    '1:',
    'f:',
    '.L1:',
    ' ',
    '\t',
    '\n',
    ';',
    '"',
    "'",
    '#',
    '/*',
    '*/',
    '//',
    '\\',
    '\\a',
    '\\@',
    '0x80',
    '128',
    '-',
    '+',
  ],
  ...[
    '.macro m a',
    '.endm',
    'm',
    '.rept 2',
    '.endr',
    '.irp a 1 2',
    '.if 1',
    '.if x',
    '.else',
    '.endif',
    '.text',
    '.data',
  ],
  ...[
    '.byte',
    '.type f,@function',
    '.globl f',
    'x = 3',
    '.set y, f',
    '{%k1}',
    '{z}',
    '@PLT',
    '%%',
    '%0',
    '.size f,.-f',
    '.exitm',
  ],
);
const text = fc.oneof(
  fc.array(pieces, { maxLength: 60 }).map((list) => list.join('')),
  fc.array(pieces, { maxLength: 60 }).map((list) => list.join(' ')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

const within = (span: Span, length: number): boolean =>
  span.start >= 0 &&
  span.start <= span.end &&
  span.end <= length &&
  (!span.definition ||
    (span.definition.start >= 0 && span.definition.start <= span.definition.end && span.definition.end <= length));

test('parsing and lifting never throw, and every place lies in the text', () => {
  fc.assert(
    fc.property(text, (source) => {
      const unit = parse(source);
      for (const statement of unit.statements) {
        if (!within(statement.span, source.length)) return false;
        if (statement.kind === 'instruction' && !statement.operandSpans.every((s) => within(s, source.length)))
          return false;
      }
      lift(source);
      liftInlineAssembly(asItIs('t.c', source), { libc: musl });
      return true;
    }),
    { numRuns: 1500 },
  );
});

test('every block of a lifted routine is well formed', () => {
  fc.assert(
    fc.property(text, (source) =>
      lift(source).functions.every((f) => {
        const ids = new Set(f.blocks.map((b) => b.id));
        const ops = f.blocks.flatMap((b) => b.ops.map((op) => op.id));
        return (
          f.blocks.every((b, n) => b.id === n) &&
          ops.every((id, n) => id === n) &&
          f.blocks.every(({ end }) =>
            end.t === 'goto'
              ? ids.has(end.to)
              : end.t === 'branch'
                ? ids.has(end.then) && ids.has(end.otherwise)
                : true,
          )
        );
      }),
    ),
    { numRuns: 500 },
  );
});

const name = fc.constantFrom('foo', '.Lx', '_dl_sysinfo', 'a$b', 'x.y');
const leaf: fc.Arbitrary<AsmExpr> = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((value): AsmExpr => ({ k: 'int', value })),
  name.map((n): AsmExpr => ({ k: 'symbol', name: n })),
  fc
    .tuple(name, fc.constantFrom('plt', 'got', 'gotoff', 'tpoff'))
    .map(([n, modifier]): AsmExpr => ({ k: 'symbol', name: n, modifier })),
  fc
    .tuple(fc.nat(99), fc.constantFrom('f' as const, 'b' as const))
    .map(([n, direction]): AsmExpr => ({ k: 'numeric', label: String(n), direction })),
  fc.constant<AsmExpr>({ k: 'here' }),
);
const expression: fc.Arbitrary<AsmExpr> = fc.letrec<{ expr: AsmExpr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    fc.record({
      k: fc.constant('unary' as const),
      operator: fc.constantFrom('-' as const, '+' as const, '~' as const, '!' as const),
      of: tie('expr'),
    }),
    fc.record({
      k: fc.constant('binary' as const),
      operator: fc.constantFrom(
        ...([
          '*',
          '/',
          '<<',
          '>>',
          '|',
          '&',
          '^',
          '!',
          '+',
          '-',
          '==',
          '!=',
          '<',
          '>',
          '<=',
          '>=',
          '&&',
          '||',
        ] as const),
      ),
      left: tie('expr'),
      right: tie('expr'),
    }),
  ),
})).expr;

const general = fc.constantFrom('eax', 'esp', 'rdi', 'r10', 'al', 'st(3)', 'xmm7', 'cr0');
const base = fc.constantFrom('esp', 'rax', 'r11', 'rip');
const index = fc.constantFrom('ecx', 'r9');
const scale = fc.constantFrom(1 as const, 2 as const, 4 as const, 8 as const);
const memory = fc
  .record(
    { segment: fc.constantFrom('fs', 'gs'), displacement: expression, base, index, scale },
    { requiredKeys: ['scale'] },
  )
  .filter((m) => m.displacement !== undefined || m.base !== undefined || m.index !== undefined)
  .map((m): Operand => ({ k: 'memory', ...m, scale: m.index === undefined ? 1 : m.scale }));
const operand: fc.Arbitrary<Operand> = fc.oneof(
  general.map((n): Operand => ({ k: 'register', name: n })),
  expression.map((value): Operand => ({ k: 'immediate', value })),
  memory,
);

test('printing an operand and parsing it again gives the same operand', () => {
  fc.assert(
    fc.property(operand, operand, (a, b) => {
      expect(operands(`mov ${printOperand(a)}, ${printOperand(b)}`)).toEqual([a, b]);
    }),
    { numRuns: 1000 },
  );
});

test('printing a jump and parsing it again gives the same jump', () => {
  const through = fc.oneof(
    expression.map((value): Operand => ({ k: 'target', value })),
    memory.map((m): Operand => ({ k: 'indirect', through: m as Extract<Operand, { k: 'memory' }> })),
  );
  fc.assert(
    fc.property(through, (target) => {
      const text = printInstruction({ mnemonic: 'jmp', base: 'jmp', prefixes: [], operands: [target] });
      expect(operands(text)).toEqual([target]);
    }),
    { numRuns: 500 },
  );
});
