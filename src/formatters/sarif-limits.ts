/** How many results services take: more are cut off or refused, which a user should hear before the upload. */
import { compareText } from '../linter/compare.js';
import type { Finding } from '../linter/finding.js';

const SHOWN = 5000;
const ACCEPTED = 25_000;

/** A line about a log that is too long, with the rules that make it so; nothing where it is not. */
export function sarifWarning(findings: readonly Finding[]): string | undefined {
  if (findings.length <= SHOWN) return undefined;
  const counts = new Map<string, number>();
  for (const { ruleId } of findings) counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1);
  const noisiest = [...counts].sort(([a, m], [b, n]) => n - m || compareText(a, b)).slice(0, 3);
  const names = noisiest.map(([id, count]) => `${id} (${count})`).join(', ');
  const what = findings.length > ACCEPTED ? `refuse a log with more than ${ACCEPTED}` : `show the first ${SHOWN} only`;
  return `${findings.length} results; code scanning services ${what}. Most are from ${names}`;
}
