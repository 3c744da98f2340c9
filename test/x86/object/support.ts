/** What the tests of the object reader share. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const archives = (await import(pathToFileURL(join(process.cwd(), 'scripts/libc-archives.mjs')).href)) as {
  libcArchives(): readonly string[];
};

/** The libc archives of this machine. */
export const libcArchives = archives.libcArchives();

export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** Runs a program and answers what it printed. */
export function output(name: string, args: readonly string[], cwd?: string): string {
  const done = spawnSync(name, [...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 29,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${name}: ${done.stderr}`);
  return done.stdout;
}
