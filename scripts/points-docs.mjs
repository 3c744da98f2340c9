/**
 * `npm run points:docs` writes docs/points/README.md: what cancelint says of the public functions of musl, glibc and
 * uClibc-ng, side by side. It takes the trees that `npm run trees -- all` brings.
 *
 * Exit status: 0 written, 2 a tree is not there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runMain, setUp, SetupError } from './setup.mjs';

const TREES = ['musl-1.2.5', 'glibc-2.41', 'uclibc-ng-1.0.35'];
const MAX_OUTPUT = 256 * 1024 * 1024;

function inventoryOf(tree) {
  const path = join('trees', tree);
  if (!existsSync(join(root, path))) throw new SetupError(`${path} is not there; 'npm run trees -- ${tree}' brings it`);
  const program = ['dist/cli/main.js', 'points', path, '--format', 'json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT,
  });
  if (status !== 0) throw new SetupError(stderr.trim());
  return new Map(JSON.parse(stdout).map((entry) => [entry.function, entry]));
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

function page(inventories) {
  const names = [...new Set(inventories.flatMap((one) => [...one.keys()]))].sort();
  const rows = names.flatMap((name) => {
    const entries = inventories.map((one) => one.get(name));
    const known = entries.find((one) => one !== undefined);
    const isTold =
      Object.values(known.posix).includes('required') || entries.some((e) => /point|cond|unk/.test(said(e)));
    return isTold ? [`| ${name} | ${standing(known)} | ${entries.map(said).join(' | ')} |`] : [];
  });
  const counts = inventories.map((one) => `${one.size}`);
  return `# Cancellation points of three libcs

Made by \`npm run points:docs\` from what \`cancelint points\` says of each tree for i386 and x86_64: every public function that POSIX requires to be a cancellation point, or that acts on a request in one of them. Of ${TREES.map((tree, i) => `${tree} ${counts[i]}`).join(', of ')} public functions were looked at; those that are not listed act on none. POSIX's word is given for 2001, 2008 and 2024 where they differ.

\`point\`: every way that reports no error acts. \`conditional\`: some way does. \`unknown\`: not decided; with the verdict \`ok\`, that some way acts is known, and not whether every way does. Verdicts other than \`ok\` are set in bold; [the findings](../findings.md) say what they are worth.

| function | POSIX | ${TREES.join(' | ')} |
| --- | --- | ${TREES.map(() => '---').join(' | ')} |
${rows.join('\n')}
`;
}

runMain(import.meta.url, () => {
  setUp();
  mkdirSync(join(root, 'docs/points'), { recursive: true });
  writeFileSync(join(root, 'docs/points/README.md'), page(TREES.map(inventoryOf)));
  return 0;
});
