/** docs/options.md, made from the options so that it cannot fall behind. */
import { ARCHITECTURE_TABLE } from '../libc/targets.js';
import { formatters } from '../formatters/index.js';
import type { Option } from './options.js';
import { explainOptions, OPTION_GROUPS, options, pointsOptions, simulateOptions } from './options.js';

/** The page as Markdown. */
export function optionsPage(): string {
  const parts = [
    '# Options',
    'Made from `src/cli/options.ts`; `UPDATE_DOCS=1 npm test -- options-page` writes it anew.',
    '    cancelint [lint] [paths…] [options]\n    cancelint simulate FILE[:FUNCTION] [options]\n    cancelint explain FILE[:FUNCTION] [options]\n    cancelint points [ROOT] [options]\n    cancelint rules [RULE]',
    'Without paths the current folder is linted, or the root that is named. Objects, archives, programs and shared objects (ELF) that are named are linted in a run of their own, in place of sources. What stands after `--` is a path. A value may follow its option after a blank or after `=`; of an option that is given twice the last one counts. [configuration.md](configuration.md) says what the file may hold that `--config` names; what stands on the command line counts before it.',
  ];
  for (const group of OPTION_GROUPS) {
    const own = (options as readonly Option[]).filter((option) => option.group === group);
    if (own.length > 0) parts.push(`## ${group}`, table(['option', 'does', 'without it'], own.map(row)));
  }
  parts.push(
    '## Architectures',
    ARCHITECTURES_BEFORE,
    table(
      ['target', 'also called'],
      ARCHITECTURE_TABLE.map(({ name, synonyms }) => [code(name), synonyms.map(code).join(', ')]),
    ),
  );
  const formats = Object.entries(formatters).map(([name, { description }]) => [code(name), description]);
  parts.push(
    '## simulate',
    ...SIMULATE_BEFORE,
    table(['option', 'does', 'without it'], simulateOptions.map(row)),
    ...SIMULATE_AFTER,
    '## explain',
    EXPLAIN_BEFORE,
    table(['option', 'does', 'without it'], explainOptions.map(row)),
    EXPLAIN_AFTER,
    '## points',
    POINTS_BEFORE,
    table(['option', 'does', 'without it'], pointsOptions.map(row)),
    POINTS_AFTER,
  );
  parts.push(
    '## Formats',
    table(['name', 'for'], formats),
    '## Exit status',
    table(
      ['status', 'when'],
      [
        ['0', 'The job was done, and no error stands, nor more warnings than `--max-warnings` allows'],
        ['1', 'The job was done, and findings stand'],
        ['2', 'The job could not be done as asked; one line on standard error says why'],
        ['130', 'It was interrupted with Ctrl-C'],
      ],
    ),
  );
  return `${parts.join('\n\n')}\n`;
}

const SIMULATE_BEFORE = [
  '`cancelint simulate FILE[:FUNCTION]` runs a function in the simulator and prints each step: address, instruction, and the registers, flags and memory that changed, with a `?` for what the manuals leave undefined. Nothing of the file is run by the processor itself. FILE is an assembly source (`.s`, or `.S` through the macros of its tree), an ELF object, executable or shared object, or an archive, of which the member that defines the function is taken, or the one that is named: `libc.a(memcpy.o)`. Without a function the only one there is is run, or a program from its entry.',
  "Instructions of a source are not encoded: each takes 16 bytes of addresses, so distances within code are not the assembler's.",
];

const SIMULATE_AFTER = [
  'Numbers are hexadecimal, but for N. Registers and the words above the return address hold values that stand out (`eax=11111111`, `a0000001` on the stack) unless `--set` and `--mem` say otherwise; memory that nothing is in holds zeros, also behind the thread pointer. `--mem esp+4=00100000` sets the first argument of a function of i386.',
  'A run stops when the function returns, at a system call, at a fault, at a call of what is defined elsewhere, at an instruction that is not simulated or that takes something unknown, at a decision on an undefined value, and at the limit of steps. Whatever stopped it, the job was done: the status is 0. `--format json` prints one object with `file`, `member`, `function`, `target`, `steps` and `stop`.',
  '`--vectors` reads one vector a line and prints one answer a line, in the formats of [test/oracle/README.md](../test/oracle/README.md): `ID unknown REASON` for what the simulator does not know, `ID bad-vector` for a line that is no vector (`-` for one without an ID or of more than 64 KiB).',
];

const EXPLAIN_BEFORE =
  '`cancelint explain FILE[:FUNCTION]` runs the cancellation window of an assembly source or of machine code, delivers a request in front of each of its instructions, and draws what comes of it. FILE is a `.s`, or a `.S` through the macros of its tree, whose labels are those of the libc that the tree is, or of any that is known; or an object, an archive, `ARCHIVE(MEMBER)`, a shared object or a program. [explain.md](explain.md) says how to read the drawing, and what the formats hold.';

const EXPLAIN_AFTER = 'The exit status is 0 whatever is wrong with the window: to judge is what `lint` is for.';

const POINTS_BEFORE =
  '`cancelint points [ROOT]` reads a whole tree as its build links it and prints a line for every public function: what POSIX says of it, what its code does on each target, by which calls, and the verdict.';

const POINTS_AFTER =
  'A target says `point` where every way through the function that does not report an error acts on a request, `conditional` where some way does, `no`, `unknown` with the reason, or `absent`. POSIX says `required`, `may`, `forbidden` (the function is in neither list), `absent` (it is no function of that standard), or `open`: new in 2024 and not in its first list; the second list of 2024 could not be had, and stands as in 2008 for the functions that 2008 has. The verdict is `ok`, `missing`, `skipped`, `unexpected`, `differs` (as the rules of those names) or `unknown`. In JSON `own` is what the lists of the tree say in place of POSIX, and `documented` what manuals and headers say of a function that POSIX does not list. The exit status is 0 whatever is found: to judge is what `lint` is for.';

const ARCHITECTURES_BEFORE =
  '`--target all` stands for all that the tree has; one that it does not have is refused. C is read for every target, with what GCC defines for it; where an architecture has two byte orders, with the one that distributions ship. Assembly is read for i386, x86_64 and x32: a function that is assembly of another one is not decided, and its window is said not to be verified.';

function row(option: Option): readonly string[] {
  const long = `--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
  const names = option.alias === undefined ? code(long) : `${code(`-${option.alias}`)}, ${code(long)}`;
  return [names, option.description, option.fallback ?? ''];
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Columns as wide as their widest cell, as Prettier has it. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heads, ...rows].map((one) => one.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = heads.map((_, column) => Math.max(3, ...cells.map((one) => one[column]?.length ?? 0)));
  const line = (one: readonly string[]): string =>
    `| ${one.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
