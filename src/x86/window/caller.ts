/** What the caller of a routine must find again: its stack pointer, return address, registers and direction flag. */
import type { Machine } from '../simulator/machine.js';
import { DF } from '../table/flags.js';
import type { Calling } from './calling.js';
import type { FrameRow } from './cfi.js';
import { ENTRY_SP, peek, RETURN, type Sentinels } from './entry.js';

/** Stands for the direction flag where registers are named. */
export const DIRECTION = 'df';

export interface Damage {
  /** In words that follow "finds". */
  readonly found: string;
  /** The register that it is in. */
  readonly register: string | undefined;
}

/**
 * What is not as the caller left it; undefined when all is right. `sp` is where the stack pointer must be; at the
 * entry's value the return address must still lie there.
 */
export function damage(machine: Machine, calling: Calling, values: Sentinels, sp: number): Damage | undefined {
  const { stackPointer, word, preserved } = calling;
  const of = (register: string | undefined, found: string): Damage => ({ register, found });
  const now = Number(machine.register(stackPointer));
  if (machine.undefinedBits(stackPointer) !== 0n) return of(stackPointer, `%${stackPointer} without a defined value`);
  if (now !== sp) return of(undefined, `%${stackPointer} ${bytes(now - sp)}`);
  if (sp !== ENTRY_SP && machine.pc !== RETURN) return of(undefined, 'another return address on the stack');
  if (sp === ENTRY_SP && peek(machine, sp, word) !== BigInt(RETURN))
    return of(undefined, 'another return address on the stack');
  for (const name of preserved) {
    const value = machine.register(name);
    if (machine.undefinedBits(name) !== 0n) return of(name, `%${name} without a defined value`);
    if (value !== values.registers.get(name)) return of(name, `%${name} with ${whose(value, values)}`);
  }
  if ((machine.state.undefinedFlags & DF) !== 0 || (machine.state.flags & DF) !== 0)
    return of(DIRECTION, 'the direction flag set');
  return undefined;
}

/** What an unwinder that goes by the row finds wrong for the caller. */
export function frameDamage(machine: Machine, calling: Calling, values: Sentinels, row: FrameRow): string | undefined {
  const { word, preserved } = calling;
  const cfa = Number(machine.register(row.register)) + row.offset;
  const truth = ENTRY_SP + word;
  if (cfa !== truth) return `the CFA ${bytes(cfa - truth)}`;
  if (peek(machine, cfa - word, word) !== BigInt(RETURN)) return 'another return address on the stack';
  for (const name of preserved) {
    const offset = row.saved.get(name);
    const value = offset === undefined ? machine.register(name) : peek(machine, cfa + offset, word);
    if (value !== values.registers.get(name)) {
      const where = offset === undefined ? '' : ` at CFA${offset < 0 ? '' : '+'}${String(offset)}`;
      return `%${name}${where} with ${value === undefined ? 'nothing' : whose(value, values)}`;
    }
  }
  return undefined;
}

/** Further than this is not on the same stack: the distance says nothing. */
const FAR = 0x10000;

function bytes(by: number): string {
  if (Math.abs(by) >= FAR) return 'on no stack';
  return `${String(Math.abs(by))} bytes too ${by < 0 ? 'low' : 'high'}`;
}

/** A value by the name of what it was at the entry. */
export function whose(value: bigint, { registers, passed }: Sentinels): string {
  for (const [name, sentinel] of registers) if (sentinel === value) return `the caller's %${name}`;
  const n = passed.indexOf(value);
  if (n === 0) return 'the number of the call';
  if (n > 0) return `argument ${String(n)} of the call`;
  if (value === BigInt(RETURN)) return 'the return address';
  const half = passed.findIndex((one) => one !== value && BigInt.asUintN(32, one) === value);
  if (half > 0) return `the lower half of argument ${String(half)} of the call`;
  return 'another value';
}
