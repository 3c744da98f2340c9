#!/usr/bin/env node
/** The program: ties a run to the process, and knows what to do when the reader goes away or the user stops it. */
import { INTERRUPTED } from './exit-codes.js';
import { run } from './run.js';

// `cancelint | head`: the reader has enough, which is no fault of the run.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.once('SIGINT', () => {
  process.exit(INTERRUPTED);
});

process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
});
