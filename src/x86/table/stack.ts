/** Pushes, pops, frames. The legend is in types.ts. A stack operation is never 32 bits wide in x86_64. */
import { row, type Row } from './types.js';

export const STACK: readonly Row[] = [
  row('push', 'wlq', 'i rm', 'push'),
  row('push', 'wlq', 'sreg', 'pushSegment', { depends: 'the upper half of a 32-bit slot is undefined' }),
  row('pop', 'wlq', 'rm', 'pop'),
  row('pop', 'wlq', 'sreg', 'popSegment', {
    depends: 'only a load that changes nothing is simulated; one of %ss holds back interrupts for one instruction',
  }),
  row('pusha', 'wl', '-', 'pusha', { mode: 'i386' }),
  row('popa', 'wl', '-', 'popa', { mode: 'i386' }),
  row('pushf', 'wlq', '-', 'pushf', { reads: 'oszapcd' }),
  row('popf', 'wlq', '-', 'popf', { writes: '*' }),
  row('enter', 'wlq', 'i16,i8', 'enter'),
  row('leave', 'wlq', '-', 'leave'),
];
