/** The formatters by name. */
import type { Formatter } from './formatter.js';
import { formatJson } from './json.js';
import { formatSarif } from './sarif.js';
import { formatStylish } from './stylish.js';

export const formatters = {
  stylish: { description: 'For people: findings by file, each with its steps', format: formatStylish },
  json: { description: 'For scripts: an array with one object a file', format: formatJson },
  sarif: { description: 'For code scanning services and viewers: SARIF 2.1.0', format: formatSarif },
} as const satisfies Record<string, Formatter>;

export type FormatName = keyof typeof formatters;
