/** Finds the roles of a name. Built once a libc; asked for every identifier that is called. */
import type { Libc, Role } from './types.js';

const PLAIN = /^\w+$/;
const NONE: readonly Role[] = [];

export class Roles {
  private readonly exact = new Map<string, Role[]>();
  private readonly patterns: { readonly test: RegExp; readonly role: Role }[] = [];
  private readonly known = new Map<string, readonly Role[]>();
  /** Matches every name that some pattern matches: most names match none, and one test tells. */
  private readonly anyPattern: RegExp;
  private readonly twins: readonly RegExp[];

  constructor(readonly libc: Libc) {
    for (const { names, is } of libc.roles) {
      for (const name of names) {
        if (!PLAIN.test(name)) this.patterns.push({ test: new RegExp(`^(?:${name})$`), role: is });
        else if (this.exact.has(name)) this.exact.get(name)?.push(is);
        else this.exact.set(name, [is]);
      }
    }
    this.anyPattern = new RegExp(`^(?:${this.patterns.map((p) => p.test.source).join('|') || '(?!)'})$`);
    this.twins = libc.twins.map((t) => new RegExp(t.pattern));
  }

  /** All roles, in the order of the data file; a later one applies where an earlier one's condition does not hold. */
  of(name: string): readonly Role[] {
    let found = this.known.get(name);
    if (!found) {
      const exact = this.exact.get(name) ?? NONE;
      const matching = this.anyPattern.test(name) ? this.patterns.filter((p) => p.test.test(name)) : [];
      found = matching.length === 0 ? exact : [...exact, ...matching.map((p) => p.role)];
      this.known.set(name, found);
    }
    return found;
  }

  has(name: string, ...kinds: readonly Role['role'][]): boolean {
    return this.of(name).some((r) => kinds.includes(r.role));
  }

  /** The system call that a non-cancelling twin makes (`__close_nocancel` → `close`), if the name is one. */
  twinOf(name: string): string | undefined {
    for (const twin of this.twins) {
      const m = twin.exec(name);
      if (m) return m[1];
    }
    return undefined;
  }

  /** Regular expression source that matches every name with one of these roles as a whole word. */
  pattern(kinds: ReadonlySet<Role['role']>): string[] {
    return this.libc.roles.filter((r) => kinds.has(r.is.role)).flatMap((r) => r.names);
  }
}
