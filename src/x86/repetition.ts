/** `.rept`, `.irp` and `.irpc`: how often, and with what. */
import { parseValue } from './directives.js';
import { Cursor } from './lexer.js';
import { splitUse, substitute, unquote, type Macro } from './macros.js';
import { TextMaker, type MadeText } from './source.js';
import type { Symbols } from './symbols.js';

const MAX_VALUES = 100_000;

export interface Rounds {
  readonly count: bigint;
  /** For `.irp` and `.irpc` the symbol's value in each round. */
  readonly values?: readonly ReadonlyMap<string, string>[];
}

/** Reads the text after the directive; gives the reason when it cannot be followed. */
export function readRounds(name: string, head: string, symbols: Symbols): Rounds | string {
  if (name === '.rept' || name === '.rep') {
    const expr = parseValue(new Cursor(head, 0, head.length));
    const count = expr && expr.k !== 'register' ? symbols.evaluate(expr) : undefined;
    return count === undefined ? 'number of repetitions is not known' : { count };
  }
  const found = /^\s*([A-Za-z_.$][\w.$]*)\s*,?/.exec(head);
  const symbol = found?.[1];
  if (!found || symbol === undefined) return `${name} without a name`;
  const text = head.slice(found[0].length);
  const list = name === '.irp' ? splitUse(text).map(unquote) : Array.from(unquote(text.trim()));
  if (list.length > MAX_VALUES) return 'repetition is too large';
  const values = (list.length > 0 ? list : ['']).map((value) => new Map([[symbol, value]]));
  return { count: BigInt(values.length), values };
}

/** The repeated text. The caller has made sure that there is not too much of it. */
export function repeatBody(body: Pick<Macro, 'source' | 'start' | 'end'>, rounds: Rounds): MadeText {
  const maker = new TextMaker();
  for (let i = 0; i < Number(rounds.count); i++) {
    const values = rounds.values?.[i];
    if (values) substitute(body, values, undefined, maker);
    else maker.copy(body.source, body.start, body.end);
    maker.insert('\n', body.source, body.start);
  }
  return maker.made();
}
