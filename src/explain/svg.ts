/** The drawing of a window as a picture of its own: the lines of the text, in the colours of a terminal. */
import type { Explanation } from './model.js';
import { barColumn, explainText } from './text.js';

const LINE = 18;
const CHARACTER = 8;
const MARGIN = 16;

export function explainSvg(explanation: Explanation): string {
  const lines = explainText(explanation, false).trimEnd().split('\n');
  const width = 2 * MARGIN + CHARACTER * Math.max(...lines.map((line) => line.length));
  const height = 2 * MARGIN + LINE * lines.length;
  const bars = barsOf(lines, barColumn(explanation));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" width="${String(width)}" height="${String(height)}" role="img">`,
    `<title>${escaped(lines[0] ?? '')}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...bars.map(
      ({ from, to }) =>
        `<rect x="${String(MARGIN - 6)}" y="${String(MARGIN + LINE * from)}" width="${String(width - 2 * MARGIN + 12)}" height="${String(LINE * (to - from))}" fill="#e6f4ea"/>`,
    ),
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="13" xml:space="preserve">`,
    ...lines.map((line, i) => {
      const color = /LOST|DAMAGED|BROKEN|^ +\^ |^ {18}\S/.test(line) ? '#b3261e' : '#1f1f1f';
      return `<text x="${String(MARGIN)}" y="${String(MARGIN + LINE * i + 13)}" fill="${color}" textLength="${String(CHARACTER * line.length)}" lengthAdjust="spacing">${escaped(line)}</text>`;
    }),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Lines of the drawing that lie inside the window, as stretches. */
function barsOf(lines: readonly string[], column: number): { readonly from: number; readonly to: number }[] {
  const bars: { from: number; to: number }[] = [];
  lines.forEach((line, i) => {
    if (line.charAt(column) !== '|') return;
    const last = bars.at(-1);
    if (last?.to === i) last.to = i + 1;
    else bars.push({ from: i, to: i + 1 });
  });
  return bars;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
