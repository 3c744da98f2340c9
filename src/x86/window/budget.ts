/**
 * What proofs may cost, in simulated instructions: a window of a libc takes some thousands. What is not afforded is said
 * to be undecided, the same on every machine.
 */

/** Of one window on one target. */
export const WINDOW_STEPS = 200_000;
/** Of all windows of a run. */
export const RUN_STEPS = 2_000_000;

export class Budget {
  private used = 0;

  /** @param within what this is a part of: it pays too, and its end is the end of this. */
  constructor(
    private readonly steps: number,
    private readonly whole: string,
    private readonly within?: Budget,
  ) {}

  spend(steps: number): void {
    this.used += steps;
    this.within?.spend(steps);
  }

  /** How many steps are left. */
  get left(): number {
    return Math.max(0, Math.min(this.steps - this.used, this.within?.left ?? Infinity));
  }

  /** In words, what has been used up where nothing is left. */
  get reason(): string {
    const isWhole = this.steps - this.used <= 0;
    return isWhole || !this.within
      ? `more than ${String(this.steps)} instructions would have to be run for ${this.whole}`
      : this.within.reason;
  }
}

export const runBudget = (): Budget => new Budget(RUN_STEPS, 'all windows');
