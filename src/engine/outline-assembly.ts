/** The outline of an assembly text: the routines it defines, by `ENTRY (name)` and by labels that have a name. */
import type { Outline, OutlinedFunction, OutlinedUse } from '../c/outline.js';

const ENTRY = /^[ \t]*(?:ENTRY|PSEUDO|PSEUDO_NOERRNO|PSEUDO_ERRVAL|ENTRY_CHK)[ \t]*\([ \t]*(\w+)|^([A-Za-z_]\w*):/gm;
const USE = /^[ \t]*(\w*alias|\w*symbol\w*)[ \t]*\(([^()\n]*)\)/gm;

export function outlineAssembly(text: string): Outline {
  const functions: OutlinedFunction[] = [];
  for (const m of text.matchAll(ENTRY)) {
    const name = m[1] ?? m[2] ?? '';
    functions.push({ name, at: m.index + m[0].lastIndexOf(name), isStatic: false, calls: [] });
  }
  const uses: OutlinedUse[] = [];
  for (const m of text.matchAll(USE))
    uses.push({ macro: m[1] ?? '', args: (m[2] ?? '').split(',').map((a) => a.trim()), at: m.index });
  return { functions, uses, stores: [], noreturn: [] };
}
