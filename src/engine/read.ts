/** A source file's text. Everything that reads sources goes through here, so that sizes, encodings and faults are treated alike. */
import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Problem } from '../ir/types.js';
import { fsPath } from '../linter/path-text.js';

/** Above this a file is no source that a person wrote: it is not read. */
export const MAX_BYTES = 64 * 1024 * 1024;

export interface Source {
  /** UTF-8 where the bytes are valid UTF-8, else Latin-1, so that every byte has its place. Without a byte order mark. */
  readonly text: string;
  /** Size on disk. */
  readonly bytes: number;
}

/** Why a file has no text. */
export class SourceError extends Error {
  override readonly name = 'SourceError';

  constructor(
    readonly kind: 'unreadable-file' | 'analysis-incomplete',
    message: string,
  ) {
    super(message);
  }
}

/** Reads a file's bytes. Throws a `SourceError` where that cannot or should not be done. */
export function readBytes(absolute: string): Buffer {
  let descriptor: number | undefined;
  try {
    // O_NONBLOCK: a pipe that took a file's place since it was listed must not hang the run.
    descriptor = openSync(fsPath(absolute), constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new SourceError('unreadable-file', `This is ${whatItIs(stat)}, not a file`);
    if (stat.size > MAX_BYTES) {
      throw new SourceError(
        'analysis-incomplete',
        `The file has ${stat.size} bytes, and files above ${MAX_BYTES} are not read`,
      );
    }
    return readFileSync(descriptor);
  } catch (error) {
    throw error instanceof SourceError
      ? error
      : new SourceError('unreadable-file', `The file cannot be read: ${reason(error)}`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Reads a source file. Throws a `SourceError` where that cannot or should not be done. */
export function readSource(absolute: string): Source {
  const bytes = readBytes(absolute);
  return { text: decode(bytes), bytes: bytes.length };
}

/** Bytes as text, by the rule that `Source.text` states. */
export function decode(bytes: Buffer): string {
  if (!isUtf8(bytes)) return bytes.toString('latin1');
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** A fault while reading as a fact about the file. Anything but a `SourceError` is thrown on. */
export function sourceProblem(error: unknown, file: string): Problem {
  if (!(error instanceof SourceError)) throw error;
  return fileProblem(error.kind, error.message, file);
}

/** A problem with a file as a whole: it stands at its beginning. */
export function fileProblem(kind: Problem['kind'], message: string, file: string): Problem {
  return { kind, message, at: { file, line: 1, column: 1, endLine: 1, endColumn: 1 } };
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'no such file',
  ELOOP: 'too many levels of symbolic links',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  ENAMETOOLONG: 'its name is too long',
  EIO: 'input/output error',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  ENXIO: 'nothing is at the other end',
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
  EEXIST: 'it exists',
};

/** A system fault in words and without the path, which the caller knows better. */
export function reason(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
  if (code !== undefined) return REASONS[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}

/** The kind of a thing that is no regular file. */
export function whatItIs(stat: {
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}): string {
  if (stat.isDirectory()) return 'a folder';
  if (stat.isFIFO()) return 'a named pipe';
  if (stat.isSocket()) return 'a socket';
  if (stat.isBlockDevice() || stat.isCharacterDevice()) return 'a device';
  return 'something else';
}
