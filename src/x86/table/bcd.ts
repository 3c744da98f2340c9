/** Decimal arithmetic and what else x86_64 dropped. The legend is in types.ts. */
import { row, type Row } from './types.js';

export const BCD: readonly Row[] = [
  row('daa', '', '-', 'daa', { mode: 'i386', reads: 'ac', writes: 'szapc', undefined: 'o' }),
  row('das', '', '-', 'das', { mode: 'i386', reads: 'ac', writes: 'szapc', undefined: 'o' }),
  row('aaa', '', '-', 'aaa', { mode: 'i386', reads: 'a', writes: 'ac', undefined: 'oszp' }),
  row('aas', '', '-', 'aas', { mode: 'i386', reads: 'a', writes: 'ac', undefined: 'oszp' }),
  row('aam', '', '- i8', 'aam', { mode: 'i386', writes: 'szp', undefined: 'oac', faults: '#DE when the base is 0' }),
  row('aad', '', '- i8', 'aad', { mode: 'i386', writes: 'szp', undefined: 'oac' }),
  row('arpl', '', 'r16,rm16', 'arpl', { mode: 'i386', writes: 'z' }),
];
