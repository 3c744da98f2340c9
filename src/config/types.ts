/** The shape of a configuration, as `schema/cancelint.config.schema.json` describes it; a test holds the two together. */
import type { OwnLibc } from '../libc/own.js';
import type { Preset, RuleSetting } from '../linter/severities.js';
import type { OwnLists } from '../posix/index.js';

export interface ConfigFile {
  readonly $schema?: string;
  readonly libc?: string | OwnLibc;
  readonly targets?: readonly string[];
  readonly preset?: Preset;
  readonly rules?: Readonly<Record<string, RuleSetting>>;
  readonly ignore?: readonly string[];
  readonly points?: OwnLists;
}
