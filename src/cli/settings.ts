/** From options as typed to settings that are known to make sense. Every complaint is one line. */
import { EXPLAIN_FORMATS, type ExplainFormat } from '../explain/formats.js';
import type { TargetChoice } from '../engine/targets.js';
import { UserError } from '../engine/user-error.js';
import type { Configured, ConfiguredFor } from './configured.js';
import type { FormatName } from '../formatters/index.js';
import { formatters } from '../formatters/index.js';
import type { Target } from '../ir/types.js';
import { POINTS_FORMATS, type PointsFormat } from '../points/formats.js';
import { didYouMean } from '../linter/nearest.js';
import type { Preset, RuleSetting } from '../linter/severities.js';
import type { RuleInfo } from '../linter/tool-rules.js';
import type { OptionName } from './options.js';
import type { Values } from './parse.js';
import { isX86, X86_TARGETS } from '../libc/targets.js';
import { chooseTargets } from './targets.js';

export interface LintSettings {
  readonly paths: readonly string[];
  readonly root: string | undefined;
  readonly targets: TargetChoice;
  readonly configured: Configured;
  readonly preset: Preset;
  readonly overrides: ReadonlyMap<string, RuleSetting>;
  /** Options that stand on the command line, and rules that do. */
  readonly typed: ReadonlySet<OptionName>;
  readonly typedRules: ReadonlySet<string>;
  readonly quiet: boolean;
  readonly maxWarnings: number | undefined;
  readonly inlineConfig: boolean;
  readonly format: FormatName;
  readonly outputFile: string | undefined;
  readonly print: 'ir' | 'cfg' | 'config' | undefined;
  readonly concurrency: number | 'auto' | 'off';
  readonly stats: boolean;
  readonly debug: boolean;
}

/** Checks the options of `lint`. Throws a `UserError` for a value that makes no sense. */
export function lintSettings(
  paths: readonly string[],
  values: Values,
  rules: readonly RuleInfo[],
  configured: Configured,
): LintSettings {
  const printed = (['ir', 'cfg', 'config'] as const).filter((what) => values.has(`print-${what}`));
  if (printed.length > 1)
    throw new UserError(`${printed.map((what) => `--print-${what}`).join(' and ')} exclude each other`);
  const root = text(values, 'root');
  const { config } = configured;
  const typedRules = overridesOf(values, rules);
  return {
    // Where the root is named by a configuration, no path still means the current folder.
    paths: paths.length === 0 && root === undefined && configured.root !== undefined ? ['.'] : paths,
    root: root ?? configured.root,
    targets: targetsOf(text(values, 'target'), configured),
    configured,
    preset: config?.data.preset ?? 'recommended',
    overrides: new Map([...Object.entries(config?.data.rules ?? {}), ...typedRules]),
    typed: new Set(values.keys()),
    typedRules: new Set(typedRules.keys()),
    quiet: values.has('quiet'),
    maxWarnings: maxWarningsOf(text(values, 'max-warnings')),
    inlineConfig: !values.has('no-inline-config'),
    format: formatOf(text(values, 'format')),
    outputFile: text(values, 'output-file'),
    print: printed[0],
    concurrency: concurrencyOf(text(values, 'concurrency')),
    stats: values.has('stats'),
    debug: values.has('debug'),
  };
}

export interface PointsSettings {
  readonly root: string;
  readonly targets: TargetChoice;
  readonly configured: Configured;
  readonly format: PointsFormat;
  /** Another tree. */
  readonly diff: string | undefined;
  /** A function. */
  readonly why: string | undefined;
}

/** Checks the options of `points`. Throws a `UserError` for a value that makes no sense. */
export function pointsSettings(
  subjects: readonly string[],
  values: Values,
  configuredFor: ConfiguredFor,
): PointsSettings {
  const [root = '.', ...more] = subjects;
  if (more.length > 0) throw new UserError('One tree is listed at a time; another one to compare it with is --diff');
  const diff = text(values, 'diff');
  const why = text(values, 'why');
  const asked = text(values, 'format');
  if (diff !== undefined && why !== undefined) throw new UserError('--diff and --why exclude each other');
  if (asked !== undefined && (diff ?? why) !== undefined)
    throw new UserError(`--format is for the inventory, and --${diff === undefined ? 'why' : 'diff'} prints none`);
  const format = POINTS_FORMATS.find((one) => one === (asked ?? 'table'));
  if (format === undefined)
    throw new UserError(`Unknown format "${asked ?? ''}"; points knows ${POINTS_FORMATS.join(', ')}`);
  const configured = configuredFor([root]);
  return { root, targets: targetsOf(text(values, 'target'), configured), configured, format, diff, why };
}

export interface SimulateSettings {
  /** `FILE[:FUNCTION]`; undefined to answer vectors. */
  readonly subject: string | undefined;
  readonly target: Target | undefined;
  readonly registers: readonly string[];
  readonly memory: readonly string[];
  readonly steps: number;
  readonly format: 'text' | 'json';
}

