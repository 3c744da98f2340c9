/** Bit tests, bit scans, byte order. The legend is in types.ts. */
import { row, type Row } from './types.js';

const TEST = { writes: 'c', undefined: 'osap' } as const;
const SCAN = {
  writes: 'z',
  undefined: 'osapc',
  depends: 'the destination is undefined when the source is 0',
} as const;

export const BITS: readonly Row[] = [
  row('bt', 'wlq', 'i8,rm r,rm', 'bt', TEST),
  row('bts', 'wlq', 'i8,rm r,rm', 'bts', { ...TEST, lock: true }),
  row('btr', 'wlq', 'i8,rm r,rm', 'btr', { ...TEST, lock: true }),
  row('btc', 'wlq', 'i8,rm r,rm', 'btc', { ...TEST, lock: true }),
  row('bsf', 'wlq', 'rm,r', 'bsf', SCAN),
  row('bsr', 'wlq', 'rm,r', 'bsr', SCAN),
  row('bswap', 'lq', 'r', 'bswap'),
];
