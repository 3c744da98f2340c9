/** Runs the built program as a user does: in a folder of its own, by its file, with nothing on standard input. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = fileURLToPath(new URL('../../', import.meta.url));
export const program = process.env.CANCELINT_PROGRAM ?? join(project, 'dist/cli/main.js');

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary folder with these files; paths may have folders in them. */
export class TemporaryTree {
  readonly path: string;

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'cancelint-')));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  join(...names: string[]): string {
    return join(this.path, ...names);
  }

  write(name: string, text: string | Uint8Array): void {
    mkdirSync(dirname(this.join(name)), { recursive: true });
    writeFileSync(this.join(name), text);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const trees: TemporaryTree[] = [];

/** A tree that is removed after the tests of the file. */
export function tree(files: Readonly<Record<string, string | Uint8Array>> = {}): TemporaryTree {
  const made = new TemporaryTree(files);
  trees.push(made);
  return made;
}

export function removeTrees(): void {
  for (const made of trees.splice(0)) made.remove();
}

/** The program's run; what the environment says about colours is not passed on. */
export function cancelint(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  const inherited = { ...process.env };
  delete inherited.FORCE_COLOR;
  delete inherited.NO_COLOR;
  const done = spawnSync(process.execPath, [program, ...args], {
    cwd,
    env: { ...inherited, ...env },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.error !== undefined) throw done.error;
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}
