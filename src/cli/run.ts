/**
 * One run of the program: words in, exit status out. Nothing here ends the process. The commands that
 * `lint` has no use for bring a tenth of all modules, which are loaded with these alone.
 */
import { UserError } from '../engine/user-error.js';
import { visible } from '../formatters/visible.js';
import { wantsColour } from './colour.js';
import { lintCommand } from './commands/lint.js';
import { rulesText } from './commands/rules.js';
import { configured, type ConfiguredFor } from './configured.js';
import type { ExitCode } from './exit-codes.js';
import { CLEAN, FAILED } from './exit-codes.js';
import type { Io } from './io.js';
import type { Values } from './parse.js';
import { parse } from './parse.js';
import { loadRegistry } from './registry.js';
import { explainSettings, lintSettings, pointsSettings, simulateSettings, text } from './settings.js';

/** Runs the command that the words ask for. */
export async function run(words: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await runCommand(words, io);
  } catch (error) {
    io.stderr.write(complaint(error, words.includes('--debug')));
    return FAILED;
  }
}

async function runCommand(words: readonly string[], io: Io): Promise<ExitCode> {
  const registry = loadRegistry();
  const parsed = parse(words, registry.version);
  const configuredFor =
    (values: Values): ConfiguredFor =>
    (paths) =>
      configured({
        cwd: io.cwd,
        paths,
        // A positional of `points` has the same name.
        root: parsed.command === 'lint' ? text(values, 'root') : undefined,
        config: text(values, 'config'),
        libc: text(values, 'libc'),
        registry,
      });
  switch (parsed.command) {
    case 'print':
      io.stdout.write(parsed.text);
      return CLEAN;
    case 'rules':
      io.stdout.write(rulesText(parsed.rule, registry));
      return CLEAN;
    case 'simulate': {
      const { simulateCommand } = await import('./commands/simulate.js');
      return simulateCommand(
        simulateSettings(parsed.subjects, parsed.values),
        registry,
        io,
        configuredFor(parsed.values),
      );
    }
    case 'explain': {
      const { explainCommand } = await import('./commands/explain.js');
      return explainCommand(
        explainSettings(parsed.subjects, parsed.values),
        registry,
        io,
        colourOf(parsed.values, io),
        configuredFor(parsed.values),
      );
    }
    case 'points': {
      const { pointsCommand } = await import('./commands/points.js');
      return pointsCommand(
        pointsSettings(parsed.subjects, parsed.values, configuredFor(parsed.values)),
        io,
        configuredFor(parsed.values),
      );
    }
    case 'lint': {
      const settings = lintSettings(
        parsed.paths,
        parsed.values,
        registry.allRules,
        configuredFor(parsed.values)(parsed.paths),
      );
      return lintCommand(settings, registry, io, colourOf(parsed.values, io));
    }
  }
}

function colourOf(values: Values, io: Io): boolean {
  if (values.has('color') && values.has('no-color')) throw new UserError('--color and --no-color exclude each other');
  const asked = values.has('color') ? true : values.has('no-color') ? false : undefined;
  return wantsColour({ asked, env: io.env, isTerminal: io.stdout.isTTY === true });
}

/** One line; the stack only where it was asked for. */
function complaint(error: unknown, debug: boolean): string {
  if (debug && error instanceof Error) return `cancelint: ${error.stack ?? error.message}\n`;
  const message = visible(error instanceof Error ? error.message : String(error));
  if (error instanceof UserError) return `cancelint: ${message}\n`;
  return `cancelint: internal fault: ${message} (--debug prints where; please report it)\n`;
}
