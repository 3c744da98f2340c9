/** The paths of the command line, and the tree that they are part of. */
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Libc } from '../libc/types.js';
import { detectLibc } from '../libc/detect.js';
import { didYouMean } from '../linter/nearest.js';
import { isMachineCode } from '../x86/load/open.js';
import { readBytes, reason, whatItIs } from './read.js';
import { UserError } from './user-error.js';
import { realPath, relativeInside } from './walk.js';

/** One path of the command line. */
export interface Given {
  /** As it was typed, for messages. */
  readonly typed: string;
  /** Absolute, links followed. Of a path that leads nowhere: the folder's real path and the name. */
  readonly real: string;
  /** `broken`: it is there and cannot be looked at, for the reason given. `other`: a pipe, a device. */
  readonly kind: 'file' | 'folder' | 'broken' | 'other';
  readonly why?: string;
}

/** Looks up the given paths. Throws a `UserError` for one that does not exist. */
export function lookUp(cwd: string, paths: readonly string[]): readonly Given[] {
  return paths.map((typed) => lookUpOne(cwd, typed));
}

function lookUpOne(cwd: string, typed: string): Given {
  if (typed === '') throw new UserError('An empty path was given');
  const absolute = resolve(cwd, typed);
  try {
    lstatSync(absolute);
  } catch (error) {
    throw new UserError(`No such file or folder: ${typed}${notThere(error, absolute)}`);
  }
  try {
    const real = realPath(absolute);
    const stat = statSync(real);
    if (stat.isFile()) return { typed, real, kind: 'file' };
    return stat.isDirectory()
      ? { typed, real, kind: 'folder' }
      : { typed, real, kind: 'other', why: `it is ${whatItIs(stat)}` };
  } catch (error) {
    return { typed, real: join(realPath(dirname(absolute)), basename(absolute)), kind: 'broken', why: reason(error) };
  }
}

function notThere(error: unknown, absolute: string): string {
  const why = reason(error);
  if (why !== 'no such file') return ` (${why})`;
  try {
    return didYouMean(basename(absolute), readdirSync(dirname(absolute)));
  } catch {
    return '';
  }
}

/** Whether a path of the command line is machine code, and no source. */
export function isCodeFile({ kind, real }: Given): boolean {
  if (kind !== 'file') return false;
  try {
    return isMachineCode(readBytes(real));
  } catch {
    return false;
  }
}

/** The configuration of the tree that it lies in the root of. */
export const CONFIG_NAME = 'cancelint.config.json';

/** Something of that name is there, be it a link that leads nowhere. */
export function hasConfig(folder: string): boolean {
  try {
    lstatSync(join(folder, CONFIG_NAME));
    return true;
  } catch {
    return false;
  }
}

/** The folder that `--root` names. */
export function rootFromOption(cwd: string, typed: string): string {
  try {
    const real = realPath(resolve(cwd, typed));
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    throw new UserError(`--root ${typed}: ${reason(error) === 'no such file' ? 'no such folder' : reason(error)}`);
  }
  throw new UserError(`--root ${typed}: not a folder`);
}

/**
 * The root when none is named: the nearest folder from the paths' common parent upward that has a configuration or that
 * a libc's signs recognise, else the nearest with a `.git`, else the common parent.
 */
export function findRoot(given: readonly Given[], libcs: readonly Libc[]): string {
  const folders = given.map((one) => (one.kind === 'folder' ? one.real : dirname(one.real)));
  const ancestors = upward(commonParent(folders));
  return (
    ancestors.find((folder) => hasConfig(folder) || detectLibc(folder, libcs) !== undefined) ??
    ancestors.find((folder) => existsSync(join(folder, '.git'))) ??
    ancestors[0] ??
    ''
  );
}

function commonParent(folders: readonly string[]): string {
  let common = folders[0] ?? '.';
  for (const folder of folders) {
    while (relativeInside(common, folder) === undefined) common = dirname(common);
  }
  return common;
}

/** A folder and those it lies in, nearest first. */
function upward(folder: string): readonly string[] {
  const all = [folder];
  for (let at = folder; dirname(at) !== at; at = dirname(at)) all.push(dirname(at));
  return all;
}
