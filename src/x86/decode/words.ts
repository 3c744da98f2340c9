/** The AT&T word for a decoded instruction, and what the parser makes of that word. */
import { mnemonic, type Mnemonic } from '../mnemonics.js';
import type { Formatter, IcedInstruction, IcedModule } from './iced.js';

export interface Word extends Mnemonic {
  readonly mnemonic: string;
  readonly hint?: 'pn' | 'pt';
}

/** Written without the suffix that the formatter gives them. */
const PLAIN: ReadonlyMap<string, string> = new Map([
  ...['loop', 'loope', 'loopne'].flatMap((name) => ['w', 'l', 'q'].map((suffix) => [name + suffix, name] as const)),
  ['xlatb', 'xlat'],
]);

/** Finds the word of each instruction, with its size suffix wherever AT&T syntax has one. */
export class Words {
  private readonly known = new Map<string, Word>();
  private readonly formatter: Formatter;

  constructor(private readonly iced: IcedModule) {
    this.formatter = new iced.Formatter(iced.FormatterSyntax.Gas);
    this.formatter.gasShowMnemonicSizeSuffix = true;
  }

  of(instruction: IcedInstruction): Word {
    const text = this.formatter.formatMnemonicOptions(instruction, this.iced.FormatMnemonicOptions.NoPrefixes);
    let word = this.known.get(text);
    if (!word) this.known.set(text, (word = read(text)));
    return word;
  }

  /** The whole instruction as text. */
  text(instruction: IcedInstruction): string {
    return this.formatter.format(instruction);
  }
}

function read(text: string): Word {
  const [written = '', hint] = text.split(',');
  const word = PLAIN.get(written) ?? written;
  return {
    mnemonic: word,
    ...(mnemonic(word) ?? { base: word }),
    ...(hint === 'pn' || hint === 'pt' ? { hint } : {}),
  };
}
