import { readFileSync, writeFileSync } from 'node:fs';
import { optionsPage } from '../../src/cli/options-page.js';

const page = new URL('../../docs/options.md', import.meta.url);

it('docs/options.md is what the options say (UPDATE_DOCS=1 writes it)', () => {
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, optionsPage());
  expect(readFileSync(page, 'utf8')).toBe(optionsPage());
});
