/** Notes, while effects are recorded, that an instruction left its destination undefined. */
import type { Place } from '../place.js';
import type { State } from '../state.js';

export function noteUndefined(s: State, place: Place, at: number): void {
  const { register, width } = place;
  if (!register) {
    s.effects.push({ kind: 'undefinedMemory', address: at, width });
    return;
  }
  const low = width >= 4 ? -1 : ((2 << (width * 8 - 1)) - 1) << (8 * register.offset);
  // Whether a 32-bit operation without a result clears the upper half differs between processors.
  s.effects.push({ kind: 'undefined', number: register.number, low, high: width >= 4 ? -1 : 0 });
}
