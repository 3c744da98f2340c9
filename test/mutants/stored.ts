/** The processor's outcomes that `npm run native -- --store` wrote. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './generate.mjs';

/** What can be observed of a wrapper from outside; test/native/sweep.c says when. */
export const KINDS = [
  'lost-request',
  'lost-result',
  'cancel-path',
  'arguments',
  'no-call',
  'abi',
  'flag-check',
  'side-effect',
  'foreign-code',
  'eintr',
  'crash',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Outcome {
  readonly name: string;
  readonly key: string;
  /** The line's last word: "none", or the kinds with their witnesses. */
  readonly text: string;
  readonly kinds: readonly Kind[];
}

export function storedOutcomes(target: Target): Outcome[] {
  const text = readFileSync(join(process.cwd(), 'fixtures', 'native', `${target}.txt`), 'utf8');
  return text.trimEnd().split('\n').map(readLine);
}

function readLine(line: string): Outcome {
  const [name = '', key = '', text = ''] = line.split(' ');
  return { name, key, text, kinds: text === 'none' ? [] : text.split(',').map(kindOf) };
}

function kindOf(observed: string): Kind {
  const [name] = observed.split('@');
  const kind = KINDS.find((one) => one === name);
  if (kind === undefined) throw new Error(`unknown kind in "${observed}"`);
  return kind;
}
