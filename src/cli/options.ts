/** Every option: the one place that the parser, `--help` and docs/options.md are made from. */

export type OptionKind =
  /** Given or not given. */
  | 'flag'
  /** Takes a value; the last one counts. */
  | 'value'
  /** Takes a value each time; all count. */
  | 'list';

export interface Option {
  readonly name: string;
  readonly alias?: string;
  readonly kind: OptionKind;
  /** What the value is called in the documentation. */
  readonly value?: string;
  readonly group: OptionGroup;
  /** A sentence without the final stop. */
  readonly description: string;
  /** What holds when it is not given, in words. */
  readonly fallback?: string;
  /** Understood by every command, not by `lint` alone. */
  readonly isGlobal?: true;
}

/** The commands that have options of their own. */
export type OptionCommand = 'lint' | 'simulate' | 'explain' | 'points';

export const OPTION_GROUPS = [
  'What to lint',
  'What to simulate',
  'What to explain',
  'What to list',
  'Findings',
  'Output',
  'Speed and diagnosis',
  'Other',
] as const;
export type OptionGroup = (typeof OPTION_GROUPS)[number];

export const options = [
  {
    name: 'root',
    kind: 'value',
    value: 'DIR',
    group: 'What to lint',
    description: 'The tree that gives context (headers, call graph, aliases); findings are printed for the paths only',
    fallback: 'found from the paths',
  },
  {
    name: 'target',
    kind: 'value',
    value: 'ARCH[,ARCH…]|all',
    group: 'What to lint',
    description: 'Architectures to analyse the library for, or all that the tree has',
    fallback: 'i386,x86_64',
  },
  {
    name: 'libc',
    kind: 'value',
    value: 'NAME',
    group: 'What to lint',
    description: 'The C library that the tree is',
    fallback: 'found from the tree',
  },
  {
    name: 'config',
    kind: 'value',
    value: 'FILE',
    group: 'What to lint',
    description: 'What the tree calls things, which rules count, what is left out; docs/configuration.md describes it',
    fallback: 'cancelint.config.json in the root of the tree',
  },
  {
    name: 'rule',
    kind: 'list',
    value: "'ID: off|warn|error'",
    group: 'Findings',
    description: 'Sets how serious the findings of a rule are; may be given many times',
    fallback: 'the recommended rules',
  },
  {
    name: 'quiet',
    kind: 'flag',
    group: 'Findings',
    description: 'Prints errors only; warnings still count for --max-warnings',
  },
  {
    name: 'max-warnings',
    kind: 'value',
    value: 'N',
    group: 'Findings',
    description: 'With more warnings than this the exit status is 1',
    fallback: 'no limit',
  },
  {
    name: 'no-inline-config',
    kind: 'flag',
    group: 'Findings',
    description: 'Ignores the comments in the sources that silence findings',
  },
  {
    name: 'format',
    alias: 'f',
    kind: 'value',
    value: 'NAME',
    group: 'Output',
    description: 'How findings are printed: stylish, json or sarif',
    fallback: 'stylish',
  },
  {
    name: 'output-file',
    alias: 'o',
    kind: 'value',
    value: 'FILE',
    group: 'Output',
    description: 'Writes the findings there instead of printing them; the file changes all at once or not at all',
    fallback: 'standard output',
  },
  {
    name: 'color',
    kind: 'flag',
    group: 'Output',
    description: 'Uses colours even where the output is no terminal',
    fallback: 'on a terminal, unless NO_COLOR is set; FORCE_COLOR as well switches them on',
    isGlobal: true,
  },
  {
    name: 'no-color',
    kind: 'flag',
    group: 'Output',
    description: 'Uses no colours',
    isGlobal: true,
  },
  {
    name: 'print-ir',
    kind: 'flag',
    group: 'Output',
    description: 'Prints the lifted functions of the paths instead of findings',
  },
  {
    name: 'print-cfg',
    kind: 'flag',
    group: 'Output',
    description: 'Prints their control flow as Graphviz graphs instead of findings',
  },
  {
    name: 'print-config',
    kind: 'flag',
    group: 'Output',
    description: 'Prints what is in force for the paths, and where each part comes from, as JSON instead of findings',
  },
  {
    name: 'concurrency',
    kind: 'value',
    value: 'N|auto|off',
    group: 'Speed and diagnosis',
    description: 'Number of worker threads; the findings do not depend on it',
    fallback: 'auto',
  },
  {
    name: 'stats',
    kind: 'flag',
    group: 'Speed and diagnosis',
    description: 'Prints what was read, lifted and not understood',
  },
  {
    name: 'debug',
    kind: 'flag',
    group: 'Speed and diagnosis',
    description: 'Prints on standard error what the run decides and how long it takes, and the stack of a fault',
    isGlobal: true,
  },
] as const satisfies readonly Option[];

