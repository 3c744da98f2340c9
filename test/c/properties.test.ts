import fc from 'fast-check';
import { parseC, type Node } from '../../src/c/tree-sitter.js';
import { successors } from '../../src/ir/builder.js';
import { printDot } from '../../src/ir/dot.js';
import { printLifted } from '../../src/ir/print.js';
import type { LiftedFile, Region } from '../../src/ir/types.js';
import { glibc } from '../../src/libc/glibc.js';
import { musl } from '../../src/libc/musl.js';
import { Sources } from '../support/sources.js';

/** Pieces of C, in any order: what they make is seldom C. */
const piece = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      ...[
        'int f(void) {',
        '}',
        '{',
        '(',
        ')',
        '[',
        ']',
        ';',
        ',',
        ':',
        '?',
        '...',
        '=',
        '*',
        '&',
        '&&',
        '||',
        '!',
        '@',
      ],
      ...[
        'if (',
        'else',
        'while (',
        'do',
        'for (;;)',
        'switch (a) {',
        'case 1:',
        'case 1 ... 3:',
        'default:',
        'break;',
      ],
      ...['continue;', 'goto a;', 'goto *a;', 'a:', '&&a', 'return', 'int a = 1;', 'int *', 'struct s', 'typeof(a)'],
      ...['__testcancel();', 'syscall_cp(SYS_x, a)', 'self->cancel', '__cancel();', 'pthread_exit(PTHREAD_CANCELED)'],
      ...[
        'asm("nop");',
        'asm volatile ("int $128" : "=a"(a) : "a"(b));',
        '__attribute__((x))',
        '({',
        '})',
        '"s"',
        "'c'",
      ],
      ...[
        'sizeof',
        'va_arg(a, int)',
        'M(a)',
        'weak_alias(a, b)',
        'static',
        '\n',
        '\n#if A\n',
        '\n#else\n',
        '\n#endif\n',
      ],
      ...[
        '\n#define M(x) x __testcancel();\n',
        '\n#define g(x, y) x##y\n',
        'constructor',
        '__proto__',
        '1',
        '0x',
        "'",
        '"',
      ],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
);
const c = fc.array(piece, { maxLength: 50 }).map((p) => `int f(int a, int b) { __testcancel(); ${p.join(' ')}`);

function regions(file: LiftedFile): Region[] {
  const ofFunctions = file.functions.flatMap((f) => [
    f.nameAt,
    f.extent,
    ...f.blocks.flatMap((b) =>
      [...b.ops, b.end].flatMap((o) => [o.origin.at, ...(o.origin.definition ? [o.origin.definition] : [])]),
    ),
  ]);
  return [...ofFunctions, ...file.aliases.map((a) => a.at), ...file.problems.map((p) => p.at)];
}

function check(sources: Sources, lifted: LiftedFile): void {
  for (const f of lifted.functions) {
    expect(f.blocks.length).toBeGreaterThan(0);
    f.blocks.forEach((block, i) => {
      expect(block.id).toBe(i);
      for (const to of successors(block.end)) expect(f.blocks[to]?.id).toBe(to);
    });
    const faults = f.blocks.flatMap((b) => b.ops).filter((op) => op.op === 'not-understood').length;
    expect(f.notUnderstood).toBeGreaterThanOrEqual(faults);
    expect(printLifted(f)).toContain('b0:');
    expect(printDot(f)).toMatch(/^digraph /);
  }
  for (const region of regions(lifted)) {
    const lines = sources.text(region.file).split('\n');
    expect(region.line).toBeGreaterThanOrEqual(1);
    expect(region.endLine).toBeGreaterThanOrEqual(region.line);
    expect(region.column).toBeLessThanOrEqual(lines[region.line - 1]!.length + 1);
    expect(region.endColumn).toBeLessThanOrEqual(lines[region.endLine - 1]!.length + 1);
  }
}

test('any text is lifted to blocks that lead to blocks, at places inside the file', () => {
  fc.assert(
    fc.property(c, fc.constantFrom(musl, glibc), (text, libc) => {
      const sources = new Sources({ 'src/f.c': text }, libc);
      check(sources, sources.lift('src/f.c', ['i386', 'x86_64']));
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('no function that is whole in itself is lost behind what is not, when lines begin as they do', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      // Literals and comments that do not end, and conditionals, do swallow what follows: that is C.
      const broken = pieces.join(' ').replace(/["'#]|\/[/*]|\\/g, '');
      const text = `int f(int a)\n{\n ${broken.replace(/\n/g, ' ')}\n}\nint last(void)\n{\n\treturn syscall_cp(SYS_x);\n}\n`;
      const { functions } = new Sources({ 'src/f.c': text }).lift('src/f.c');
      expect(functions.filter((g) => g.name === 'last' && g.notUnderstood === 0)).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('any bytes are parsed to nodes that lie inside one another', () => {
  fc.assert(
    fc.property(fc.oneof(c, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
      const visit = (node: Node): void => {
        expect(node.start).toBeLessThanOrEqual(node.end);
        let height = -1;
        let damaged = node.broken;
        for (const inner of node.children) {
          expect(inner.start).toBeGreaterThanOrEqual(node.start);
          expect(inner.end).toBeLessThanOrEqual(Math.max(node.end, inner.start));
          visit(inner);
          height = Math.max(height, inner.height);
          damaged ||= inner.damaged;
        }
        expect([node.height, node.damaged]).toEqual([height + 1, damaged]);
      };
      const root = parseC(text);
      visit(root);
      expect(root.end).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 200 },
  );
}, 60_000);
