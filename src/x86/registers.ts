/** The registers of i386 and x86_64 by name, with their width and the full register that they are a part of. */

export interface Register {
  readonly name: string;
  /** The widest register that this one is a part of (`al` is in `rax`). */
  readonly whole: string;
  /** In bytes; undefined where the width is no integer width or depends on the machine. */
  readonly width: 1 | 2 | 4 | 8 | undefined;
  readonly kind: 'general' | 'segment' | 'pointer' | 'other';
}

const table = new Map<string, Register>();

function add(name: string, whole: string, width: Register['width'], kind: Register['kind']): void {
  table.set(name, { name, whole, width, kind });
}

for (const letter of ['a', 'b', 'c', 'd']) {
  const whole = `r${letter}x`;
  add(whole, whole, 8, 'general');
  add(`e${letter}x`, whole, 4, 'general');
  add(`${letter}x`, whole, 2, 'general');
  add(`${letter}l`, whole, 1, 'general');
  add(`${letter}h`, whole, 1, 'general');
}
for (const name of ['si', 'di', 'bp', 'sp']) {
  const whole = `r${name}`;
  add(whole, whole, 8, 'general');
  add(`e${name}`, whole, 4, 'general');
  add(name, whole, 2, 'general');
  add(`${name}l`, whole, 1, 'general');
}
for (let n = 8; n < 32; n++) {
  const whole = `r${n}`;
  add(whole, whole, 8, 'general');
  add(`${whole}d`, whole, 4, 'general');
  add(`${whole}w`, whole, 2, 'general');
  add(`${whole}b`, whole, 1, 'general');
}
for (const name of ['cs', 'ds', 'es', 'fs', 'gs', 'ss']) add(name, name, 2, 'segment');
add('rip', 'rip', 8, 'pointer');
add('eip', 'rip', 4, 'pointer');
// The "no index" registers that disassemblers print.
add('riz', 'riz', 8, 'other');
add('eiz', 'riz', 4, 'other');
add('st', 'st', undefined, 'other');
for (let n = 0; n < 8; n++) {
  add(`st(${n})`, `st(${n})`, undefined, 'other');
  for (const file of ['mm', 'k', 'tmm']) add(`${file}${n}`, `${file}${n}`, undefined, 'other');
}
for (let n = 0; n < 16; n++)
  for (const file of ['cr', 'dr', 'db', 'tr']) add(`${file}${n}`, `${file}${n}`, undefined, 'other');
for (let n = 0; n < 4; n++) add(`bnd${n}`, `bnd${n}`, undefined, 'other');
for (let n = 0; n < 32; n++) {
  for (const file of ['xmm', 'ymm', 'zmm']) add(`${file}${n}`, `zmm${n}`, undefined, 'other');
}

/** The register of that name (lower case, without `%`), or undefined. */
export function registerNamed(name: string): Register | undefined {
  return table.get(name);
}
