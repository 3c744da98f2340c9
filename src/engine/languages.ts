/** Which files are sources, and of which language, by their names. */

export type Language = 'c' | 'assembly';

const BY_EXTENSION: Readonly<Record<string, Language>> = {
  '.c': 'c',
  '.h': 'c',
  '.inc': 'c',
  '.s': 'assembly',
  '.S': 'assembly',
};

/** The language of a file, or nothing for a file that is not linted. */
export function languageOf(path: string): Language | undefined {
  const dot = path.lastIndexOf('.');
  return dot === -1 ? undefined : BY_EXTENSION[path.slice(dot)];
}

export const EXTENSIONS: readonly string[] = Object.keys(BY_EXTENSION);
