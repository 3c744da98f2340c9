/** Writes as fast as the reader takes it, and notices when the reader goes away. */
import type { OutputStream } from './io.js';

export class Writer {
  /** The reader has gone (`cancelint simulate … | head`): nothing more need be made. */
  private isGone = false;
  private wake: () => void = () => undefined;

  constructor(private readonly stream: OutputStream) {
    const gone = (): void => {
      this.isGone = true;
      this.wake();
    };
    stream.once?.('close', gone);
    stream.once?.('error', gone);
  }

  /** Writes, and waits until more may be written. False when nobody reads any more. */
  async write(text: string): Promise<boolean> {
    if (this.isGone) return false;
    this.stream.write(text);
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (this.stream.writableNeedDrain === true) this.stream.once?.('drain', resolve);
      // A fault of the write is told in a later turn.
      else setImmediate(resolve);
    });
    // `isGone` may have changed meanwhile.
    return !this.hasGone();
  }

  private hasGone(): boolean {
    return this.isGone;
  }
}
