/** Addition, subtraction, multiplication, division. The legend is in types.ts. */
import { row, type Row } from './types.js';

const BINARY = 'i,rm r,rm m,r';
const ALL = 'oszapc';

export const ARITHMETIC: readonly Row[] = [
  row('add', 'bwlq', BINARY, 'add', { writes: ALL, lock: true }),
  row('adc', 'bwlq', BINARY, 'adc', { reads: 'c', writes: ALL, lock: true }),
  row('sub', 'bwlq', BINARY, 'sub', { writes: ALL, lock: true }),
  row('sbb', 'bwlq', BINARY, 'sbb', { reads: 'c', writes: ALL, lock: true }),
  row('cmp', 'bwlq', BINARY, 'cmp', { writes: ALL }),
  row('inc', 'bwlq', 'rm', 'inc', { writes: 'oszap', lock: true }),
  row('dec', 'bwlq', 'rm', 'dec', { writes: 'oszap', lock: true }),
  row('neg', 'bwlq', 'rm', 'neg', { writes: ALL, lock: true }),
  row('xadd', 'bwlq', 'r,rm', 'xadd', { writes: ALL, lock: true }),
  row('cmpxchg', 'bwlq', 'r,rm', 'cmpxchg', { writes: ALL, lock: true }),
  row('cmpxchg8b', '', 'm', 'cmpxchg8b', { writes: 'z', lock: true }),
  row('cmpxchg16b', '', 'm', 'cmpxchg16b', {
    writes: 'z',
    lock: true,
    mode: 'x86_64',
    faults: '#GP when the operand is not aligned to 16',
  }),
  row('mul', 'bwlq', 'rm rm,a', 'mul', { writes: 'oc', undefined: 'szap' }),
  row('imul', 'bwlq', 'rm', 'imul', { writes: 'oc', undefined: 'szap' }),
  row('imul', 'wlq', 'rm,r i,r i,rm,r', 'imulTwo', { writes: 'oc', undefined: 'szap' }),
  row('div', 'bwlq', 'rm rm,a', 'div', {
    undefined: ALL,
    faults: '#DE when the divisor is 0 or the quotient too large',
  }),
  row('idiv', 'bwlq', 'rm rm,a', 'idiv', {
    undefined: ALL,
    faults: '#DE when the divisor is 0 or the quotient too large',
  }),
];
