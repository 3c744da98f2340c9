/** The configuration of a run, and what it and the command line together say of the libc. */
import { configFromOption, configOfRoot, type Configuration, type Known } from '../config/load.js';
import { findRoot, isCodeFile, lookUp, rootFromOption } from '../engine/root.js';
import { UserError } from '../engine/user-error.js';
import type { Libc } from '../libc/types.js';
import { didYouMean } from '../linter/nearest.js';
import type { Registry } from './registry.js';

export interface ConfiguredRequest {
  readonly cwd: string;
  /** What the run is about, as typed. */
  readonly paths: readonly string[];
  /** `--root`, `--config` and `--libc`, as typed. */
  readonly root: string | undefined;
  readonly config: string | undefined;
  readonly libc: string | undefined;
  readonly registry: Registry;
}

export interface Configured {
  readonly config: Configuration | undefined;
  /** Of a configuration that was found: the folder that it lies in, which is the tree's root. */
  readonly root: string | undefined;
  /** Those whose signs are looked for, in their order. */
  readonly libcs: readonly Libc[];
  /** What the tree is without a look at its signs. */
  readonly libc: Libc | undefined;
}

/** The configuration for what a run is about, as typed. */
export type ConfiguredFor = (paths: readonly string[]) => Configured;

/** Finds and reads it. Throws a `UserError` where it is not sound, and for a libc that nobody knows. */
export function configured(request: ConfiguredRequest): Configured {
  const { cwd, paths, registry } = request;
  const known: Known = {
    libcs: [...registry.libcs, registry.generic],
    generic: registry.generic.name,
    rules: registry.allRules.map((rule) => rule.id),
  };
  const named = request.config === undefined ? undefined : configFromOption(cwd, request.config, known);
  const root = named ? undefined : rootOf(request);
  const config = named ?? (root === undefined ? undefined : configOfRoot(cwd, root, known));
  const own = config?.libc?.own ? config.libc : undefined;
  const libcs = own && own.signs.length > 0 ? [own, ...registry.libcs] : registry.libcs;
  return {
    config,
    root: config && !named ? root : undefined,
    libcs,
    libc:
      libcOf(request.libc, own ? [own, ...known.libcs] : known.libcs) ?? (own?.signs.length ? undefined : config?.libc),
  };

  function rootOf({ root }: ConfiguredRequest): string {
    if (root !== undefined) return rootFromOption(cwd, root);
    const given = lookUp(cwd, paths.length > 0 ? paths : ['.']);
    return findRoot(given, given.every(isCodeFile) ? [] : registry.libcs);
  }
}

function libcOf(name: string | undefined, libcs: readonly Libc[]): Libc | undefined {
  if (name === undefined) return undefined;
  const found = libcs.find((libc) => libc.name === name);
  if (found !== undefined) return found;
  const names = [...new Set(libcs.map((libc) => libc.name))];
  throw new UserError(`Unknown libc "${name}"${didYouMean(name, names) || `; known are ${names.join(', ')}`}`);
}
