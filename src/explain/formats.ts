/** What a window can be drawn as. */
export const EXPLAIN_FORMATS = ['text', 'json', 'html', 'svg', 'dot'] as const;
export type ExplainFormat = (typeof EXPLAIN_FORMATS)[number];
