/** A window drawn for a terminal or a mail: a line an instruction, no wider than 100 columns where the source allows it. */
import type { ChalkInstance } from 'chalk';
import { Chalk } from 'chalk';
import { visible } from '../formatters/visible.js';
import { isWrong, type Explanation, type InstructionRow, type Outcome, type Row, type Verdict } from './model.js';
import { callInWords, conclusion, depthOf, introduction, outcomeInWords, placeOf, placesAre } from './words.js';

const WIDTH = 100;
const INSTRUCTION = { least: 24, most: 44 };

export function explainText(explanation: Explanation, color: boolean): string {
  return new Drawing(explanation, new Chalk({ level: color ? 1 : 0 })).text();
}

/** Characters of the first column. */
function placeWidth(of: Explanation): number {
  const places = of.rows.map((row) => (row.row === 'instruction' ? placeOf(row).length : 0));
  return Math.max(6, placesAre(of).length, ...places);
}

/** Column of the bar that is drawn inside the window, from 0. */
export const barColumn = (of: Explanation): number => placeWidth(of) + 9;

/** The lines of the routine alone, as they stand on a rule's page. */
export const explainRows = (explanation: Explanation): string =>
  new Drawing(explanation, new Chalk({ level: 0 })).rows();

class Drawing {
  private readonly width: number;
  private readonly placeWidth: number;

  constructor(
    private readonly of: Explanation,
    private readonly chalk: ChalkInstance,
  ) {
    const lengths = of.rows.map((row) => {
      if (row.row === 'label') return 0;
      return Math.max(visible(row.text).length, ...row.calls.map((call) => callInWords(call).length + 2));
    });
    this.placeWidth = placeWidth(of);
    this.width = Math.min(INSTRUCTION.most, Math.max(INSTRUCTION.least, ...lengths));
  }

  text(): string {
    const { file, target, libc, routine } = this.of;
    const head = [
      `${visible(routine)} of ${visible(file)}, ${target}, ${libc}`,
      ...wrapped(visible(introduction(this.of)), WIDTH),
      '',
    ];
    const verdicts = this.of.verdicts.map((one) => this.verdict(one));
    return `${[...head, this.rows(), '', ...verdicts, '', ...wrapped(visible(conclusion(this.of)), WIDTH)].join('\n')}\n`;
  }

  rows(): string {
    const head = this.line(placesAre(this.of), 'stack', ' ', 'instruction', 'a request that arrives in front of it');
    return [head, ...this.of.rows.flatMap((row) => this.row(row))].join('\n');
  }

  private row(row: Row): string[] {
    if (row.row === 'label') return [`${' '.repeat(this.placeWidth + 6)}${this.chalk.bold(`${visible(row.name)}:`)}`];
    const calls = row.calls.map((call) =>
      this.line('', '', call.inside ? '|' : ' ', `  ${callInWords(call)}`, this.outcome(call.outcome)),
    );
    const faults = row.faults.flatMap((text) =>
      wrapped(visible(text), WIDTH - 18).map((line, i) => `${i === 0 ? '^' : ' '} ${line}`),
    );
    return [
      this.line(placeOf(row), depthOf(row.depths), row.inside ? '|' : ' ', visible(row.text), this.ownOutcome(row)),
      ...calls,
      ...faults.map((text) => this.chalk.red(`${' '.repeat(16)}${text}`)),
    ];
  }

  /** What a call's five outcomes say is not said before them. */
  private ownOutcome({ calls, outcome }: InstructionRow): string {
    if (calls.length > 0) return '';
    return outcome ? this.outcome(outcome) : 'no run comes here';
  }

  private outcome(outcome: Outcome): string {
    const words = visible(outcomeInWords(outcome, this.of));
    return isWrong(outcome) ? this.chalk.red(words) : words;
  }

  private line(place: string, depth: string, bar: string, instruction: string, outcome: string): string {
    return `${place.padStart(this.placeWidth)} ${depth.padStart(6)}  ${bar === '|' ? this.chalk.green('|') : bar}  ${instruction.padEnd(this.width)}  ${outcome}`.trimEnd();
  }

  private verdict({ property, name, verdict, text }: Verdict): string {
    const said = {
      holds: this.chalk.green('holds'),
      broken: this.chalk.red('BROKEN'),
      undecided: 'not decided',
      elsewhere: visible(text ?? ''),
    };
    return `${property.padEnd(4)} ${name.padEnd(36)} ${said[verdict]}`;
  }
}

/** Lines of no more than so many characters, cut at blanks. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
