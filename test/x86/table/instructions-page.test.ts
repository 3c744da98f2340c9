import { readFileSync, writeFileSync } from 'node:fs';
import { FAMILIES, ROWS } from '../../../src/x86/table/index.js';
import { flagMask } from '../../../src/x86/table/flags.js';
import { instructionsPage } from '../../../src/x86/table/page.js';
import { OPERATIONS } from '../../../src/x86/simulator/operations/index.js';

const page = new URL('../../../docs/instructions.md', import.meta.url);

it('docs/instructions.md is what the rows say (UPDATE_DOCS=1 writes it)', () => {
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, instructionsPage());
  expect(readFileSync(page, 'utf8')).toBe(instructionsPage());
});

it('every row names an operation, and every operation has a row', () => {
  const named = new Set(ROWS.map((row) => row.semantics));
  expect([...named].sort()).toEqual(Object.keys(OPERATIONS).sort());
});

it('no flag is both defined and undefined', () => {
  for (const row of ROWS) {
    expect([row.name, flagMask(row.writes) & flagMask(row.undefined)]).toEqual([row.name, 0]);
  }
});

it('every family has rows', () => {
  expect(FAMILIES.every(({ rows }) => rows.length > 0)).toBe(true);
});
