/** `npm run build`: src into dist. */
import { build } from './setup.mjs';

process.exitCode = build() ? 0 : 1;
