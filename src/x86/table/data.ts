/** Moves, exchanges, extensions, conditional moves and sets. The legend is in types.ts. */
import { CONDITIONS } from './conditions.js';
import { row, type Row } from './types.js';

export const DATA: readonly Row[] = [
  row('mov', 'bwlq', 'i,rm r,rm m,r', 'mov'),
  row('mov', 'q', 'i64,r', 'mov', { mode: 'x86_64', synonyms: ['movabs'] }),
  row('mov', 'wlq', 'sreg,r', 'storeSegment'),
  row('mov', '', 'sreg,m', 'storeSegment'),
  row('mov', '', 'rm16,sreg r32,sreg r64,sreg', 'loadSegment', {
    depends: 'only a load that changes nothing is simulated; one of %ss holds back interrupts for one instruction',
  }),
  row('movzx', 'wlq', 'rm8,r', 'movzx'),
  row('movzx', 'lq', 'rm16,r', 'movzx'),
  row('movsx', 'wlq', 'rm8,r', 'movsx'),
  row('movsx', 'lq', 'rm16,r', 'movsx'),
  row('movsx', 'q', 'rm32,r', 'movsx', { mode: 'x86_64', synonyms: ['movsxd', 'movslq'] }),
  row('lea', 'wlq', 'm,r', 'lea'),
  row('xchg', 'bwlq', 'r,rm m,r', 'xchg', { lock: true }),
  row('cbw', '', '-', 'cbw', { synonyms: ['cbtw'] }),
  row('cwde', '', '-', 'cwde', { synonyms: ['cwtl'] }),
  row('cdqe', '', '-', 'cdqe', { synonyms: ['cltq'], mode: 'x86_64' }),
  row('cwd', '', '-', 'cwd', { synonyms: ['cwtd'] }),
  row('cdq', '', '-', 'cdq', { synonyms: ['cltd'] }),
  row('cqo', '', '-', 'cqo', { synonyms: ['cqto'], mode: 'x86_64' }),
  row('xlat', '', '- bx', 'xlat', { synonyms: ['xlatb'] }),
  ...CONDITIONS.map(({ names, reads }) => {
    const [first = '', ...others] = names;
    return row(`cmov${first}`, 'wlq', 'rm,r', 'cmov', { reads, synonyms: others.map((o) => `cmov${o}`) });
  }),
  ...CONDITIONS.map(({ names, reads }) => {
    const [first = '', ...others] = names;
    return row(`set${first}`, '', 'rm8', 'set', { reads, synonyms: others.map((o) => `set${o}`) });
  }),
];
