// Builds dist on install from a clone (`npm install`, `npm ci`, pre-commit). A consumer that installs the packed
// tarball has dist already and no TypeScript, so a missing compiler is not an error there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (existsSync('node_modules/typescript') && existsSync('tsconfig.build.json')) {
  const built = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exitCode = built.status ?? 1;
}
