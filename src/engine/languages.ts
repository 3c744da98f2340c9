/** Which files are sources, and of which language, by their names. */

/** `table`: glibc's lists of system calls. Their comments are those of assembly. */
export type Language = 'c' | 'assembly' | 'table';

const BY_EXTENSION: Readonly<Record<string, Language>> = {
  '.c': 'c',
  '.h': 'c',
  '.inc': 'c',
  // A header that the build generates lies in the tree as its template (musl's arch/*/bits/syscall.h.in).
  '.h.in': 'c',
  '.s': 'assembly',
  '.S': 'assembly',
};

const TABLE = 'syscalls.list';

/** The language of a file, or nothing for a file that is not linted. */
export function languageOf(path: string): Language | undefined {
  if (path === TABLE || path.endsWith(`/${TABLE}`)) return 'table';
  const plain = path.endsWith('.h.in') ? path.slice(0, -'.in'.length) : path;
  const dot = plain.lastIndexOf('.');
  return dot === -1 ? undefined : BY_EXTENSION[plain.slice(dot)];
}

export const EXTENSIONS: readonly string[] = [...Object.keys(BY_EXTENSION), TABLE];
