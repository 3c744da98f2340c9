/** Bits of EFLAGS, and the letters that rows name them by. */
export const CF = 0x001;
export const PF = 0x004;
export const AF = 0x010;
export const ZF = 0x040;
export const SF = 0x080;
export const TF = 0x100;
export const IF = 0x200;
export const DF = 0x400;
export const OF = 0x800;
export const NT = 0x4000;
export const RF = 0x10000;
export const AC = 0x40000;
export const ID = 0x200000;

/** The six flags that arithmetic sets. */
export const STATUS = OF | SF | ZF | AF | PF | CF;

/** What a user-mode `popf` can change. */
export const USER = STATUS | TF | DF | NT | AC | ID;

/** Bit 1 is always set, and interrupts are always enabled in user mode. */
export const ALWAYS = 0x002 | IF;

const LETTERS: Readonly<Record<string, number>> = { o: OF, s: SF, z: ZF, a: AF, p: PF, c: CF, d: DF, '*': USER };

/** The bits of a row's flag letters. */
export function flagMask(letters: string | undefined): number {
  let mask = 0;
  for (const letter of letters ?? '') mask |= LETTERS[letter] ?? 0;
  return mask;
}

const NAMES: readonly (readonly [number, string])[] = [
  [OF, 'OF'],
  [DF, 'DF'],
  [SF, 'SF'],
  [ZF, 'ZF'],
  [AF, 'AF'],
  [PF, 'PF'],
  [CF, 'CF'],
];

/** `OF CF`: the names of the bits of a mask. */
export function flagNames(mask: number): string {
  return NAMES.filter(([bit]) => (mask & bit) !== 0)
    .map(([, name]) => name)
    .join(' ');
}
