// What the repository as a whole promises.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';

/** Every file that is or may become part of the repository; none in a tarball without git. */
const files = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .stdout.split('\0')
  .filter((file) => file !== '' && existsSync(file) && statSync(file).isFile());

/** The lines of all text files that a pattern is found in. */
function search(pattern: RegExp): string[] {
  return files.flatMap((file) => {
    const text = readFileSync(file, 'latin1');
    if (text.includes('\0') || !pattern.test(text)) return [];
    return text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : []));
  });
}

test('no file holds a path of the machine that it was written on', () => {
  // Put together, so that this file does not find itself.
  const folders = ['work', 'root', 'home/[a-z]+'].join('|');
  expect(search(new RegExp(`(?<![\\w.*}-])/(${folders})/`))).toEqual([]);
});

test('no file names the host of a package registry or mirror', () => {
  const hosts = ['registry\\.npmjs', 'registry\\.yarnpkg', 'pkg\\.dev', 'deb\\.debian', 'archive\\.ubuntu'];
  expect(search(new RegExp(hosts.map((host) => `${host}\\b`).join('|'), 'i'))).toEqual([]);
});

test('the lock file installs from whatever registry npm is set to', () => {
  expect(readFileSync('package-lock.json', 'utf8')).not.toContain('"resolved"');
});

test('the README names the two commands', () => {
  const readme = existsSync('README.md') ? readFileSync('README.md', 'utf8') : '';
  expect(readme).toMatch(/\bnpm start\b/);
  expect(readme).toMatch(/\bnpm test\b/);
});
