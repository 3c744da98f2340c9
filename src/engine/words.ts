/** The words of a text, each once: what a token scan asks before anything is parsed. */

/**
 * Whether the text holds a word for which `wanted` answers yes. Comments count too: the scan only says which files
 * are worth a closer look. Each distinct word is asked for once a run through `seen`.
 */
export class WordScan {
  private readonly seen = new Map<string, boolean>();

  /** Words of fewer letters than `shortest` are not asked for. */
  constructor(
    private readonly wanted: (word: string) => boolean,
    private readonly shortest = 4,
  ) {}

  holds(text: string): boolean {
    const length = text.length;
    for (let i = 0; i < length;) {
      let c = text.charCodeAt(i);
      if (!isLetter(c)) {
        i++;
        continue;
      }
      const start = i++;
      while (i < length && (isLetter((c = text.charCodeAt(i))) || (c >= 48 && c <= 57))) i++;
      if (i - start < this.shortest || i - start > 80) continue;
      const word = text.slice(start, i);
      let answer = this.seen.get(word);
      if (answer === undefined) this.seen.set(word, (answer = this.wanted(word)));
      if (answer) return true;
    }
    return false;
  }
}

function isLetter(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95;
}

/** So many words are each searched for in a text. */
const FEW = 50;

/** Those of the words that stand in no text. A word is is no part of a longer one, of letters, digits, `_` and `$`. */
export function missingWords(words: readonly string[], texts: Iterable<string>): readonly string[] {
  const missing = new Set(words);
  for (const text of texts) {
    if (missing.size === 0) break;
    // Many words are looked up by those of the text; the few that hold a dot are never that many.
    if (missing.size > FEW) for (const [word] of text.matchAll(/[\w$]+/g)) missing.delete(word);
    for (const word of missing)
      if ((missing.size <= FEW || word.includes('.')) && holdsWord(text, word)) missing.delete(word);
  }
  return [...missing];
}

function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const isPart = (c: string | undefined): boolean => c !== undefined && /[\w$]/.test(c);
    if (!isPart(text[at - 1]) && !isPart(text[at + word.length])) return true;
  }
  return false;
}
