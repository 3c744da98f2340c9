/** The outline of an assembly text: the routines it defines, by `ENTRY (name)` and by labels that have a name. */
import type { Outline, OutlinedFunction, OutlinedUse } from '../c/outline.js';

/** The name may stand in a macro of its own: `ENTRY (BP_SYM (f))`. */
const ENTRY =
  /^[ \t]*(?:ENTRY|PSEUDO|PSEUDO_NOERRNO|PSEUDO_ERRVAL|ENTRY_CHK)[ \t]*\([ \t]*(?:\w+[ \t]*\([ \t]*(?=\w+[ \t]*\)))?(\w+)|^([A-Za-z_]\w*):/gm;
/** Directives that say that other files know a label, and names of macros for such. */
const EXPORT = /^[ \t]*(?:\.(?:globl|global|weak)\b|\w*(?:GLOB|WEAK|EXPORT|HIDDEN)\w*[ \t]*\()(.*)$/gm;
const USE = /^[ \t]*(\w*alias|\w*symbol\w*)[ \t]*\(([^()\n]*)\)/gm;

export function outlineAssembly(text: string): Outline {
  const functions: OutlinedFunction[] = [];
  const exported = new Set([...text.matchAll(EXPORT)].flatMap((m) => m[1]?.match(/\w+/g) ?? []));
  for (const m of text.matchAll(ENTRY)) {
    const name = m[1] ?? m[2] ?? '';
    const isStatic = m[1] === undefined && !exported.has(name);
    functions.push({ name, at: m.index + m[0].lastIndexOf(name), isStatic, calls: [] });
  }
  const uses: OutlinedUse[] = [];
  for (const m of text.matchAll(USE))
    uses.push({ macro: m[1] ?? '', args: (m[2] ?? '').split(',').map((a) => a.trim()), at: m.index });
  return { functions, uses, stores: [], noreturn: [] };
}
