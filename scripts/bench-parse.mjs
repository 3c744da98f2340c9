/**
 * What bench.mjs compares with: reads every .c and .h file of a folder and parses it with tree-sitter as it stands,
 * nothing more. Prints the numbers of files parsed and skipped as JSON.
 *
 * Two things are done for the parser's sake, as any program that uses it on a libc has to:
 * - Tables of bare numbers (musl's src/locale) are skipped; error recovery takes ten seconds and more for each.
 * - The event loop gets a turn every 200 files, since trees are only freed then.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const Parser = require('tree-sitter');

const comment = /\/\*[^]*?\*\/|\/\/.*/g;
const directive = /^[ \t]*#(?:.*\\\r?\n)*.*/gm;
const literals = /^(?:\s|,|\{|\}|[-+]?\d[\w.]*(?![\w.])|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')+$/;

/** Whether nothing but numbers, commas, braces and literals stands outside the directives. */
function isBareTable(text) {
  const code = text.replace(comment, ' ').replace(directive, '').trim();
  return code.length > 0 && literals.test(code);
}

const parser = new Parser();
parser.setLanguage(require('tree-sitter-c'));
const counts = { parsed: 0, skipped: 0 };
for (const entry of readdirSync(process.argv[2], { withFileTypes: true, recursive: true })) {
  if (!entry.isFile() || !/\.[ch]$/.test(entry.name)) continue;
  const text = readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8');
  if (isBareTable(text)) {
    counts.skipped += 1;
    continue;
  }
  parser.parse(text);
  counts.parsed += 1;
  if (counts.parsed % 200 === 0) await new Promise((done) => setImmediate(done));
}
console.log(JSON.stringify(counts));
