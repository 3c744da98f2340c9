/** How a window's routine is called on each target: `long f (volatile int *flag, long nr, long a1, …, long a6)`. */
import type { Target } from '../../ir/types.js';
import type { Mode } from '../table/match.js';

export interface Calling {
  readonly mode: Mode;
  /** Bytes of a stack slot. */
  readonly word: 4 | 8;
  readonly stackPointer: 'esp' | 'rsp';
  readonly result: 'eax' | 'rax';
  /** Registers that carry the first parameters; the rest lie on the stack above the return address. */
  readonly parameters: readonly string[];
  /** Registers that a function gives back as it found them (System V ABI, i386 and AMD64 supplements). */
  readonly preserved: readonly string[];
  /** The other general registers: they hold nothing that the routine may rely on. */
  readonly scratch: readonly string[];
  readonly places: Places;
}

/** Addresses at which a run finds what the routine is given. Each lies in pages of its own. */
export interface Places {
  readonly flag: number;
  /** Where the routine returns to. Nothing is there. */
  readonly caller: number;
  /** The kernel's page, where %gs:16 of i386 leads. Nothing is there. */
  readonly vdso: number;
  /** The stack pointer at the entry: it points to the return address. */
  readonly stack: number;
}

const LOW: Places = { flag: 0x21000100, caller: 0x22000000, vdso: 0x23000000, stack: 0x24008000 };

/** Nothing is where the lower half of one of these leads. */
const HIGH: Places = { flag: 0x7e2121000100, caller: 0x7e2222000000, vdso: 0x7e2323000000, stack: 0x7e2424008000 };

const I386: Calling = {
  mode: 'i386',
  word: 4,
  stackPointer: 'esp',
  result: 'eax',
  parameters: [],
  preserved: ['ebx', 'esi', 'edi', 'ebp'],
  scratch: ['eax', 'ecx', 'edx'],
  places: LOW,
};

const X86_64: Calling = {
  mode: 'x86_64',
  word: 8,
  stackPointer: 'rsp',
  result: 'rax',
  parameters: ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'],
  preserved: ['rbx', 'rbp', 'r12', 'r13', 'r14', 'r15'],
  scratch: ['rax', 'r10', 'r11'],
  places: HIGH,
};

/** The same in the same registers, the kernel's arguments being 64 bits wide there too; addresses have 32. */
const X32: Calling = { ...X86_64, places: LOW };

const CALLING: Readonly<Partial<Record<Target, Calling>>> = { i386: I386, x86_64: X86_64, x32: X32 };

/** Throws for an architecture that the simulator does not have: no window of one gets as far. */
export function callingOf(target: Target): Calling {
  const calling = CALLING[target];
  if (!calling) throw new Error(`how a function is called on ${target} is not known`);
  return calling;
}

/** The flag's address, the call's number and its six arguments. */
export const PARAMETERS = 8;
