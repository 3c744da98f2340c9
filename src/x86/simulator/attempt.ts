/**
 * The usual step while an undefined bit is about somewhere: the instruction reads none of them. It is run on that
 * chance, and taken back when what it read says otherwise, so that the choices of `explore` are made only where needed.
 */
import type { Entry } from './code.js';
import type { Effect } from './effects.js';
import { Fault } from './fault.js';
import type { Outcome, Run, State } from './state.js';
import { applyEffects, hasUndefined } from './undefined.js';

/** What the registers were; kept here because a step has no other step within it. */
const r32 = new Int32Array(32);
const selectors = new Uint16Array(6);

/** The outcome; undefined where undefined bits were read or the instruction faults, with the state as it was before. */
export function attempt(s: State, entry: Entry, run: Run): Outcome | undefined {
  if ((s.undefinedFlags & entry.reads) !== 0) return undefined;
  const { flags, undefinedFlags, pc, shadow, fsBase, gsBase } = s;
  const memory = s.memory.mark();
  r32.set(s.r32);
  selectors.set(s.selectors);
  s.effects = [];
  let outcome: Outcome | undefined;
  try {
    outcome = run(s);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  if (outcome !== undefined && !readsUndefined(s)) {
    applyEffects(s, s.effects);
    s.uncertain = hasUndefined(s);
    return outcome;
  }
  s.memory.undoTo(memory);
  s.r32.set(r32);
  s.selectors.set(selectors);
  s.flags = flags;
  s.undefinedFlags = undefinedFlags;
  s.pc = pc;
  s.shadow = shadow;
  s.fsBase = fsBase;
  s.gsBase = gsBase;
  return undefined;
}

/** Whether the step read an undefined bit. A byte that it had written itself counts too: that is looked into elsewhere. */
function readsUndefined(s: State): boolean {
  for (const effect of s.effects) {
    if (effect.kind === 'register') {
      if (effect.access !== 'write' && isUndefinedRegister(s, effect)) return true;
    } else if (effect.kind === 'memory' && effect.access === 'read' && s.undefinedMemory.size > 0) {
      for (let n = 0; n < effect.width; n++) {
        const at = effect.address + n;
        if (s.undefinedMemory.has(s.mode === 'i386' ? at >>> 0 : at)) return true;
      }
    }
  }
  return false;
}

function isUndefinedRegister({ undefined32, undefined8 }: State, effect: Effect & { kind: 'register' }): boolean {
  const { number, width, offset } = effect;
  switch (width) {
    case 8:
      return ((undefined32[2 * number] ?? 0) | (undefined32[2 * number + 1] ?? 0)) !== 0;
    case 4:
      return undefined32[2 * number] !== 0;
    case 2:
      return ((undefined32[2 * number] ?? 0) & 0xffff) !== 0;
    case 1:
      return undefined8[8 * number + offset] !== 0;
  }
}
