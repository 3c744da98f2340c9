import { symlinkSync } from 'node:fs';
import { EXTENSIONS } from '../../src/engine/languages.js';
import { cancelint, removeTrees, tree } from './program.js';

afterAll(removeTrees);

const CLEAN = 'int f(void) { return 0; }\n';
const WARNS = '/* cancelint-disable-line */\n';

function withBrokenLink() {
  const made = tree({ 'a.c': CLEAN });
  symlinkSync('nowhere.c', made.join('b.c'));
  return made;
}

describe('exit status', () => {
  it('is 0 when nothing is found', () => {
    expect(cancelint(tree({ 'a.c': CLEAN }).path, [])).toMatchObject({ status: 0 });
  });

  it('is 0 when only warnings stand', () => {
    const ran = cancelint(tree({ 'a.c': WARNS }).path, []);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain('unused-directive');
  });

  it('is 1 when an error stands', () => {
    const ran = cancelint(withBrokenLink().path, []);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain('unreadable-file');
  });

  it('is 1 with more warnings than allowed, and says so', () => {
    const made = tree({ 'a.c': WARNS });
    expect(cancelint(made.path, ['--max-warnings', '1']).status).toBe(0);
    const ran = cancelint(made.path, ['--max-warnings', '0']);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('too many warnings: 1, at most 0 are allowed');
  });

  it.each([
    ['an unknown option', ['--nope'], 'Unknown option --nope'],
    ['a mistyped option', ['--quite'], 'did you mean "--quiet"?'],
    ['an option of later versions', ['--cache'], 'Unknown option --cache'],
    ['an option without its value', ['--format'], '--format needs a value'],
    ['an empty value', ['--format='], '--format needs a value'],
    ['a flag with a value', ['--quiet=yes'], '--quiet takes no value'],
    ['an unknown format', ['--format', 'sari'], 'did you mean "sarif"?'],
    ['an unknown target', ['--target', 'x86_46'], 'did you mean "x86_64"?'],
    ['an unknown libc', ['--libc', 'musk'], 'did you mean "musl"?'],
    ['an unknown rule', ['--rule', 'unused-directives: off'], 'did you mean "unused-directive"?'],
    ['a broken rule setting', ['--rule', 'unused-directive'], "--rule needs 'ID: off', 'ID: warn' or 'ID: error'"],
    ['an unknown severity', ['--rule', 'unused-directive: fatal'], "not 'unused-directive: fatal'"],
    ['a number that is none', ['--max-warnings', 'many'], '--max-warnings needs a whole number'],
    ['no threads', ['--concurrency', '0'], '--concurrency needs a number from 1'],
    ['a path that does not exist', ['b.c'], 'No such file or folder: b.c; did you mean "a.c"?'],
    ['a root that does not exist', ['--root', 'nowhere'], '--root nowhere: no such folder'],
    ['a root that is a file', ['--root', 'a.c'], '--root a.c: not a folder'],
    ['standard input', ['-'], 'Standard input cannot be linted'],
    ['an empty path', [''], 'An empty path was given'],
    ['two dumps at once', ['--print-ir', '--print-cfg'], 'exclude each other'],
    ['both colours', ['--color', '--no-color'], 'exclude each other'],
    ['an unknown rule to show', ['rules', 'unused-directiv'], 'did you mean "unused-directive"?'],
    ['a lint option for another command', ['rules', '--quiet'], 'Unknown option --quiet'],
  ])('is 2 for %s, with one line that says so', (_, args, message) => {
    const ran = cancelint(tree({ 'a.c': CLEAN }).path, args);
    expect(ran.status).toBe(2);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).toMatch(/^cancelint: [^\n]*\n$/);
  });

  it('is 2 when there is nothing to lint', () => {
    const ran = cancelint(tree({ 'readme.txt': 'hello' }).path, []);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain(`Nothing to lint: no ${EXTENSIONS.join(', ')} file of a library in .`);
  });

  it('shows a stack only with --debug', () => {
    const { path } = tree({ 'a.c': CLEAN });
    expect(cancelint(path, ['nope.c']).stderr).not.toMatch(/^ {4}at /m);
    expect(cancelint(path, ['nope.c', '--debug']).stderr).toMatch(/^ {4}at /m);
  });
});
