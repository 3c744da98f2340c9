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
}

const I386: Calling = {
  mode: 'i386',
  word: 4,
  stackPointer: 'esp',
  result: 'eax',
  parameters: [],
  preserved: ['ebx', 'esi', 'edi', 'ebp'],
  scratch: ['eax', 'ecx', 'edx'],
};

/** x32 passes the same in the same registers: the kernel's arguments are 64 bits wide there too. */
const X86_64: Calling = {
  mode: 'x86_64',
  word: 8,
  stackPointer: 'rsp',
  result: 'rax',
  parameters: ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'],
  preserved: ['rbx', 'rbp', 'r12', 'r13', 'r14', 'r15'],
  scratch: ['rax', 'r10', 'r11'],
};

export function callingOf(target: Target): Calling {
  return target === 'i386' ? I386 : X86_64;
}

/** The flag's address, the call's number and its six arguments. */
export const PARAMETERS = 8;
