/** What the prefixes of an instruction come to, or why they cannot be simulated. */
import type { Instruction, Width } from '../syntax.js';
import type { Match, Mode } from '../table/match.js';
import type { Prefixes } from './operations/parts.js';

const SEGMENT = new Set(['cs', 'ds', 'es', 'fs', 'gs', 'ss']);

/** Say how to encode, or are hints. */
const IDLE = new Set(['bnd', 'notrack', 'xacquire', 'xrelease', 'rex', 'rex64', 'data32']);

const REPEATS = new Set(['movs', 'stos', 'lods', 'cmps', 'scas']);

/** Operations whose operands `rep` and `repne` leave alone: the bytes are a hint or part of a spelling there. */
const REPEAT_IDLE = new Set(['ret', 'nop', 'jmp', 'call', 'jcc']);

/** Processors differ in what an operand size prefix does to these in x86_64. */
const BRANCHES = new Set(['jmp', 'jcc', 'jcxz', 'loop', 'call', 'ret']);

/** Operations that do not depend on the operand size, or whose width is 64 bits without being asked. */
const SIZELESS = new Set(['nop', 'jmp', 'call', 'jcc', 'ret', 'push', 'pop', 'set', 'syscall', 'int', 'int3', 'leave']);

/** The prefixes as the operations take them; a string says why not. */
export function readPrefixes(instruction: Instruction, match: Match, mode: Mode): Prefixes | string {
  let repeat: 'rep' | 'repne' | undefined;
  let lock = false;
  let segment: string | undefined;
  let size: number | undefined;
  const { row, width } = match;
  for (const prefix of instruction.prefixes) {
    if (prefix === 'lock') lock = true;
    else if (/^rep(?:z|e)?$/.test(prefix)) repeat = 'rep';
    else if (/^repn[ez]$/.test(prefix)) repeat = 'repne';
    else if (SEGMENT.has(prefix)) {
      // Those of the flat segments do nothing in x86_64, not even to one written before.
      if (mode === 'i386' || prefix === 'fs' || prefix === 'gs') segment = prefix;
    } else if (prefix === 'addr16' || prefix === 'addr32') size = prefix === 'addr16' ? 2 : 4;
    else if (prefix === 'data16') {
      if (!ignoresSize(instruction, match, width)) return `data16 ${row.name} depends on its encoding`;
    } else if (prefix.startsWith('rex.w')) {
      if (width !== 8 && !SIZELESS.has(row.semantics)) return `${prefix} with ${width * 8}-bit operands`;
    } else if (!IDLE.has(prefix) && !prefix.startsWith('rex') && !prefix.startsWith('{')) {
      return `prefix ${prefix}`;
    }
  }
  if (repeat !== undefined && !REPEATS.has(row.semantics)) {
    if (!REPEAT_IDLE.has(row.semantics)) return `${repeat} ${row.name} is another instruction on some processors`;
    repeat = undefined;
  }
  return {
    lock,
    ...(repeat !== undefined && { repeat }),
    ...(segment !== undefined && { segment }),
    ...(size !== undefined && { size }),
  };
}

/** True for a string instruction with a repeat prefix. */
export function isRepeated(prefixes: readonly string[], match: Match): boolean {
  return REPEATS.has(match.row.semantics) && prefixes.some((prefix) => prefix.startsWith('rep'));
}

/** A written `data16` that is not the reason for the width: padding. */
function ignoresSize(instruction: Instruction, match: Match, width: Width): boolean {
  const { semantics, widths } = match.row;
  if (instruction.prefixes.some((p) => p.startsWith('rex.w'))) return true;
  if (BRANCHES.has(semantics)) return false;
  return semantics === 'nop' || width !== 4 || widths === '';
}

/** True for a `lock` that the processor refuses. */
export function isBadLock(instruction: Instruction, match: Match): boolean {
  const target = instruction.operands[instruction.operands.length - 1];
  if (match.row.lock !== true) return true;
  // `xchg` may name its memory operand first.
  const memory =
    match.row.name === 'xchg' ? instruction.operands.some((o) => o.k === 'memory') : target?.k === 'memory';
  return !memory;
}
