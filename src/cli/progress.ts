/** One line on a terminal that says how far a long run is. Never in a log, and not for a run that is over at once. */

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const DELAY = 1000;
const INTERVAL = 100;
const ERASE = '\r\u001b[K';

export class Progress {
  private readonly start: number;
  private lastShown = 0;
  private isShown = false;

  constructor(
    private readonly stream: ProgressStream,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.start = clock();
  }

  /** Tells how far a phase is. */
  readonly update = (phase: string, done: number, total: number): void => {
    const now = this.clock();
    if (this.stream.isTTY !== true || now - this.start < DELAY || now - this.lastShown < INTERVAL) return;
    this.lastShown = now;
    this.isShown = true;
    this.stream.write(`${ERASE}${`${phase} ${done}/${total}`.slice(0, Math.max(10, (this.stream.columns ?? 80) - 1))}`);
  };

  /** Takes the line away, before anything else is printed. */
  clear(): void {
    if (this.isShown) this.stream.write(ERASE);
    this.isShown = false;
  }
}
