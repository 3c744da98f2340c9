/** From an instruction to a function that carries it out on a state. */
import type { Instruction, MemoryOperand, Operand, Width } from '../syntax.js';
import { check, type Match } from '../table/match.js';
import { compileAddress } from './address.js';
import type { Context } from './context.js';
import { Declined } from './fault.js';
import { OPERATIONS } from './operations/index.js';
import type { Prefixes } from './operations/parts.js';
import { always } from './operations/trap.js';
import type { Place } from './place.js';
import { immediateOperand, memoryOperand, registerOperand } from './places.js';
import { isBadLock, readPrefixes } from './prefixes.js';
import { registerPlace } from './registers.js';
import type { Run } from './state.js';
import { valueOf } from './values.js';

export interface Compiled {
  readonly run: Run;
  readonly match: Match;
}

/** Compiles one instruction; declines what is not simulated, with the reason. */
export function compile(instruction: Instruction, cx: Context): Compiled {
  const checked = check(instruction, cx.mode);
  if (!checked.ok) throw new Declined(checked.reason);
  const { match } = checked;
  const prefixes = readPrefixes(instruction, match, cx.mode);
  if (typeof prefixes === 'string') throw new Declined(prefixes);
  const builder = OPERATIONS[match.row.semantics];
  if (!builder) throw new Declined(`unknown instruction ${instruction.mnemonic}`);
  const operands = instruction.operands.map((given, n) => place(given, n, match, prefixes, cx));
  const parts = {
    row: match.row,
    instruction,
    kinds: match.kinds,
    width: match.width,
    source: match.source,
    operands,
    prefixes,
    cx,
  };
  const refused = prefixes.lock && isBadLock(instruction, match);
  return { run: refused ? always('#UD')(parts) : builder(parts), match };
}

const WIDTHS: Readonly<Record<string, Width>> = { '8': 1, '16': 2, '32': 4, '64': 8 };

/** The width that a kind has, or else the operation's. */
function widthOf(kind: string, match: Match): Width {
  const digits = /\d+$/.exec(kind)?.[0] ?? '';
  return kind.startsWith('i') ? (kind === 'i8' ? 1 : match.width) : (WIDTHS[digits] ?? match.width);
}

function place(given: Operand, n: number, match: Match, prefixes: Prefixes, cx: Context): Place {
  const kind = match.kinds[n] ?? '';
  const width = kind === 'cl' || kind === '1' ? 1 : widthOf(kind, match);
  switch (given.k) {
    case 'register':
      return register(given.name, kind, cx);
    case 'memory':
      return memory(given, kind === 'm' && match.row.semantics === 'storeSegment' ? 2 : width, prefixes, cx);
    case 'immediate':
      return immediate(valueOf(given.value, cx.address, cx.resolve), kind, width, match);
    case 'indirect':
      if (given.through.k === 'register') return register(given.through.name, kind, cx);
      if (given.through.k === 'memory') return memory(given.through, width, prefixes, cx);
      throw new Declined(`operand ${given.through.text} is not known`);
    case 'target':
      return immediateOperand(width, 0n);
    case 'rounding':
    case 'placeholder':
      throw new Declined('an operand is not known');
  }
}

function register(name: string, kind: string, cx: Context): Place {
  const found = registerPlace(name);
  if (found) return registerOperand(cx, found);
  // Segment registers are read by the operation itself.
  if (kind === 'sreg') return immediateOperand(2, 0n);
  throw new Declined(`register ${name} is not simulated`);
}

function memory(given: MemoryOperand, width: Width, prefixes: Prefixes, cx: Context): Place {
  return memoryOperand(cx, width, compileAddress(given, cx, prefixes, width));
}

/** Immediates are sign-extended from 32 bits, those of one byte from 8 where they are shorter than the operation. */
function immediate(value: bigint, kind: string, width: Width, match: Match): Place {
  if (kind === 'i64') return immediateOperand(8, BigInt.asIntN(64, value));
  if (kind === 'i' && match.width === 8) return immediateOperand(8, BigInt.asIntN(32, value));
  return immediateOperand(width, BigInt.asIntN(64, value));
}
