/** Whether to colour. */

export interface ColourChoice {
  /** `--color`, `--no-color`, or neither. */
  readonly asked: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the text goes is a terminal. */
  readonly isTerminal: boolean;
}

/** The option decides, then NO_COLOR, then FORCE_COLOR, then whether somebody looks. */
export function wantsColour({ asked, env, isTerminal }: ColourChoice): boolean {
  if (asked !== undefined) return asked;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}
