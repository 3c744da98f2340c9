/** Real sources, where `npm run trees` has put them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scanDirectives, type Definition } from '../../src/cpp/definitions.js';
import { MacroTable } from '../../src/cpp/macro-table.js';
import { asItIs, LineMap, type PreparedText } from '../../src/cpp/prepared.js';
import { preprocess, toText } from '../../src/cpp/preprocess.js';
import { Includes } from '../../src/engine/includes.js';
import { X86_TARGETS as TARGETS } from '../../src/libc/targets.js';
import { glibc } from '../../src/libc/glibc.js';
import { musl } from '../../src/libc/musl.js';
import { liftAssembly } from '../../src/x86/lift.js';
import { parseAssembly } from '../../src/x86/parser.js';
import { blocks } from './support.js';

/** Runs the tests only where the tree is, and says so where it is not. */
function withTree(tree: string, tests: (root: string) => void): void {
  const root = `trees/${tree}`;
  if (existsSync(root)) describe(tree, () => tests(root));
  else test.skip(`${tree}: no ${root} here (npm run trees fetches it)`, () => undefined);
}

function files(root: string, matching: RegExp): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => matching.test(file))
    .sort();
}

/** Each statement that was not understood, as `file:line text: reason`. */
function unknown(prepared: PreparedText): string[] {
  const unit = parseAssembly(prepared);
  return unit.statements.flatMap((s) =>
    s.kind === 'unknown' ? [`${prepared.file}:${String(unit.origin(s.span).at.line)} ${s.text}: ${s.reason}`] : [],
  );
}

withTree('musl-1.2.5', (root) => {
  const sources = files(root, /(?:^|\/)(?:i386|x86_64|x32)\/[^/]*\.[sS]$/).map((file) =>
    asItIs(file, readFileSync(join(root, file), 'utf8')),
  );

  test('every assembly file for x86 is understood', () => {
    expect(sources.length).toBeGreaterThan(140);
    expect(sources.flatMap(unknown)).toEqual([]);
  });

  test.each(TARGETS)('the window of %s', (target) => {
    const source = sources.find((s) => s.file === `src/thread/${target}/syscall_cp.s`);
    if (!source) throw new Error('no window');
    const { functions } = liftAssembly(parseAssembly(source), { file: source.file, targets: [target], libc: musl });
    expect(functions.map((f) => [f.name, f.notUnderstood])).toEqual([['__syscall_cp_asm', 0]]);
    const labels = functions
      .flatMap(blocks)
      .flat()
      .filter((line) => /^__cp_\w+:$/.test(line));
    expect(labels).toEqual(['__cp_begin:', '__cp_end:', '__cp_cancel:']);
  });

  test('reading and lifting takes little time', () => {
    const start = performance.now();
    for (const source of sources)
      liftAssembly(parseAssembly(source), { file: source.file, targets: ['i386'], libc: musl });
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

withTree('glibc-2.41', (root) => {
  test('every assembly file of Linux on x86 is understood', () => {
    const texts = new Map(files(root, /\.[chS]$/).map((file) => [file, readFileSync(join(root, file), 'latin1')]));
    const definitions: Definition[] = [];
    for (const [file, text] of texts) definitions.push(...scanDirectives(file, text).definitions);
    const table = new MacroTable(definitions, glibc);
    const includes = new Includes(texts);
    const lines = (file: string): LineMap | undefined => {
      const text = texts.get(file);
      return text === undefined ? undefined : new LineMap(text);
    };
    const sources = [...texts].filter(([file]) => /^sysdeps\/unix\/sysv\/linux\/(?:i386|x86_64)\/.*\.S$/.test(file));
    expect(sources.length).toBeGreaterThan(20);
    const bad = sources.flatMap(([file, text]) => {
      const visible = includes.closure(file, ...glibc.included);
      return TARGETS.filter((target) => glibc.files.selects(file, target)).flatMap((target) => {
        const view = table.view(target, 'asm');
        const done = preprocess({
          file,
          text,
          dialect: 'asm',
          view,
          variant: 0,
          visible: (d) => visible.has(d.file),
          expands: () => true,
        });
        return unknown(toText(file, done.tokens, lines));
      });
    });
    expect([...new Set(bad)]).toEqual([]);
  }, 60_000);
});
