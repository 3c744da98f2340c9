/** `--set` and `--mem`: what registers and memory hold at the beginning. Numbers are hexadecimal, as in vectors. */
import { UserError } from '../engine/user-error.js';
import { MAX_ADDRESS } from '../x86/load/image.js';
import { registerPlace } from '../x86/simulator/registers.js';
import { STATUS_AND_DIRECTION } from './flag-names.js';
import type { Simulation } from './simulation.js';

/** Applies `eax=1,ebx=2`, also of `eflags`, `fsbase` and `gsbase`. Throws a `UserError` for what makes no sense. */
export function setRegisters(simulation: Simulation, assignments: readonly string[]): void {
  for (const one of assignments.flatMap((list) => list.split(','))) {
    const [, name = '', digits = ''] = /^\s*%?([a-z0-9]+)=(?:0x)?([0-9a-f]+)\s*$/i.exec(one) ?? [];
    if (name === '') throw new UserError(`--set needs REGISTER=HEX, not "${one}"`);
    setRegister(simulation, name.toLowerCase(), BigInt(`0x${digits}`));
  }
}

function setRegister({ machine, mode }: Simulation, name: string, value: bigint): void {
  const { state } = machine;
  if (name === 'eflags') {
    if ((value & ~BigInt(STATUS_AND_DIRECTION | ALWAYS_SET)) !== 0n) {
      throw new UserError('--set eflags takes CF, PF, AF, ZF, SF, DF and OF only');
    }
    state.flags = Number(value) | ALWAYS_SET;
    return;
  }
  const limit = BigInt(MAX_ADDRESS[mode]);
  if (name === 'fsbase' || name === 'gsbase') {
    if (value >= limit) throw new UserError(`--set ${name} needs an address of the program`);
    if (name === 'fsbase') state.fsBase = Number(value);
    else state.gsBase = Number(value);
    return;
  }
  const place = registerPlace(name);
  if (!place || !isOf(mode, name, place)) throw new UserError(`--set: ${mode} has no register ${name}`);
  if (value >> BigInt(8 * place.width) !== 0n) throw new UserError(`--set: the value does not fit ${name}`);
  machine.setRegister(name, value);
}

/** IF, which user programs cannot change, and the bit that is always set. */
const ALWAYS_SET = 0x202;

function isOf(mode: Simulation['mode'], name: string, place: { readonly width: number; readonly number: number }) {
  return mode === 'x86_64' || (place.width < 8 && place.number < 8 && !/^[sd]il$|^[sb]pl$/.test(name));
}

/** Applies `ADDR=BYTES`; ADDR is a register, a symbol or a number, and may go on with `+HEX` or `-HEX`. */
export function setMemory(simulation: Simulation, assignments: readonly string[]): void {
  for (const one of assignments) {
    const [, place = '', digits = ''] = /^(.+)=((?:[0-9a-f]{2})+)$/is.exec(one) ?? [];
    if (place === '') throw new UserError(`--mem needs ADDR=BYTES with two digits a byte, not "${one}"`);
    const address = addressOf(simulation, place);
    const bytes = Buffer.from(digits, 'hex');
    if (address === undefined) throw new UserError(`--mem: "${place}" is no register, symbol or address`);
    if (address < 0n || address + BigInt(bytes.length) > BigInt(MAX_ADDRESS[simulation.mode])) {
      throw new UserError(`--mem: "${place}" lies outside a program's memory`);
    }
    simulation.poke(Number(address), bytes);
  }
}

function addressOf({ machine, mode, image }: Simulation, text: string): bigint | undefined {
  const named = (name: string): number | undefined =>
    image.symbols.get(name) ?? [...image.outside].find(([, other]) => other === name)?.[0];
  const symbol = named(text);
  if (symbol !== undefined) return BigInt(symbol);
  const [, base = '', sign, digits = '0'] = /^(.*?)(?:([+-])(?:0x)?([0-9a-f]+))?$/is.exec(text) ?? [];
  const offset = BigInt(`0x${digits}`) * (sign === '-' ? -1n : 1n);
  const name = base.replace(/^%/, '').toLowerCase();
  const place = registerPlace(name);
  if (place && isOf(mode, name, place)) return machine.register(name) + offset;
  const found = named(base);
  if (found !== undefined) return BigInt(found) + offset;
  return /^(?:0x)?[0-9a-f]{1,16}$/i.test(base) ? BigInt(`0x${base.replace(/^0x/i, '')}`) + offset : undefined;
}
