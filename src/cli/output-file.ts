/** `--output-file`: written whole under another name and then renamed, so that no reader ever sees half of it. */
import { accessSync, constants, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { reason } from '../engine/read.js';
import { UserError } from '../engine/user-error.js';
import { realPath } from '../engine/walk.js';

/** Complains before the work is done rather than after it. */
export function checkOutputFile(cwd: string, typed: string): void {
  attempt(typed, () => {
    const target = resolve(cwd, typed);
    const stat = statSync(target, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) throw new UserError(`Cannot write ${typed}: it is a folder`);
    if (stat === undefined) mkdirSync(dirname(target), { recursive: true });
    accessSync(stat === undefined || stat.isFile() ? dirname(target) : target, constants.W_OK);
  });
}

/** Writes the file. Throws a `UserError` when that cannot be done, and leaves what was there before. */
export function writeOutputFile(cwd: string, typed: string, text: string): void {
  attempt(typed, () => {
    const target = followed(resolve(cwd, typed));
    const stat = statSync(target, { throwIfNoEntry: false });
    // A device or a pipe takes what it is given; renaming a file over it would replace it.
    if (stat !== undefined && !stat.isFile()) return writeFileSync(target, text);
    const temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${process.pid}.tmp`);
    try {
      writeFileSync(temporary, text, { flag: 'wx', mode: stat?.mode ?? 0o666 });
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

/** Where a link leads, so that the link itself stays. */
function followed(path: string): string {
  try {
    return realPath(path);
  } catch {
    return path;
  }
}

function attempt(typed: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`Cannot write ${typed}: ${reason(error)}`);
  }
}
