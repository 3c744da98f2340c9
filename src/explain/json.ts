/** An explanation for scripts: the model as it is, one JSON object (docs/explain.md). */
import { visibleJson } from '../formatters/visible.js';
import type { Explanation } from './model.js';

export function explainJson(explanation: Explanation): string {
  return `${visibleJson(JSON.stringify(explanation, undefined, 2))}\n`;
}
