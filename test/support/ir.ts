/** Short ways to write the intermediate form in tests. */
import type { OpDraft } from '../../src/ir/builder.js';
import type { Expr, Lifted, Origin } from '../../src/ir/types.js';
import { Sources } from './sources.js';

export const here: Origin = { at: { file: 'f.c', line: 1, column: 1, endLine: 1, endColumn: 2 } };
export const name = (text: string): Expr => ({ k: 'name', name: text });
export const int = (value: number): Expr => ({ k: 'int', value: BigInt(value) });

export function call(callee: string, ...args: Expr[]): OpDraft {
  return { op: 'call', callee, target: name(callee), args, origin: here };
}

/** The functions of a file in musl's manner, by name. Each needs a word that concerns cancellation. */
export function functions(text: string): Record<string, Lifted> {
  const { functions: lifted } = new Sources({ 'src/f.c': text }).lift('src/f.c');
  return Object.fromEntries(lifted.map((f) => [f.name, f]));
}

/** One function with this body; `SIGCANCEL;` in front makes it one that concerns cancellation and does nothing. */
export function functionOf(statements: string, params = 'int a, int b'): Lifted {
  return functions(`int f(${params}) { SIGCANCEL; ${statements} }`).f!;
}
