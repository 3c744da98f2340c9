/** Instructions on single flags, and those that do nothing. The legend is in types.ts. */
import { row, type Row } from './types.js';

export const FLAG_CONTROL: readonly Row[] = [
  row('clc', '', '-', 'clc', { writes: 'c' }),
  row('stc', '', '-', 'stc', { writes: 'c' }),
  row('cmc', '', '-', 'cmc', { reads: 'c', writes: 'c' }),
  row('cld', '', '-', 'cld', { writes: 'd' }),
  row('std', '', '-', 'std', { writes: 'd' }),
  row('lahf', '', '-', 'lahf', { reads: 'szapc' }),
  row('sahf', '', '-', 'sahf', { writes: 'szapc' }),
  row('nop', 'wlq', '- rm r,rm', 'nop'),
  row('pause', '', '-', 'nop'),
  row('endbr32', '', '-', 'nop'),
  row('endbr64', '', '-', 'nop'),
];
