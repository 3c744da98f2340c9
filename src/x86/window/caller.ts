/** What the caller of a routine must find again: its stack pointer, return address, registers and direction flag. */
import type { Machine } from '../simulator/machine.js';
import { DF } from '../table/flags.js';
import type { Calling } from './calling.js';
import type { FrameRow } from './cfi.js';
import { peek, type Sentinels } from './entry.js';

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
  const { stackPointer, word, preserved, places } = calling;
  const of = (register: string | undefined, found: string): Damage => ({ register, found });
  const now = Number(machine.register(stackPointer));
  if (machine.undefinedBits(stackPointer) !== 0n) return of(stackPointer, `%${stackPointer} without a defined value`);
  if (now !== sp) return of(undefined, `%${stackPointer} ${bytes(now - sp)}`);
  if (sp !== places.stack && machine.pc !== places.caller) return of(undefined, 'another return address on the stack');
  if (sp === places.stack && peek(machine, sp, word) !== BigInt(places.caller))
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
  const { word, preserved, places } = calling;
  const cfa = Number(machine.register(row.register)) + row.offset;
  const truth = places.stack + word;
  if (cfa !== truth) return `the CFA ${bytes(cfa - truth)}`;
  if (peek(machine, cfa - word, word) !== BigInt(places.caller)) return 'another return address on the stack';
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
export function whose(value: bigint, { registers, passed, places }: Sentinels): string {
  const known: readonly (readonly [bigint, string])[] = [
    ...[...registers].map(([name, sentinel]) => [sentinel, `the caller's %${name}`] as const),
    ...passed.map((one, n) => [one, n === 0 ? 'the number of the call' : `argument ${String(n)} of the call`] as const),
    [BigInt(places.caller), 'the return address'],
    [BigInt(places.flag), "the flag's address"],
  ];
  const whole = known.find(([one]) => one === value);
  if (whole) return whole[1];
  const half = known.find(([one]) => BigInt.asUintN(32, one) === value);
  return half ? `the lower half of ${half[1]}` : OTHER;
}

/** What `whose` says of a value that has no name. */
export const OTHER = 'another value';
