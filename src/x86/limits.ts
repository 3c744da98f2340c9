/** Bounds that no real source comes near, and what keeps hostile ones finite. */
export interface ParseLimits {
  /** Macros and repetitions inside one another. */
  readonly depth: number;
  /** Characters that all expansions together may make. */
  readonly expansion: number;
  /** Characters of one statement. */
  readonly statement: number;
  readonly statements: number;
  /** Problems that are told one by one; the rest is counted. */
  readonly problems: number;
}

export const LIMITS: ParseLimits = {
  depth: 60,
  expansion: 16_000_000,
  statement: 1_000_000,
  statements: 500_000,
  problems: 100,
};

/** What a macro's use costs besides its text, so that many empty ones are bounded too. */
export const USE_COST = 200;
