/** A window as one page that needs nothing else: the drawing, the verdicts, and runs that can be stepped through. */
import { readFileSync } from 'node:fs';
import { visible, visibleJson } from '../formatters/visible.js';
import { isWrong, type Explanation, type InstructionRow, type Outcome, type Row, type Verdict } from './model.js';
import { escaped } from './svg.js';
import { callInWords, conclusion, depthOf, introduction, outcomeInWords, placeOf, placesAre } from './words.js';

/** The style and the script of the page lie beside the compiled program, as files that are linted. */
const asset = (name: string): string => readFileSync(new URL(`../../pages/${name}`, import.meta.url), 'utf8');

export function explainHtml(explanation: Explanation): string {
  const { file, target, libc, routine, rows, verdicts, runs } = explanation;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(`${routine}, ${target}`)}</title>
<style>
${asset('explain.css')}</style>
<h1>${text(routine)}</h1>
<p>${text(`${file}, ${target}, ${libc}. ${introduction(explanation)} ${conclusion(explanation)}.`)}</p>
<main>
<div>
<table class="code">
<tr><th>${placesAre(explanation)}<th>stack<th>instruction<th>a request that arrives in front of it</tr>
${rows.map((row, i) => rowHtml(row, i, explanation)).join('\n')}
</table>
<h2>Properties</h2>
<table>
${verdicts.map(verdictHtml).join('\n')}
</table>
</div>
<aside>
<section>
<h2><label for="run">Run</label></h2>
<select id="run">${runs.map(({ title }) => `<option>${text(title)}</option>`).join('')}</select>
<div class="controls"><button id="back">Back</button><button id="forward">Forward</button><output id="position"></output></div>
<input id="step" type="range" min="0" value="0" aria-label="Step">
</section>
<section aria-live="polite"><h2>What happens</h2><ul class="events" id="events"></ul></section>
<section><h2>Flag</h2><code id="flag"></code></section>
<section><h2>Registers</h2><dl class="words" id="registers"></dl></section>
<section><h2>Stack, from the stack pointer up</h2><dl class="words" id="stack"></dl></section>
</aside>
</main>
<script type="application/json" id="data">${data({ runs })}</script>
<script type="module">
${asset('explain.js')}</script>
</html>
`;
}

const text = (of: string): string => escaped(visible(of));

/** JSON in a script element: nothing in it may end the element. */
const data = (of: object): string => visibleJson(JSON.stringify(of)).replace(/</g, '\\u003c');

function rowHtml(row: Row, index: number, explanation: Explanation): string {
  if (row.row === 'label') return `<tr class="label"><td><td><td colspan="2">${text(row.name)}:</tr>`;
  const inside = row.inside ? ' class="inside"' : '';
  const own = row.calls.length > 0 ? '' : outcomeHtml(row.outcome, explanation);
  return [
    `<tr id="row-${String(index)}"${inside}><td class="number"${bytesOf(row)}>${text(placeOf(row))}<td class="number">${depthOf(row.depths)}<td>${text(row.text)}<td class="outcome">${own}</tr>`,
    ...row.calls.map((call) => {
      const shade = call.inside ? 'call inside' : 'call';
      return `<tr class="${shade}"><td><td><td>${text(callInWords(call))}<td class="outcome">${outcomeHtml(call.outcome, explanation)}</tr>`;
    }),
    // A row of their own: in the instruction's cell they would take the width of the outcomes.
    ...row.faults.map((fault) => `<tr${inside}><td><td><td colspan="2" class="bad">${text(fault)}</tr>`),
  ].join('\n');
}

/** Machine code says its bytes where the pointer rests. */
const bytesOf = ({ code }: InstructionRow): string =>
  code ? ` title="${text(`byte ${code.offset}: ${code.bytes}`)}"` : '';

function outcomeHtml(outcome: Outcome | undefined, explanation: Explanation): string {
  if (!outcome) return 'no run comes here';
  const words = text(outcomeInWords(outcome, explanation));
  return isWrong(outcome) ? `<span class="bad">${words}</span>` : words;
}

const WORDS = { holds: 'holds', broken: 'broken', undecided: 'not decided', elsewhere: '' } as const;

function verdictHtml({ property, name, verdict, text: said = '' }: Verdict): string {
  const words = verdict === 'holds' ? '' : said;
  return `<tr><td>${property}<td>${text(name)}<td class="verdict-${verdict}">${WORDS[verdict]}<td>${text(words)}</tr>`;
}
