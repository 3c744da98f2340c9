/** From the words of the command line to a command and its options, still as they were typed. */
import yargs from 'yargs';
import type { Argv } from 'yargs';
import { UserError } from '../engine/user-error.js';
import { didYouMean } from '../linter/nearest.js';
import type { Option, OptionName } from './options.js';
import { allOptions, globalOptions, OPTION_GROUPS, optionsOf } from './options.js';

/** Options by name: `true` for a flag, the values in the order in which they were given for the rest. */
export type Values = ReadonlyMap<OptionName, true | readonly string[]>;

export type Parsed =
  | { readonly command: 'lint'; readonly paths: readonly string[]; readonly values: Values }
  | { readonly command: 'simulate'; readonly subjects: readonly string[]; readonly values: Values }
  | { readonly command: 'explain'; readonly subjects: readonly string[]; readonly values: Values }
  | { readonly command: 'points'; readonly subjects: readonly string[]; readonly values: Values }
  | { readonly command: 'rules'; readonly rule: string | undefined; readonly values: Values }
  /** Help or the version, ready to print. */
  | { readonly command: 'print'; readonly text: string };

const HELP_WIDTH = 100;

/** Parses the words after the program's name. Throws a `UserError` for what it does not know. */
export function parse(words: readonly string[], version: string): Parsed {
  // What stands after -- is a path whatever it looks like; yargs would mix it with the rest.
  const end = words.indexOf('--');
  const before = end === -1 ? words : words.slice(0, end);
  const after = end === -1 ? [] : words.slice(end + 1);
  checkFlags(before);

  let parsed: Parsed | undefined;
  let text = '';
  void build(version, (found) => (parsed = found)).parse(
    [...before],
    (_error: unknown, _argv: unknown, output: string) => {
      text = output;
    },
  );
  if (text !== '') return { command: 'print', text: `${text}\n` };
  if (parsed?.command === 'lint') return { ...parsed, paths: [...parsed.paths, ...after] };
  if (parsed?.command === 'simulate' || parsed?.command === 'explain' || parsed?.command === 'points')
    return { ...parsed, subjects: [...parsed.subjects, ...after] };
  if (parsed === undefined || after.length > 0) throw new UserError('Only paths to lint may stand after --');
  return parsed;
}

function build(version: string, found: (parsed: Parsed) => void): Argv {
  const parser = yargs();
  // Help lists the groups in the order in which they are first named.
  for (const group of OPTION_GROUPS) parser.group(group === 'Other' ? ['help', 'version'] : [], group);
  parser
    .scriptName('cancelint')
    .detectLocale(false)
    .exitProcess(false)
    .wrap(HELP_WIDTH)
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      'camel-case-expansion': false,
      'boolean-negation': false,
      'greedy-arrays': false,
    })
    .command(
      ['lint [paths..]', '$0'],
      'Lints C, header and assembly files, and folders of them (default: the current folder)',
      (own) =>
        addOptions(own, optionsOf('lint')).positional('paths', {
          type: 'string',
          array: true,
          describe: 'Files and folders',
        }),
      (argv) => found({ command: 'lint', paths: strings(argv.paths), values: valuesOf(argv) }),
    )
    .command(
      'simulate [file..]',
      'Runs a function of an assembly source, an object, an archive or a program in the simulator',
      (own) =>
        addOptions(own, optionsOf('simulate')).positional('file', {
          type: 'string',
          array: true,
          describe: 'FILE[:FUNCTION], or FILE(MEMBER)[:FUNCTION] of an archive',
        }),
      (argv) => found({ command: 'simulate', subjects: strings(argv.file), values: valuesOf(argv) }),
    )
    .command(
      'explain [file..]',
      'Draws the cancellation window of an assembly source, and what a request at each instruction leads to',
      (own) =>
        addOptions(own, optionsOf('explain')).positional('file', {
          type: 'string',
          array: true,
          describe: 'FILE[:FUNCTION]',
        }),
      (argv) => found({ command: 'explain', subjects: strings(argv.file), values: valuesOf(argv) }),
    )
    .command(
      'points [root..]',
      'Lists the public functions of a libc tree, and which of them are cancellation points on which targets',
      (own) =>
        addOptions(own, optionsOf('points')).positional('root', {
          type: 'string',
          array: true,
          describe: 'The tree (default: the current folder)',
        }),
      (argv) => found({ command: 'points', subjects: strings(argv.root), values: valuesOf(argv) }),
    )
    .command(
      'rules [rule]',
      "Lists the rules, or prints one rule's page",
      (own) => own.positional('rule', { type: 'string', describe: 'Id of a rule' }),
      (argv) => found({ command: 'rules', rule: argv.rule, values: valuesOf(argv) }),
    )
    .strict()
    .fail((message, error) => {
      throw explain(message, error);
    })
    .help()
    .version(version)
    .alias({ h: 'help', v: 'version' })
    .epilogue(
      'Exit status: 0 no errors, 1 findings, 2 the job could not be done. A folder that is named like a command is given as ./NAME.',
    );
  return addOptions(parser, globalOptions);
}

function addOptions<T>(parser: Argv<T>, list: readonly Option[]): Argv<T> {
  for (const option of list) {
    const fallback = option.fallback === undefined ? '' : ` [default: ${option.fallback}]`;
    parser.option(option.name, {
      group: option.group,
      describe: `${option.description}${fallback}`,
      ...(option.alias === undefined ? {} : { alias: option.alias }),
      ...(option.kind === 'flag' ? { boolean: true } : { string: true, requiresArg: true }),
    });
  }
  return parser;
}

/** yargs takes `--quiet=anything` for false, and drops a lone dash. */
function checkFlags(words: readonly string[]): void {
  for (const word of words) {
    if (word === '-') throw new UserError('Standard input cannot be linted: "-" is no path');
    const flag = allOptions.find((option) => option.kind === 'flag' && word.startsWith(`--${option.name}=`));
    if (flag !== undefined) throw new UserError(`--${flag.name} takes no value`);
  }
}

function valuesOf(argv: Readonly<Record<string, unknown>>): Values {
  const values = new Map<OptionName, true | readonly string[]>();
  for (const { name, kind } of allOptions) {
    const value = argv[name];
    if (value === undefined || value === false) continue;
    values.set(name as OptionName, kind === 'flag' ? true : strings(value));
  }
  return values;
}

function strings(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.map((one) => (typeof one === 'string' ? one : ''));
}

/** yargs' message in the words of this tool. */
function explain(message: string, error: Error | undefined): Error {
  // Anything that is no complaint about the words is a fault of the tool and keeps its stack.
  if (error !== undefined && error.name !== 'YError') return error;
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/.exec(message)?.[1]?.split(', ')[0];
  if (unknown !== undefined) {
    const name = unknown.replace(/^___(\w+)___$/, '__$1__');
    const typed = `${name.length === 1 ? '-' : '--'}${name}`;
    return new UserError(
      `Unknown option ${typed}${didYouMean(
        typed,
        allOptions.map((option) => `--${option.name}`),
      )}`,
    );
  }
  const lacking = /^Not enough arguments following: (.*)$/.exec(message)?.[1];
  if (lacking !== undefined) return new UserError(`${lacking.length === 1 ? '-' : '--'}${lacking} needs a value`);
  return new UserError(message.replace(/\s+/g, ' '));
}
