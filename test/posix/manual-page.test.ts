/** The lists are those of pthreads(7), where the machine has that page (Debian: package manpages). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LISTS } from '../../src/posix/points.js';

const page = [...(process.env.MANPATH ?? '').split(':').filter(Boolean), '/usr/share/man', '/usr/local/share/man']
  .flatMap((folder) => ['pthreads.7.gz', 'pthreads.7'].map((name) => join(folder, 'man7', name)))
  .find((path) => existsSync(path));

interface Line {
  readonly name: string;
  readonly remark: string;
}

/** The two lists of the section on cancellation points: lines `name() remark`, and remarks that go on in a line more. */
function lists(path: string): readonly (readonly Line[])[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
  const [, section = ''] = /^\.SS Cancell?ation points$(.*?)^\.SS /ms.exec(text) ?? [];
  return [...section.matchAll(/^\.EX$(.*?)^\.EE$/gms)].map(([, block = '']) =>
    [...block.replace(/\n {5,}/g, ' ').matchAll(/^(\w+)\(\) *(.*)$/gm)].map(([, name = '', remark = '']) => ({
      name,
      remark,
    })),
  );
}

const [required = [], may = []] = page === undefined ? [] : lists(page);
const why =
  page === undefined ? 'no pthreads(7) on this machine' : may.length === 0 ? `${page} is laid out otherwise` : page;

(may.length === 0 ? test.skip : test)(`the lists of 2001 and of the first edition of 2008 (${why})`, () => {
  expect([required.length > 50, may.length > 200]).toEqual([true, true]);
  const of2001 = (all: readonly Line[]) =>
    all.filter((l) => !l.remark.includes('Added in POSIX.1-2008')).map((l) => l.name);
  const of2008 = (all: readonly Line[]) =>
    all.filter((l) => !l.remark.includes('POSIX.1-2001 only')).map((l) => l.name);

  expect([...LISTS['2001'].required].sort()).toEqual(of2001(required).sort());
  expect([...LISTS['2001'].may].sort()).toEqual(of2001(may).sort());
  // The corrigenda took `system` off the first list, and leave open what need not be thread-safe.
  expect([...LISTS['2008'].required, 'system'].sort()).toEqual(of2008(required).sort());
  expect(of2008(may).filter((name) => !LISTS['2008'].may.has(name))).toEqual([]);
});
