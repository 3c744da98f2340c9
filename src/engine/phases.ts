/** How long the steps of a run took, in milliseconds. */
export class PhaseClock {
  readonly phases: Record<string, number> = {};
  private last = performance.now();

  /** Ends a step: the time since the one before is its own. */
  next(name: string): void {
    const now = performance.now();
    this.phases[name] = (this.phases[name] ?? 0) + now - this.last;
    this.last = now;
  }
}
