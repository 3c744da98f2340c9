/**
 * npm runs this after installing in a clone (`npm install`, `npm ci`, pre-commit), so that dist is there at once. A
 * consumer who installs the packed tarball has dist already and neither TypeScript nor src: nothing to do there.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, isBuilt, root } from './setup.mjs';

if (existsSync(join(root, 'node_modules/typescript')) && existsSync(join(root, 'src')) && !isBuilt()) {
  process.exitCode = build() ? 0 : 1;
}
