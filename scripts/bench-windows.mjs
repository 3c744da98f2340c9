/**
 * How long it takes to prove the windows of a libc, for `npm run bench`: `node scripts/bench-windows.mjs TREE` finds the
 * sources with a window, parses them for each target, and then times the proofs, once, in a process that has not proved
 * any yet. Prints JSON: `{ "ms", "windows": [{ "file", "target", "steps", "boundaries", "verdict" }] }`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, SetupError } from './setup.mjs';

const TARGETS = ['i386', 'x86_64', 'x32'];

const load = (path) => import(pathToFileURL(join(root, 'dist', `${path}.js`)).href);

/** Targets that a window's file is built for: x86_64's folder serves x32 where that has none of its own. */
function targetsOf(file, files) {
  const own = TARGETS.filter((target) => file.split(sep).includes(target));
  const forX32 = files.some((other) => other.split(sep).includes('x32'));
  return own.includes('x86_64') && !forX32 ? [...own, 'x32'] : own;
}

async function main([tree]) {
  const folder = join(root, 'trees', tree);
  const [{ libcs, generic }, { Roles }, { detectLibc }, { readAssembly }, { verifyWindow }] = await Promise.all(
    ['libc/index', 'libc/roles', 'libc/detect', 'simulate/source', 'x86/window/verify'].map(load),
  );
  const libc = detectLibc(folder, libcs);
  if (!libc) throw new SetupError(`${tree} is no libc that is known`);
  const labels = libc.windows.map(({ start }) => start);
  const files = readdirSync(folder, { recursive: true }).filter((file) => {
    if (!/\.[sS]$/.test(file) || !file.split(sep).some((part) => TARGETS.includes(part))) return false;
    const text = readFileSync(join(folder, file), 'utf8');
    return labels.some((label) => text.includes(`${label}:`));
  });
  const roles = new Roles(libc);
  const requests = files.sort().flatMap((file) =>
    targetsOf(file, files).flatMap((target) => {
      const path = join(folder, file);
      const given = { typed: path, real: path, kind: 'file' };
      const { unit } = readAssembly({
        given,
        bytes: readFileSync(path),
        target,
        libcs,
        fallback: generic,
        notice: () => {},
      });
      return libc.windows.map((convention) => ({ file, request: { unit, target, convention, roles } }));
    }),
  );
  const start = performance.now();
  const proofs = requests.map(({ file, request }) => ({ file, proof: verifyWindow(request) }));
  const ms = performance.now() - start;
  const windows = proofs.flatMap(({ file, proof }) => {
    if (!proof) return [];
    const { target, steps, boundaries, faults, undecided } = proof;
    return [{ file, target, steps, boundaries, verdict: faults.length > 0 ? 'broken' : (undecided ?? 'proved') }];
  });
  console.log(JSON.stringify({ ms, windows }));
}

if (process.argv[1] === import.meta.filename) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 2;
  });
}
