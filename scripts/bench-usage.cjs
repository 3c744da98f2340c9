// Preloaded (node -r) into the programs that bench.mjs measures: writes what the process used into the file named by
// BENCH_USAGE when it ends. One method for every program, and without /usr/bin/time, which not every system has.
const { writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

// Worker threads preload this too; the process's figures include theirs.
if (isMainThread && process.env.BENCH_USAGE) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(
      process.env.BENCH_USAGE,
      JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS / 1024 }),
    );
  });
}
