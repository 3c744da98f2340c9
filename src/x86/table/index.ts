/** All rows, and look-up by name. */
import { ARITHMETIC } from './arithmetic.js';
import { BCD } from './bcd.js';
import { BITS } from './bit.js';
import { CONTROL } from './control.js';
import { DATA } from './data.js';
import { FLAG_CONTROL } from './flag-control.js';
import { LOGIC_ROWS, SHIFTS } from './logic.js';
import { STACK } from './stack.js';
import { STRINGS } from './string.js';
import type { Row } from './types.js';

export type { Row } from './types.js';

export interface Family {
  readonly title: string;
  readonly rows: readonly Row[];
}

export const FAMILIES: readonly Family[] = [
  { title: 'Data movement', rows: DATA },
  { title: 'Stack', rows: STACK },
  { title: 'Arithmetic', rows: ARITHMETIC },
  { title: 'Logic', rows: LOGIC_ROWS },
  { title: 'Shifts and rotates', rows: SHIFTS },
  { title: 'Bits', rows: BITS },
  { title: 'Control', rows: CONTROL },
  { title: 'Strings', rows: STRINGS },
  { title: 'Flags and no operation', rows: FLAG_CONTROL },
  { title: 'Decimal arithmetic', rows: BCD },
];

export const ROWS: readonly Row[] = FAMILIES.flatMap((family) => family.rows);

const byName = new Map<string, Row[]>();
for (const one of ROWS) {
  for (const name of [one.name, ...(one.synonyms ?? [])]) {
    const rows = byName.get(name);
    if (rows) rows.push(one);
    else byName.set(name, [one]);
  }
}

/** The rows of an operation, by its own name or a synonym. Empty when there is no such operation here. */
export function rowsNamed(name: string): readonly Row[] {
  return byName.get(name) ?? [];
}
