/** `--print-config`: what is in force, and where each part of it comes from, as JSON. */
import type { Configuration } from '../config/load.js';
import type { Libc } from '../libc/types.js';
import { compareText } from '../linter/compare.js';
import { defaultSetting } from '../linter/severities.js';
import type { RuleInfo } from '../linter/tool-rules.js';
import type { LintSettings } from './settings.js';

export interface InForce {
  readonly settings: LintSettings;
  readonly rules: readonly RuleInfo[];
  /** Absolute. */
  readonly root: string;
  readonly libc: Libc;
  /** The libc was recognised by its signs; else it is what unknown trees are taken for. */
  readonly isRecognised: boolean;
}

const TYPED = 'command line';
const DEFAULT = 'default';
const FOUND = 'found from the tree';

/** One object; keys in a fixed order. */
export function printConfig({ settings, rules, root, libc, isRecognised }: InForce): string {
  const { configured, typed } = settings;
  const { config } = configured;
  const from = (isTyped: boolean, key: keyof Configuration['data'], otherwise: string): string =>
    isTyped ? TYPED : config?.data[key] === undefined ? otherwise : config.shown;
  const libcFrom =
    configured.libc !== undefined || libc.own
      ? from(typed.has('libc'), 'libc', FOUND)
      : isRecognised
        ? FOUND
        : `${DEFAULT}: no signs were recognised`;
  const preset = config?.data.preset ?? 'recommended';
  const points = config?.data.points ?? {};
  return `${JSON.stringify(
    {
      configuration: config?.shown ?? null,
      root: { value: root, from: typed.has('root') ? TYPED : FOUND },
      targets: { value: settings.targets, from: from(typed.has('target'), 'targets', DEFAULT) },
      preset: { value: preset, from: from(false, 'preset', DEFAULT) },
      rules: Object.fromEntries(
        [...rules]
          .sort((a, b) => compareText(a.id, b.id))
          .map((rule) => {
            const own = settings.overrides.get(rule.id);
            const isTyped = settings.typedRules.has(rule.id);
            return [
              rule.id,
              own === undefined
                ? { value: defaultSetting(rule, preset), from: `preset ${preset}` }
                : { value: own, from: isTyped ? TYPED : (config?.shown ?? TYPED) },
            ];
          }),
      ),
      ignore: { value: config?.data.ignore ?? [], from: from(false, 'ignore', DEFAULT) },
      points: {
        value: { required: points.required ?? [], may: points.may ?? [], forbidden: points.forbidden ?? [] },
        from: from(false, 'points', 'POSIX alone'),
      },
      libc: { value: libc.name, title: libc.title, from: libcFrom, ...conventionsOf(libc, config) },
    },
    null,
    2,
  )}\n`;
}

/** The data of the libc; what the configuration gives stands in front of what is built in. */
function conventionsOf(libc: Libc, config: Configuration | undefined) {
  const builtIn = `built in: ${libc.own?.base ?? libc.name}`;
  const given = config?.shown ?? TYPED;
  const own = libc.own?.data ?? {};
  const list = (all: readonly unknown[] | undefined, ours: readonly unknown[] | undefined) =>
    (all ?? []).map((value, i) => ({ value, from: i < (ours?.length ?? 0) ? given : builtIn }));
  const defines = own.defines ?? {};
  return {
    ...(libc.own ? { extends: libc.own.base } : {}),
    windows: list(libc.windows, own.windows),
    roles: list(libc.roles, own.roles),
    flags: list(libc.flags, own.flags),
    asksState: list(libc.asksState, own.asksState),
    cancelSignals: list(libc.cancelSignals, own.cancelSignals),
    balance: {
      words: list(libc.balance?.words, own.balance?.words),
      self: list(libc.balance?.self, own.balance?.self),
      pairs: list(libc.balance?.pairs, own.balance?.pairs),
    },
    twins: list(libc.twins, own.twins),
    topics: list(libc.topics, own.topics),
    singleThread: list(libc.singleThread, own.singleThread),
    aliases: list(libc.aliases, own.aliases),
    numberPrefixes: list(libc.numberPrefixes, own.numberPrefixes),
    included: list(libc.included, own.included),
    defines: Object.fromEntries(
      Object.entries(libc.defines).map(([name, value]) => [
        name,
        { value, from: Object.hasOwn(defines, name) ? given : builtIn },
      ]),
    ),
    never: list(libc.files.never, own.never),
  };
}
