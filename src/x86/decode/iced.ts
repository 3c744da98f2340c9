/**
 * The library that decodes machine code. It is large and a program that reads no object code does without it, so it is
 * loaded when it is first asked for. No other file loads it.
 */
import type * as Iced from 'iced-x86';

export type IcedModule = typeof Iced.default;
export type { DecoderError, Formatter, Instruction as IcedInstruction, OpKind, Register } from 'iced-x86';

let loaded: Promise<IcedModule> | undefined;

/** The library, loaded once. */
export function loadIced(): Promise<IcedModule> {
  loaded ??= import('iced-x86').then((found) => found.default);
  return loaded;
}
