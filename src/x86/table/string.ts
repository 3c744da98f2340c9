/** String instructions. The legend is in types.ts. With `rep` each iteration is one step. */
import { row, type Row } from './types.js';

const ALL = 'oszapc';

export const STRINGS: readonly Row[] = [
  row('movs', 'bwlq', '- si,di', 'movs', { reads: 'd', synonyms: ['smov'] }),
  row('cmps', 'bwlq', '- di,si', 'cmps', { reads: 'd', writes: ALL, synonyms: ['scmp'] }),
  row('stos', 'bwlq', '- di a,di', 'stos', { reads: 'd', synonyms: ['ssto'] }),
  row('lods', 'bwlq', '- si si,a', 'lods', { reads: 'd', synonyms: ['slod'] }),
  row('scas', 'bwlq', '- di di,a', 'scas', { reads: 'd', writes: ALL, synonyms: ['ssca'] }),
];
