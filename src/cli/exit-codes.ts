/** What a run's exit status says; scripts rely on it. */

/** The job was done, and no finding stands that counts. */
export const CLEAN = 0;
/** The job was done, and findings stand. */
export const FINDINGS = 1;
/** The job could not be done as asked. */
export const FAILED = 2;
/** Ctrl-C, as shells number it. */
export const INTERRUPTED = 130;

export type ExitCode = typeof CLEAN | typeof FINDINGS | typeof FAILED;
