/** What a run touches of the process it runs in. */
import type { ProgressStream } from './progress.js';

export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: OutputStream;
  readonly stderr: ProgressStream;
}

/** Where much may be written, to a reader who may be slow or go away. */
export interface OutputStream extends ProgressStream {
  readonly writableNeedDrain?: boolean;
  once?(event: 'drain' | 'close' | 'error', listener: () => void): unknown;
}
