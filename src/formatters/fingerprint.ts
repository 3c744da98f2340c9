/** Fingerprints: what a finding is told by from one version of a tree to the next, wherever its line has moved to. */
import { createHash } from 'node:crypto';
import type { Finding } from '../linter/finding.js';

/** One fingerprint a finding, in the same order. Equal findings of a file are numbered as they follow each other. */
export function fingerprints(findings: readonly Finding[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const parts = [finding.ruleId, finding.at.file, finding.function ?? '', finding.anchor.replace(/\s+/g, ' ').trim()];
    const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
    const ordinal = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, ordinal);
    return `${hash}:${ordinal}`;
  });
}
