/** Logic, shifts, rotates. The legend is in types.ts. */
import { row, type Row } from './types.js';

const BINARY = 'i,rm r,rm m,r';
const LOGIC = { writes: 'oszpc', undefined: 'a' } as const;
const COUNT = 'i8,rm cl,rm rm';

const SHIFT = {
  writes: 'oszpc',
  undefined: 'a',
  depends: 'count 0 changes no flag; OF is defined for count 1 only; CF is undefined when the count reaches the width',
} as const;

const ARITHMETIC_SHIFT = {
  writes: 'oszpc',
  undefined: 'a',
  depends: 'count 0 changes no flag; OF is defined for count 1 only',
} as const;

const ROTATE = {
  writes: 'oc',
  depends: 'count 0 changes no flag; OF is defined for count 1 only',
} as const;

const DOUBLE = {
  writes: 'oszpc',
  undefined: 'a',
  depends:
    'count 0 changes no flag; OF is defined for count 1 only; a count above the width leaves everything undefined',
} as const;

export const LOGIC_ROWS: readonly Row[] = [
  row('and', 'bwlq', BINARY, 'and', { ...LOGIC, lock: true }),
  row('or', 'bwlq', BINARY, 'or', { ...LOGIC, lock: true }),
  row('xor', 'bwlq', BINARY, 'xor', { ...LOGIC, lock: true }),
  row('test', 'bwlq', 'i,rm r,rm m,r', 'test', LOGIC),
  row('not', 'bwlq', 'rm', 'not', { lock: true }),
];

export const SHIFTS: readonly Row[] = [
  row('shl', 'bwlq', COUNT, 'shl', { ...SHIFT, synonyms: ['sal'] }),
  row('shr', 'bwlq', COUNT, 'shr', SHIFT),
  row('sar', 'bwlq', COUNT, 'sar', ARITHMETIC_SHIFT),
  row('rol', 'bwlq', COUNT, 'rol', ROTATE),
  row('ror', 'bwlq', COUNT, 'ror', ROTATE),
  row('rcl', 'bwlq', COUNT, 'rcl', { ...ROTATE, reads: 'c' }),
  row('rcr', 'bwlq', COUNT, 'rcr', { ...ROTATE, reads: 'c' }),
  row('shld', 'wlq', 'i8,r,rm cl,r,rm r,rm', 'shld', DOUBLE),
  row('shrd', 'wlq', 'i8,r,rm cl,r,rm r,rm', 'shrd', DOUBLE),
];
