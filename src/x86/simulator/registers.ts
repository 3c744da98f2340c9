/** General registers by name: their number, width and first byte. */
import type { Width } from '../syntax.js';

export interface RegisterPlace {
  readonly name: string;
  readonly number: number;
  readonly width: Width;
  /** 1 for `ah`, `ch`, `dh`, `bh`. */
  readonly offset: 0 | 1;
}

const NAMES: Readonly<Record<Width, readonly string[]>> = {
  8: 'rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15'.split(' '),
  4: 'eax ecx edx ebx esp ebp esi edi r8d r9d r10d r11d r12d r13d r14d r15d'.split(' '),
  2: 'ax cx dx bx sp bp si di r8w r9w r10w r11w r12w r13w r14w r15w'.split(' '),
  1: 'al cl dl bl spl bpl sil dil r8b r9b r10b r11b r12b r13b r14b r15b'.split(' '),
};

const byName = new Map<string, RegisterPlace>();
for (const width of [1, 2, 4, 8] as const) {
  NAMES[width].forEach((name, number) => byName.set(name, { name, number, width, offset: 0 }));
}
['ah', 'ch', 'dh', 'bh'].forEach((name, number) => byName.set(name, { name, number, width: 1, offset: 1 }));

export function registerPlace(name: string): RegisterPlace | undefined {
  return byName.get(name);
}

/** The part of that width of a register, by number. */
export function registerPart(number: number, width: Width): RegisterPlace {
  const place = byName.get(NAMES[width][number] ?? '');
  if (!place) throw new Error(`no register ${number}`);
  return place;
}

export function registerNames(width: Width): readonly string[] {
  return NAMES[width];
}
