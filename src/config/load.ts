/** Finds, reads and checks a configuration. Everything that is wrong with one is one line, and the run ends there. */
import { isUtf8 } from 'node:buffer';
import { relative, resolve } from 'node:path';
import { decode, readBytes, SourceError } from '../engine/read.js';
import { CONFIG_NAME, hasConfig } from '../engine/root.js';
import { UserError } from '../engine/user-error.js';
import { ownLibc } from '../libc/own.js';
import type { Libc } from '../libc/types.js';
import { didYouMean } from '../linter/nearest.js';
import { JsonError, parseJson, type ParsedJson, type TextPlace } from './json.js';
import type { ConfigFile } from './types.js';
import { faultOf } from './validate.js';

/** Above this a file is no configuration that a person wrote. */
const MAX_BYTES = 1024 * 1024;

export interface Known {
  /** By name, the one for unknown trees among them. */
  readonly libcs: readonly Libc[];
  /** Name of the libc that one without `extends` is built on. */
  readonly generic: string;
  readonly rules: readonly string[];
}

export interface Configuration {
  /** Absolute. */
  readonly file: string;
  /** As it is called in messages. */
  readonly shown: string;
  readonly data: ConfigFile;
  /** The libc that it gives, or names. */
  readonly libc: Libc | undefined;
  /** Where the value with this JSON pointer begins. */
  readonly placeOf: (pointer: string) => TextPlace;
  /** Ends the run: what is said of the value with this JSON pointer, after the path to it. */
  readonly fail: (pointer: string, message: string, key?: string) => never;
}

/** The configuration that `--config` names. Throws a `UserError` for one that is not sound. */
export function configFromOption(cwd: string, typed: string, known: Known): Configuration {
  return load(resolve(cwd, typed), typed, known);
}

/** The configuration in the root of a tree, where there is one. Throws a `UserError` for one that is not sound. */
export function configOfRoot(cwd: string, root: string, known: Known): Configuration | undefined {
  if (!hasConfig(root)) return undefined;
  const file = resolve(root, CONFIG_NAME);
  return load(file, relative(cwd, file), known);
}

function load(file: string, shown: string, known: Known): Configuration {
  const { value, placeOf, placeOfKey } = parse(file, shown);
  const fail = (pointer: string, message: string, key?: string): never => {
    const { line, column } = key === undefined ? placeOf(pointer) : placeOfKey(pointer, key);
    throw new UserError(`${shown}:${String(line)}:${String(column)}: ${pathOf(pointer)} ${message}`);
  };
  const fault = faultOf(value);
  if (fault) fail(fault.pointer, fault.message, fault.key);
  const data = value as ConfigFile;
  checkRules(data, known, fail);
  return { file, shown, data, libc: libcOf(data, known, fail), placeOf, fail };
}

function parse(file: string, shown: string): ParsedJson {
  try {
    const bytes = readBytes(file);
    if (bytes.length > MAX_BYTES)
      throw new UserError(
        `${shown}: The file has ${String(bytes.length)} bytes, and configurations above ${String(MAX_BYTES)} are not read`,
      );
    if (!isUtf8(bytes)) throw new UserError(`${shown}: The file is not UTF-8, as JSON has to be`);
    return parseJson(decode(bytes));
  } catch (error) {
    if (error instanceof SourceError) throw new UserError(`${shown}: ${error.message}`);
    if (error instanceof JsonError)
      throw new UserError(`${shown}:${String(error.at.line)}:${String(error.at.column)}: ${error.message}`);
    throw error;
  }
}

/** `libc.windows[0].start` for `/libc/windows/0/start`. */
function pathOf(pointer: string): string {
  if (pointer === '') return 'the configuration';
  const keys = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.reduce((path, key) => {
    if (/^\d+$/.test(key)) return `${path}[${key}]`;
    if (!/^[\w$-]{1,80}$/.test(key)) return `${path}["${key.slice(0, 80)}"]`;
    return path === '' ? key : `${path}.${key}`;
  }, '');
}

function checkRules({ rules = {} }: ConfigFile, known: Known, fail: Configuration['fail']): void {
  for (const id of Object.keys(rules)) {
    if (!known.rules.includes(id))
      fail(
        '/rules',
        `names an unknown rule "${id.slice(0, 80)}"${didYouMean(id, known.rules) || '; "cancelint rules" lists them'}`,
        id,
      );
  }
}

function libcOf({ libc }: ConfigFile, known: Known, fail: Configuration['fail']): Libc | undefined {
  if (libc === undefined) return undefined;
  const named = (name: string, pointer: string): Libc => {
    const names = known.libcs.map((one) => one.name);
    return (
      known.libcs.find((one) => one.name === name) ??
      fail(pointer, `names an unknown libc "${name}"${didYouMean(name, names) || `; known are ${names.join(', ')}`}`)
    );
  };
  if (typeof libc === 'string') return named(libc, '/libc');
  libc.windows?.forEach(({ start, end }, i) => {
    if (start === end) fail(`/libc/windows/${String(i)}/end`, 'is the same label as "start"');
  });
  return ownLibc(libc, named(libc.extends ?? known.generic, '/libc/extends'));
}