/** Those of `simulate`. Some are named like one of `lint` and take something else. */
export const simulateOptions = [
  {
    name: 'target',
    kind: 'value',
    value: 'ARCH',
    group: 'What to simulate',
    description: 'Instruction set of a source: i386, x86_64 or x32; machine code says it itself',
    fallback: "found from the source's path and registers",
  },
  {
    name: 'config',
    kind: 'value',
    value: 'FILE',
    group: 'What to simulate',
    description: 'What the tree calls things, which rules count, what is left out; docs/configuration.md describes it',
    fallback: 'cancelint.config.json in the root of the tree',
  },
  {
    name: 'set',
    kind: 'list',
    value: 'REGISTER=HEX[,…]',
    group: 'What to simulate',
    description: 'What a register holds at the beginning; also eflags, fsbase and gsbase',
    fallback: 'values that stand out',
  },
  {
    name: 'mem',
    kind: 'list',
    value: 'ADDR=BYTES',
    group: 'What to simulate',
    description:
      'Bytes in memory at the beginning, two digits each; ADDR is a register, a symbol or a number, all of which may be followed by +HEX or -HEX',
  },
  {
    name: 'steps',
    kind: 'value',
    value: 'N',
    group: 'What to simulate',
    description: 'Stops after so many steps; an iteration of a repeated instruction is one',
    fallback: '10000',
  },
  {
    name: 'vectors',
    kind: 'flag',
    group: 'What to simulate',
    description: 'Answers the test vectors on standard input, one a line, instead of running a file',
  },
  {
    name: 'format',
    alias: 'f',
    kind: 'value',
    value: 'NAME',
    group: 'Output',
    description: 'How the steps are printed: text or json',
    fallback: 'text',
  },
] as const satisfies readonly Option[];

/** Those of `explain`. */
export const explainOptions = [
  {
    name: 'target',
    kind: 'value',
    value: 'ARCH',
    group: 'What to explain',
    description: 'Instruction set of a source: i386, x86_64 or x32; machine code says it itself',
    fallback: "found from the source's path and registers",
  },
  {
    name: 'config',
    kind: 'value',
    value: 'FILE',
    group: 'What to explain',
    description: 'What the tree calls things, which rules count, what is left out; docs/configuration.md describes it',
    fallback: 'cancelint.config.json in the root of the tree',
  },
  {
    name: 'format',
    alias: 'f',
    kind: 'value',
    value: 'NAME',
    group: 'Output',
    description: 'How the window is drawn: text, json, html, svg or dot',
    fallback: 'text',
  },
] as const satisfies readonly Option[];

export const pointsOptions = [
  {
    name: 'target',
    kind: 'value',
    value: 'ARCH[,ARCH…]|all',
    group: 'What to list',
    description: 'Architectures to link the library for, or all that the tree has',
    fallback: 'i386,x86_64',
  },
  {
    name: 'libc',
    kind: 'value',
    value: 'NAME',
    group: 'What to list',
    description: 'The C library that the tree is',
    fallback: 'found from the tree',
  },
  {
    name: 'config',
    kind: 'value',
    value: 'FILE',
    group: 'What to list',
    description: 'What the tree calls things, which rules count, what is left out; docs/configuration.md describes it',
    fallback: 'cancelint.config.json in the root of the tree',
  },
  {
    name: 'diff',
    kind: 'value',
    value: 'OTHER',
    group: 'What to list',
    description: 'Prints what another tree, or another version, says differently',
  },
  {
    name: 'why',
    kind: 'value',
    value: 'FUNCTION',
    group: 'What to list',
    description: 'Prints the calls by which one function comes to what acts on a request',
  },
  {
    name: 'format',
    alias: 'f',
    kind: 'value',
    value: 'NAME',
    group: 'Output',
    description: 'How the inventory is printed: table, json, csv, html or markdown',
    fallback: 'table',
  },
] as const satisfies readonly Option[];

const OWN: Readonly<Record<OptionCommand, readonly Option[]>> = {
  lint: options,
  simulate: simulateOptions,
  explain: explainOptions,
  points: pointsOptions,
};

/** The options that only one command has. */
export function optionsOf(command: OptionCommand): readonly Option[] {
  return OWN[command].filter((option) => option.isGlobal !== true);
}

export const globalOptions: readonly Option[] = (options as readonly Option[]).filter((option) => option.isGlobal);

/** Every option of any command. */
export const allOptions: readonly Option[] = [...options, ...simulateOptions, ...explainOptions, ...pointsOptions];

export type OptionName = (typeof options | typeof simulateOptions | typeof pointsOptions)[number]['name'];
