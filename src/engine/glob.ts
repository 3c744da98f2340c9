/** Path patterns: `*`, `?`, `**`, `{a,b}` and `[abc]`, on paths with forward slashes. */

/** One test for many patterns. */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  const all = new RegExp(`^(?:${patterns.map(source).join('|')})$`, 's');
  return (path) => all.test(path);
}

/** A pattern as the source of a regular expression. `a/**` also matches `a` itself, `**` also no folder at all. */
function source(pattern: string): string {
  let out = '';
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (pattern.startsWith('**/', at)) {
      out += '(?:[^/]+/)*';
      at += 2;
    } else if (pattern.slice(at) === '/**') {
      return `${out}(?:/.*)?${')'.repeat(depth)}`;
    } else if (pattern.startsWith('**', at)) {
      out += '.*';
      at += 1;
    } else if (character === '*') out += '[^/]*';
    else if (character === '?') out += '[^/]';
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end === -1) out += '\\[';
      else {
        out += `[${pattern
          .slice(at + 1, end)
          .replace(/^!/, '^')
          .replace(/\\/g, '\\\\')}]`;
        at = end;
      }
    } else if (character === '{') {
      out += '(?:';
      depth++;
    } else if (character === '}' && depth > 0) {
      out += ')';
      depth--;
    } else if (character === ',' && depth > 0) out += '|';
    else out += character.replace(/[\\^$.|?*+()[\]{}]/, '\\$&');
  }
  return out + ')'.repeat(depth);
}
