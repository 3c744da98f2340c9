/** Jumps, calls, returns, loops, traps. The legend is in types.ts. */
import { CONDITIONS } from './conditions.js';
import { row, type Row } from './types.js';

export const CONTROL: readonly Row[] = [
  row('jmp', 'wlq', 't *rm', 'jmp'),
  row('call', 'wlq', 't *rm', 'call'),
  row('ret', 'wlq', '- i16', 'ret'),
  ...CONDITIONS.map(({ names, reads }) => {
    const [first = '', ...others] = names;
    return row(`j${first}`, '', 't', 'jcc', { reads, synonyms: others.map((o) => `j${o}`) });
  }),
  row('jcxz', '', 't', 'jcxz', { mode: 'i386' }),
  row('jecxz', '', 't', 'jcxz'),
  row('jrcxz', '', 't', 'jcxz', { mode: 'x86_64' }),
  row('loop', '', 't', 'loop'),
  row('loope', '', 't', 'loop', { reads: 'z', synonyms: ['loopz'] }),
  row('loopne', '', 't', 'loop', { reads: 'z', synonyms: ['loopnz'] }),
  row('int', '', 'i8', 'int', { faults: 'int $0x80 enters the kernel; #BP for 3, #OF for 4, #GP otherwise' }),
  row('int3', '', '-', 'int3', { faults: '#BP' }),
  row('into', '', '-', 'into', { reads: 'o', mode: 'i386', faults: '#OF when OF is set' }),
  row('bound', 'wl', 'm,r r,m', 'bound', { mode: 'i386', faults: '#BR when outside the bounds' }),
  row('ud2', '', '-', 'ud2', { synonyms: ['ud2a'], faults: '#UD' }),
  row('hlt', '', '-', 'hlt', { faults: '#GP: privileged' }),
  row('syscall', '', '-', 'syscall', { mode: 'x86_64' }),
];
