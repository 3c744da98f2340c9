/** Which libc a tree is, told by the signs in the data files: paths that exist and words in them. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Libc, Sign } from './types.js';

/** A sign's file is a header or a makefile; a file above this size is none. */
const MAX_BYTES = 1024 * 1024;

/** The first libc of the list that has all signs of one of its alternatives in the folder. */
export function detectLibc(root: string, libcs: readonly Libc[]): Libc | undefined {
  return libcs.find((libc) => libc.signs.some((signs) => signs.length > 0 && signs.every((sign) => holds(root, sign))));
}

function holds(root: string, sign: Sign): boolean {
  const path = join(root, sign.file);
  if (sign.isAbsent === true) return !existsSync(path);
  try {
    const stat = statSync(path);
    if (sign.contains === undefined && sign.lacks === undefined) return true;
    if (!stat.isFile() || stat.size > MAX_BYTES) return false;
    const text = readFileSync(path, 'latin1');
    return (
      (sign.contains === undefined || text.includes(sign.contains)) &&
      (sign.lacks === undefined || !text.includes(sign.lacks))
    );
  } catch {
    return false;
  }
}
