/** `npm test` runs every test, `npm test -- ARG…` passes arguments to Jest. Installs and builds first where needed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, runMain, setUp } from './setup.mjs';

runMain(import.meta.url, () => {
  setUp();
  const done = spawnSync(
    process.execPath,
    [
      // The tests are ES modules, which Jest runs in Node's vm modules; worker processes inherit both flags.
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules/jest/bin/jest.js'),
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: 'inherit' },
  );
  return done.status ?? 1;
});
