/**
 * Which files a file may include, without an include path: `#include <a/b.h>` may mean any file of the tree whose path
 * ends in `a/b.h`. Enough to keep a macro of an unrelated header out of an assembly file, where any word may be one.
 */

const INCLUDE = /^[ \t]*#[ \t]*include(?:_next)?[ \t]*[<"]([^>"\n]+)[>"]/gm;

export class Includes {
  private readonly byBase = new Map<string, string[]>();
  private readonly direct = new Map<string, readonly string[]>();

  constructor(private readonly texts: ReadonlyMap<string, string>) {
    for (const file of texts.keys()) {
      const base = file.slice(file.lastIndexOf('/') + 1);
      const list = this.byBase.get(base);
      if (list) list.push(file);
      else this.byBase.set(base, [file]);
    }
  }

  /** Every file that may be included from the given ones, directly or not, and those themselves. */
  closure(...files: readonly string[]): ReadonlySet<string> {
    const reached = new Set<string>(files);
    const work = [...files];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      for (const next of this.of(at)) {
        if (reached.has(next)) continue;
        reached.add(next);
        work.push(next);
      }
    }
    return reached;
  }

  private of(file: string): readonly string[] {
    let known = this.direct.get(file);
    if (!known) {
      const found: string[] = [];
      for (const m of (this.texts.get(file) ?? '').matchAll(INCLUDE)) {
        const path = (m[1] ?? '').replace(/^(\.\.?\/)+/, '');
        const base = path.slice(path.lastIndexOf('/') + 1);
        // A generated header lies in the tree as its template.
        const candidates = [...(this.byBase.get(base) ?? []), ...(this.byBase.get(`${base}.in`) ?? [])];
        found.push(...candidates.filter((c) => `/${c}`.endsWith(`/${path}`) || `/${c}`.endsWith(`/${path}.in`)));
      }
      this.direct.set(file, (known = found));
    }
    return known;
  }
}
