/**
 * The libcs of this machine, where there are any: every window in them is right, and every handler but that of musl up
 * to 1.2.3, which redirects from everywhere in asynchronous mode (docs/findings.md).
 */
import { basename, dirname } from 'node:path';
import { libcArchives } from '../object/support.js';
import { lintPaths, proved, told } from './support.js';

const without = /has no cancellation window: none of its \d+ objects defines/;

(libcArchives.length > 0 ? test.each(libcArchives) : test.skip.each(['no libc.a is here']))('%s', async (path) => {
  const linted = await lintPaths(dirname(path), [basename(path)], ['i386', 'x86_64', 'x32']);
  expect(told(linted).filter((one) => !one.endsWith(': handler-window-mismatch: codeUnguarded'))).toEqual([]);
  const hasNone = linted.result.notices.some(({ message }) => without.test(message));
  expect(proved(linted)).toHaveLength(hasNone ? 0 : 1);
});
