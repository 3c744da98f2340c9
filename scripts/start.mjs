/**
 * `npm start` lints the small libc in fixtures/trees/mini, `npm start -- PATH…` another tree; options are passed on.
 * Installs and builds first where needed.
 *
 * The exit status is the linter's. Only for the small libc, whose bugs are there on purpose, findings are a success:
 * npm would print a block of errors below them, as if something had gone wrong.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root, runMain, setUp } from './setup.mjs';

const demo = join('fixtures', 'trees', 'mini');

/** Whether the arguments say what to lint. A word after an option that is no path is taken for the option's value. */
export function namesSomething(args, cwd) {
  return args.some((arg, index) => {
    if (arg.startsWith('-')) return ['--help', '-h', '--version', '-v', '--stdin'].includes(arg);
    return existsSync(resolve(cwd, arg)) || index === 0 || !args[index - 1].startsWith('-');
  });
}

function lint(args, cwd) {
  const done = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], { cwd, stdio: 'inherit' });
  return done.status ?? 2;
}

runMain(import.meta.url, () => {
  setUp();
  const args = process.argv.slice(2);
  // npm runs scripts in the project's folder; the paths are relative to where the user stands.
  const cwd = process.env['INIT_CWD'] ?? process.cwd();
  if (namesSomething(args, cwd)) return lint(args, cwd);

  // First, since an option that takes several values would swallow it.
  const status = lint([demo, ...args], root);
  if (status > 1) return status;
  console.error(`${demo} is a demonstration: it has these bugs on purpose. Lint another tree with: npm start -- PATH`);
  return 0;
});
