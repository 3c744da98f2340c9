/** What a run touches of the process it runs in. */
import type { ProgressStream } from './progress.js';

export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: ProgressStream;
  readonly stderr: ProgressStream;
}
