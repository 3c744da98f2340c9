// The drawing in docs/explain.md is that of the released libc.
import { existsSync, readFileSync } from 'node:fs';
import { cancelint, project } from '../cli/program.js';

const tree = `${project}trees/musl-1.2.5`;
const isThere = existsSync(tree);
if (!isThere) console.warn('trees/musl-1.2.5 is not here, so the drawing in docs/explain.md is not checked');

(isThere ? test : test.skip)('docs/explain.md', () => {
  // How many steps that takes is no part of the drawing.
  const withoutEffort = (text: string): string => text.replace(/\(\d+ steps, a request at \d+ boundaries\)/, '()');
  const { stdout } = cancelint(tree, ['explain', 'src/thread/i386/syscall_cp.s']);
  expect(withoutEffort(readFileSync(`${project}docs/explain.md`, 'utf8'))).toContain(
    `\`\`\`text\n${withoutEffort(stdout)}\`\`\``,
  );
});
