/** How a run ends, in words. */
import type { End } from '../x86/window/path.js';

/** In words that follow "it". */
export function textOf(end: End, isActed: boolean): string {
  switch (end.kind) {
    case 'left':
      return isActed ? `'${end.name}' acts upon the request` : `goes on in '${end.name}'`;
    case 'returned':
      return 'returns to the caller';
    case 'undecided':
      return `is not known: ${end.reason}`;
    case 'fault':
      return `faults (${end.name})`;
    case 'circle':
      return 'runs in a circle';
    case 'ranOff':
      return 'runs on behind the end of the section';
    case 'syscall':
    case 'vdso':
      return 'makes the call, which blocks although a request is pending';
  }
}
