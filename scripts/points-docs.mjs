/**
 * `npm run points:docs` writes docs/points/README.md: what cancelint says of the public functions of musl, glibc and
 * uClibc-ng, side by side, where architectures differ, and how many of the functions that glibc exports it knows of. It
 * takes the trees that `npm run trees -- all` brings, and some minutes.
 *
 * Exit status: 0 written, 2 a tree is not there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runMain, setUp, SetupError } from './setup.mjs';

const TREES = ['musl-1.2.5', 'glibc-2.41', 'uclibc-ng-1.0.35'];
/** Those of which all architectures are looked at: glibc's 27 take too long. */
const OTHERS = ['musl-1.2.5'];
const MAX_OUTPUT = 256 * 1024 * 1024;

/** The lists of what glibc's libraries export (scripts/abilist.awk), by the folder of the target. */
const LISTS = { i386: 'i386', x86_64: 'x86_64/64' };
const LISTED = 'glibc-2.41';

function inventoryOf(tree, ...options) {
  const path = join('trees', tree);
  if (!existsSync(join(root, path))) throw new SetupError(`${path} is not there; 'npm run trees -- ${tree}' brings it`);
  const program = ['dist/cli/main.js', 'points', path, '--format', 'json', ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT,
  });
  if (status !== 0) throw new SetupError(stderr.trim());
  return new Map(JSON.parse(stdout).map((entry) => [entry.function, entry]));
}

/** Names of functions (`GLIBC_2.0 read F`) by the library that exports them; those of the implementation left out. */
function exportedBy(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.abilist'))
    .sort()
    .map((file) => {
      const lines = readFileSync(join(folder, file), 'utf8').split('\n');
      const names = lines.flatMap((line) => /^\S+ ([A-Za-z]\w*) F\b/.exec(line)?.[1] ?? []);
      return { library: file.replace('.abilist', ''), names: [...new Set(names)].sort() };
    })
    .filter(({ names }) => names.length > 0);
}

function names(inventory) {
  const rows = Object.entries(LISTS).flatMap(([target, folder]) => {
    const known = (name) => inventory.get(name)?.targets[target] !== undefined;
    const lists = exportedBy(join(root, 'trees', LISTED, 'sysdeps/unix/sysv/linux', folder));
    const listed = new Set(lists.flatMap((l) => l.names));
    const more = [...inventory.values()].filter((e) => e.targets[target] !== undefined && !listed.has(e.function));
    return [
      ...lists.map(({ library, names }) => {
        const missing = names.filter((name) => !known(name));
        const told = library === 'libm' ? '' : missing.map((name) => `\`${name}\``).join(', ');
        return `| ${target} | ${library} | ${names.length} | ${missing.length} | ${told} |`;
      }),
      `| ${target} | none | | | in the inventory only: ${more.map((e) => `\`${e.function}\``).join(', ') || 'nothing'} |`,
    ];
  });
  return `| target | library | functions | not in the inventory | which |
| --- | --- | ---: | ---: | --- |
${rows.join('\n')}`;
}

const differences = (rows) =>
  rows.length === 0 ? 'None.' : `| function | tree | most | others |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;

/** What two or more architectures do differently, the most common status first. */
function differing(tree, inventory) {
  return [...inventory.values()].flatMap((entry) => {
    const by = new Map();
    for (const [target, status] of Object.entries(entry.targets)) by.set(status, [...(by.get(status) ?? []), target]);
    if (by.size < 2) return [];
    const [[most], ...others] = [...by].sort((a, b) => b[1].length - a[1].length);
    const rest = others.map(([status, targets]) => `${status} on ${targets.join(', ')}`).join('; ');
    return [`| ${entry.function} | ${tree} | ${most} | ${rest} |`];
  });
}

/** One word where all targets agree. */
function said(entry) {
  if (entry === undefined) return '';
  const all = Object.entries(entry.targets);
  const [first] = all;
  const status = all.every(([, one]) => one === first[1]) ? first[1] : all.map((one) => one.join(' ')).join(', ');
  return entry.verdict === 'ok' ? status : `${status}, **${entry.verdict}**`;
}

const standing = ({ posix }) => [...new Set(Object.values(posix))].join(', ');

function page(inventories, all) {
  const functions = [...new Set(inventories.flatMap((one) => [...one.keys()]))].sort();
  const rows = functions.flatMap((name) => {
    const entries = inventories.map((one) => one.get(name));
    const known = entries.find((one) => one !== undefined);
    const isTold =
      Object.values(known.posix).includes('required') || entries.some((e) => /point|cond|unk/.test(said(e)));
    return isTold ? [`| ${name} | ${standing(known)} | ${entries.map(said).join(' | ')} |`] : [];
  });
  const counts = inventories.map((one) => `${one.size}`);
  return `# Cancellation points of three libcs

Made by \`npm run points:docs\` from what \`cancelint points\` says of each tree for i386 and x86_64: every public function that POSIX requires to be a cancellation point, or that acts on a request in one of them. Of ${TREES.map((tree, i) => `${tree} ${counts[i]}`).join(', of ')} public functions were looked at; those that are not listed act on none. POSIX's word is given for 2001, 2008 and 2024 where they differ. \`open\` is a function that is new in 2024 and not in its first list: the first list of 2024 is what NetBSD tests, the second could not be had, and for the functions that 2008 has it is taken to be as there.

\`point\`: every way that reports no error acts. \`conditional\`: some way does. \`unknown\`: not decided; with the verdict \`ok\`, that some way acts is known, and not whether every way does. Verdicts other than \`ok\` are set in bold; [the findings](../findings.md) say what they are worth.

| function | POSIX | ${TREES.join(' | ')} |
| --- | --- | ${TREES.map(() => '---').join(' | ')} |
${rows.join('\n')}

## Where architectures differ

Of all architectures of ${OTHERS.join(' and ')}: the functions that do not do the same on each, with what most of them do. A function that an architecture does not have is not told; \`cancelint points --target all\` says the same of any tree.

${differences(OTHERS.flatMap((tree, i) => differing(tree, all[i])))}

## Held to what is exported

The lists of functions that the libraries of ${LISTED} export are in its tree (\`*.abilist\`); names that begin with an underscore are left out. What is missing of libm are the variants of one source for further types, which the build makes by loops in its make files, and routines in assembly that are named by macros; none of them can act. Those of libc are routines in assembly that macros name, a line of \`syscalls.list\` and functions for old programs only, and \`obstack_free\`, whose name a macro hides.

${names(inventories[TREES.indexOf(LISTED)])}
`;
}

runMain(import.meta.url, () => {
  setUp();
  mkdirSync(join(root, 'docs/points'), { recursive: true });
  writeFileSync(
    join(root, 'docs/points/README.md'),
    page(
      TREES.map((tree) => inventoryOf(tree)),
      OTHERS.map((tree) => inventoryOf(tree, '--target', 'all')),
    ),
  );
  return 0;
});
