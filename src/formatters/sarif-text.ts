/** Words in SARIF: never empty, ended by a full stop, and without anything that a viewer takes for a link. */

/** A message as sentences. */
export function sentences(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return 'No description.';
  const safe = trimmed.replace(/\[([^\]]*)\](?=\()/g, '\\[$1\\]');
  return /[.?!]$/.test(safe) ? safe : `${safe}.`;
}

/** At most so many characters, cut at a word. Consumers refuse longer descriptions. */
export function atMost(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), length / 2))}…`;
}

/** `window-lost-result` as `WindowLostResult`: what SARIF calls a rule's name. */
export function pascal(id: string): string {
  return id.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
