/**
 * The libc archives that are on this machine, for checks against real objects: where Debian and others install them,
 * below trees/, and what CANCELINT_ARCHIVES names (files or folders, separated like PATH).
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './setup.mjs';

const INSTALLED = [
  '/usr/lib/x86_64-linux-gnu/libc.a',
  '/usr/lib/i386-linux-gnu/libc.a',
  '/usr/lib/x86_64-linux-musl/libc.a',
  '/usr/lib/i386-linux-musl/libc.a',
  '/usr/lib/musl/lib/libc.a',
  '/usr/libx32/libc.a',
  '/usr/lib32/libc.a',
  '/usr/lib64/libc.a',
];

/** Every libc.a that is found, each once. */
export function libcArchives() {
  const named = (process.env['CANCELINT_ARCHIVES'] ?? '').split(delimiter).filter((path) => path !== '');
  const found = [...INSTALLED.filter((path) => existsSync(path)), ...below(join(root, 'trees', 'archives'))];
  for (const path of named) {
    if (!existsSync(path)) throw new Error(`CANCELINT_ARCHIVES names ${path}, which is not there`);
    found.push(...(statSync(path).isDirectory() ? below(path) : [path]));
  }
  return [...new Set(found)];
}

function below(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?:^|\/)libc\.a$/.test(name))
    .map((name) => join(folder, name))
    .sort();
}
