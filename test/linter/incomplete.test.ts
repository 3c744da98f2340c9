// Rules that follow paths say of which function they could not decide.
import { Roles } from '../../src/libc/roles.js';
import { libcs } from '../../src/libc/index.js';
import type { Project } from '../../src/linter/project.js';
import cancelStateUnbalanced from '../../src/rules/cancel-state-unbalanced.js';
import cleanupUnbalanced from '../../src/rules/cleanup-unbalanced.js';
import { functions } from '../support/ir.js';

const libc = libcs.find(({ name }) => name === 'musl')!;

/** Branches that are asked for again further on, around a state and a handler that are kept on one path only. */
function source(count: number): string {
  const branches = Array.from({ length: count }, (_, i) => `\tif (n & ${String(1 << i)}) n++, n--;\n`).join('');
  return `int f(int m, int *p)
{
	const int n = m;
	int cs;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);
	pthread_cleanup_push(undo, p);
${branches.replaceAll('n++, n--', '*p += 1')}
	if (m == 3) return 1;
${branches.replaceAll('n++, n--', '*p += 2')}
	pthread_cleanup_pop(0);
	pthread_setcancelstate(cs, 0);
	return 0;
}
`;
}

test.each([cancelStateUnbalanced, cleanupUnbalanced])('$id', (rule) => {
  const run = (count: number) => {
    const [found, undecided]: [string[], string[]] = [[], []];
    const project = {
      ...{
        libc,
        roles: new Roles(libc),
        targets: ['i386'],
        aliases: [],
        problems: [],
        proofs: [],
        macroBody: () => undefined,
      },
      functions: Object.values(functions(source(count))),
      isLinted: () => true,
    } as unknown as Project;
    rule.run({
      project,
      report: ({ messageId }) => found.push(messageId),
      incomplete: (f, why) => undecided.push(`${f.name}: ${why}`),
    });
    return { found, undecided };
  };
  expect(run(2)).toEqual({ found: ['left'], undecided: [] });
  expect(run(15)).toEqual({ found: [], undecided: ['f: it has more than 20000 paths to tell apart'] });
});