/** Checks the options of `simulate`. Throws a `UserError` for a value that makes no sense. */
export function simulateSettings(subjects: readonly string[], values: Values): SimulateSettings {
  const [subject, ...more] = subjects;
  const isVectors = values.has('vectors');
  if (more.length > 0) throw new UserError('One FILE[:FUNCTION] is simulated at a time');
  if (subject === undefined && !isVectors) throw new UserError('Name what to simulate: FILE[:FUNCTION], or --vectors');
  const others = [...values.keys()].filter((name) => ['target', 'set', 'mem', 'steps', 'format'].includes(name));
  if (isVectors && (subject !== undefined || others.length > 0)) {
    throw new UserError(`--vectors takes everything from standard input: no ${others[0] ? `--${others[0]}` : 'FILE'}`);
  }
  const steps = text(values, 'steps') ?? '10000';
  if (!/^\d{1,9}$/.test(steps)) throw new UserError(`--steps needs a whole number up to 999999999, not "${steps}"`);
  const format = text(values, 'format') ?? 'text';
  if (format !== 'text' && format !== 'json') {
    throw new UserError(`Unknown format "${format}"; simulate knows text and json`);
  }
  return {
    subject,
    target: targetOf(text(values, 'target'), 'simulate'),
    registers: listOf(values, 'set'),
    memory: listOf(values, 'mem'),
    steps: Number(steps),
    format,
  };
}

export interface ExplainSettings {
  /** `FILE[:FUNCTION]`. */
  readonly subject: string;
  readonly target: Target | undefined;
  readonly format: ExplainFormat;
}

/** Checks the options of `explain`. Throws a `UserError` for a value that makes no sense. */
export function explainSettings(subjects: readonly string[], values: Values): ExplainSettings {
  const [subject, ...more] = subjects;
  if (subject === undefined) throw new UserError('Name what to explain: FILE[:FUNCTION]');
  if (more.length > 0) throw new UserError('One FILE[:FUNCTION] is explained at a time');
  const asked = text(values, 'format') ?? 'text';
  const format = EXPLAIN_FORMATS.find((one) => one === asked);
  if (format === undefined)
    throw new UserError(`Unknown format "${asked}"; explain knows ${EXPLAIN_FORMATS.join(', ')}`);
  return { subject, target: targetOf(text(values, 'target'), 'explain'), format };
}

/** The command line decides, then the configuration. */
function targetsOf(value: string | undefined, { config }: Configured): TargetChoice {
  const given = config?.data.targets;
  if (value !== undefined || config === undefined || given === undefined) return chooseTargets(value);
  for (const [i, name] of given.entries()) {
    try {
      chooseTargets(name);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      config.fail(`/targets/${String(i)}`, `is wrong: ${error.message}`);
    }
  }
  return chooseTargets(given.join());
}

function targetOf(value: string | undefined, command: string): Target | undefined {
  if (value === undefined) return undefined;
  const targets = chooseTargets(value);
  const [only, ...more] = typeof targets === 'string' ? X86_TARGETS : targets;
  if (only === undefined || more.length > 0 || !isX86(only)) {
    throw new UserError(`${command} needs one --target of i386, x86_64 and x32, not "${value}"`);
  }
  return only;
}

function listOf(values: Values, name: OptionName): readonly string[] {
  const given = values.get(name);
  return given === undefined || given === true ? [] : given;
}

/** A value that is given once; of several the last counts. */
export function text(values: Values, name: OptionName): string | undefined {
  const given = values.get(name);
  if (given === undefined || given === true) return undefined;
  const last = given[given.length - 1];
  if (last === undefined || last === '') throw new UserError(`--${name} needs a value`);
  return last;
}

function formatOf(name: string | undefined): FormatName {
  if (name === undefined) return 'stylish';
  const names = Object.keys(formatters) as FormatName[];
  const found = names.find((one) => one === name);
  if (found !== undefined) return found;
  throw new UserError(`Unknown format "${name}"${didYouMean(name, names) || `; known are ${names.join(', ')}`}`);
}

function maxWarningsOf(value: string | undefined): number | undefined {
  if (value === undefined || value === '-1') return undefined; // -1: no limit, as other linters have it.
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new UserError(`--max-warnings needs a whole number, not "${value}"`);
}

function concurrencyOf(value: string | undefined): number | 'auto' | 'off' {
  if (value === undefined || value === 'auto') return 'auto';
  if (value === 'off') return 'off';
  if (/^\d{1,3}$/.test(value) && Number(value) > 0) return Number(value);
  throw new UserError(`--concurrency needs a number from 1 to 999, "auto" or "off", not "${value}"`);
}

const SETTINGS: readonly RuleSetting[] = ['off', 'warn', 'error'];

function overridesOf(values: Values, rules: readonly RuleInfo[]): ReadonlyMap<string, RuleSetting> {
  const overrides = new Map<string, RuleSetting>();
  for (const one of listOf(values, 'rule')) {
    const [id = '', word, ...more] = one.split(':').map((part) => part.trim());
    const setting = SETTINGS.find((name) => name === word?.replace(/^(["'])(.*)\1$/, '$2'));
    if (setting === undefined || more.length > 0) {
      throw new UserError(`--rule needs 'ID: off', 'ID: warn' or 'ID: error', not '${one}'`);
    }
    if (!rules.some((rule) => rule.id === id)) {
      const hint =
        didYouMean(
          id,
          rules.map((rule) => rule.id),
        ) || '; "cancelint rules" lists them';
      throw new UserError(`Unknown rule "${id}"${hint}`);
    }
    overrides.set(id, setting);
  }
  return overrides;
}
