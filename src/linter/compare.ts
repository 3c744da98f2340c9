/** Orders. All by code unit, so that no locale changes what a run prints. */
import type { Region } from '../ir/types.js';

/** Text by code unit. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Places by file, then position. */
export function compareRegions(a: Region, b: Region): number {
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    a.endLine - b.endLine ||
    a.endColumn - b.endColumn
  );
}
