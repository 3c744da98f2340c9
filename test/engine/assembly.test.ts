import { scanDirectives } from '../../src/cpp/definitions.js';
import { MacroTable } from '../../src/cpp/macro-table.js';
import { LineMap } from '../../src/cpp/prepared.js';
import { liftAssemblyFile } from '../../src/engine/assembly.js';
import { Includes } from '../../src/engine/includes.js';
import type { LiftedFile, Target } from '../../src/ir/types.js';
import { musl } from '../../src/libc/musl.js';

function lift(
  files: Readonly<Record<string, string>>,
  file: string,
  targets: readonly Target[],
  included: readonly string[] = [],
): LiftedFile[] {
  const texts = new Map(Object.entries(files));
  const libc = { ...musl, included };
  const definitions = [...texts].flatMap(([f, text]) => scanDirectives(f, text).definitions);
  return liftAssemblyFile({
    prove: undefined,
    file,
    text: texts.get(file) ?? '',
    targets,
    libc,
    table: new MacroTable(definitions, libc),
    includes: new Includes(texts),
    lines: (f) => new LineMap(texts.get(f) ?? ''),
  });
}

/** Targets and the texts of the instructions of every function. */
const shown = (lifted: readonly LiftedFile[]): unknown[] =>
  lifted.flatMap((l) =>
    l.functions.map((f) => [
      f.name,
      f.targets,
      f.blocks.flatMap((b) => b.ops.flatMap((op) => (op.op === 'instruction' ? [op.text] : []))),
    ]),
  );

const routine = (body: string): string => `.globl f\n.type f,@function\nf:\n${body}\n\tret\n`;

describe('an assembly file', () => {
  test('is lifted once for the targets that give it the same meaning', () => {
    const lifted = lift({ 'src/f.S': routine('\tnop') }, 'src/f.S', ['i386', 'x86_64']);
    expect(lifted).toHaveLength(1);
    expect(shown(lifted)).toEqual([['f', ['i386', 'x86_64'], ['nop']]]);
  });

  test('is lifted anew for a target that gives it another', () => {
    const text = routine('#ifdef __i386__\n\tcltd\n#else\n\tcqto\n#endif');
    expect(shown(lift({ 'src/f.S': text }, 'src/f.S', ['i386', 'x86_64', 'x32']))).toEqual([
      ['f', ['i386'], ['cltd']],
      ['f', ['x86_64', 'x32'], ['cqto']],
    ]);
  });

  test('sees the macros of what it may include, and of no other header', () => {
    const files = {
      'src/f.S': `#include "a.h"\n${routine('\tONE\n\tTWO')}`,
      'src/a.h': '#define ONE nop',
      'src/b.h': '#define TWO hlt',
    };
    const [, , instructions] = shown(lift(files, 'src/f.S', ['i386']))[0] as [string, Target[], string[]];
    expect(instructions[0]).toBe('nop');
    expect(instructions).not.toContain('hlt');
    // Headers that the build puts in front of every file count too.
    const [, , more] = shown(lift(files, 'src/f.S', ['i386'], ['src/b.h']))[0] as [string, Target[], string[]];
    expect(more[0]).toBe('nop');
    expect(JSON.stringify(lift(files, 'src/f.S', ['i386'], ['src/b.h']))).toContain('hlt');
  });

  test('keeps the names of system call numbers', () => {
    const files = {
      'src/f.S': `#include "n.h"\n#define N 5\n${routine('\tmov $SYS_close, %eax\n\tmov $N, %ebx')}`,
      'src/n.h': '#define SYS_close 6',
    };
    expect(shown(lift(files, 'src/f.S', ['i386']))).toEqual([
      ['f', ['i386'], ['mov $SYS_close, %eax', 'mov $5, %ebx']],
    ]);
  });

  test('is not preprocessed when its name ends in a small s', () => {
    const [one] = lift({ 'src/f.s': routine('# define nop hlt\n\tnop') }, 'src/f.s', ['i386', 'x86_64']);
    expect(shown([one!])).toEqual([['f', ['i386', 'x86_64'], ['nop']]]);
  });

  test('has a place in the header for what a macro spells', () => {
    const files = { 'src/f.S': `#include "a.h"\n${routine('\tONE')}`, 'src/a.h': '\n#define ONE nop' };
    const [op] = lift(files, 'src/f.S', ['i386'])[0]!.functions[0]!.blocks[0]!.ops.filter(
      (o) => o.op === 'instruction',
    );
    expect(op?.origin).toEqual({
      at: { file: 'src/f.S', line: 5, column: 2, endLine: 5, endColumn: 5 },
      definition: { file: 'src/a.h', line: 2, column: 13, endLine: 2, endColumn: 16 },
      macros: ['ONE'],
    });
  });

  test('has each of its undecided meanings, up to a number that is reported', () => {
    const two = lift({ 'src/f.S': routine('#if A\n\tnop\n#else\n\thlt\n#endif') }, 'src/f.S', ['i386']);
    expect(two.flatMap((l) => l.problems)).toEqual([]);
    expect(two).toHaveLength(2);
    const arms = Array.from({ length: 5 }, (_, i) => `#elif A${String(i)}\n\tmov $${String(i)}, %eax\n`).join('');
    const many = lift({ 'src/f.S': routine(`#if A\n\tnop\n${arms}#endif`) }, 'src/f.S', ['i386']);
    expect(many).toHaveLength(4);
    expect(many.flatMap((l) => l.problems.map((p) => [p.kind, p.message]))).toEqual([
      ['analysis-incomplete', 'This file has 7 meanings that depend on its configuration; 4 were analysed'],
    ]);
  });
});
