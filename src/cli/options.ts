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

export const OPTION_GROUPS = ['What to lint', 'Findings', 'Output', 'Speed and diagnosis', 'Other'] as const;
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
    description: 'Instruction sets to analyse the library for: i386, x86_64, x32',
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

export type OptionName = (typeof options)[number]['name'];
