/** Which files are sources, and of which language, by their names. */

/** `table`: glibc's lists of system calls. Their comments are those of assembly. `make`: rules for building. */
export type Language = 'c' | 'assembly' | 'table' | 'make';

const BY_EXTENSION: Readonly<Record<string, Language>> = {
  '.c': 'c',
  '.h': 'c',
  '.inc': 'c',
  // A header that the build generates lies in the tree as its template (musl's arch/*/bits/syscall.h.in).
  '.h.in': 'c',
  '.s': 'assembly',
  '.S': 'assembly',
};

const BY_NAME: Readonly<Record<string, Language>> = {
  'syscalls.list': 'table',
  Makefile: 'make',
  Makeconfig: 'make',
};

/** The language of a file, or nothing for a file that is not linted. */
export function languageOf(path: string): Language | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (Object.hasOwn(BY_NAME, name)) return BY_NAME[name];
  const plain = path.endsWith('.h.in') ? path.slice(0, -'.in'.length) : path;
  const dot = plain.lastIndexOf('.');
  return dot === -1 ? undefined : BY_EXTENSION[plain.slice(dot)];
}

export const EXTENSIONS: readonly string[] = [...Object.keys(BY_EXTENSION), ...Object.keys(BY_NAME)];
