/**
 * A libc's conventions as a user gives them: plain data on top of a libc that is known. What is given of a name counts
 * alone, so that a fork can give one of its names another meaning; everything else of the known libc stays.
 */
import { POSIX_BALANCE } from './common.js';
import type { Balance, Libc, Named, Pair, RequestFlag, Role, Sign, WindowConvention, WindowFlag } from './types.js';

type Reasoned<T extends { readonly why: string }> = Omit<T, 'why'> & { readonly why?: string };

/** The data of `Libc`, each part as far as it is given. In names a `*` stands for any letters of a name, once. */
export interface OwnLibc {
  readonly name?: string;
  readonly title?: string;
  /** Name of the known libc that the rest is taken from. */
  readonly extends?: string;
  readonly signs?: readonly (readonly Sign[])[];
  readonly windows?: readonly OwnWindow[];
  readonly roles?: readonly Reasoned<Named<Role>>[];
  readonly flags?: readonly OwnFlag[];
  readonly asksState?: readonly Reasoned<Named<'asks'>>[];
  readonly cancelSignals?: readonly string[];
  readonly balance?: {
    readonly words?: readonly Reasoned<Balance['words'][number]>[];
    readonly self?: readonly string[];
    readonly pairs?: readonly Reasoned<Pair>[];
  };
  /** `name`: with a `*` for the system call (`__*_nocancel`). */
  readonly twins?: readonly { readonly name: string; readonly why?: string }[];
  readonly topics?: readonly string[];
  readonly singleThread?: readonly string[];
  readonly system?: readonly string[];
  readonly aliases?: Libc['aliases'];
  readonly numberPrefixes?: readonly string[];
  readonly included?: readonly string[];
  readonly defines?: Libc['defines'];
  readonly never?: readonly { readonly pattern: string; readonly why?: string }[];
}

export type OwnWindow = Omit<Reasoned<WindowConvention>, 'flag'> & { readonly flag?: OwnWindowFlag };

/** Without `set`, the whole word is the flag: every value but 0 is a request. */
export interface OwnWindowFlag {
  readonly width?: 4;
  readonly set?: readonly [number, number];
  readonly clear?: readonly [number, number];
  readonly why?: string;
}

export type OwnFlag = Omit<Reasoned<RequestFlag>, 'mode' | 'bits'> & {
  readonly bits?: readonly string[];
  readonly mode?: Reasoned<NonNullable<RequestFlag['mode']>>;
};

const CONFIGURED = 'the configuration';

/** The known libc with what is given in front. */
export function ownLibc(own: OwnLibc, base: Libc): Libc {
  const starts = new Set(own.windows?.map((w) => w.start));
  return {
    ...base,
    name: own.name ?? base.name,
    title: own.title ?? own.name ?? base.title,
    signs: own.signs ?? [],
    hasCancellation: true,
    roles: [...(own.roles ?? []).map(named), ...without(base.roles, own.roles?.flatMap((r) => r.names) ?? [])],
    flags: [...(own.flags ?? []).map(requestFlag), ...base.flags],
    windows: [...(own.windows ?? []).map(windowOf), ...base.windows.filter((w) => !starts.has(w.start))],
    asksState: [...(own.asksState ?? []).map(named), ...(base.asksState ?? [])],
    cancelSignals: [...(own.cancelSignals ?? []), ...(base.cancelSignals ?? [])],
    ...balanceOf(own, base),
    twins: [...(own.twins ?? []).map(twin), ...base.twins],
    topics: [...(own.topics ?? []), ...base.topics],
    singleThread: [...(own.singleThread ?? []), ...(base.singleThread ?? [])],
    system: [...(own.system ?? []), ...(base.system ?? [])],
    aliases: [...(own.aliases ?? []), ...base.aliases],
    numberPrefixes: [...(own.numberPrefixes ?? []), ...base.numberPrefixes],
    included: [...(own.included ?? []), ...base.included],
    defines: { ...base.defines, ...own.defines },
    definesFor: Object.fromEntries(
      Object.entries(base.definesFor ?? {}).map(([target, of]) => [target, { ...of, ...own.defines }]),
    ),
    files: { ...base.files, never: [...(own.never ?? []).map(reasoned), ...base.files.never] },
    own: { data: own, base: base.name },
  };
}

function reasoned<T extends { readonly why?: string }>(one: T): T & { readonly why: string } {
  return { ...one, why: one.why ?? CONFIGURED };
}

/** A name of the data as the regular expression that the tables of names are made of. */
const pattern = (name: string): string => name.replace('*', '\\w*');

function named<T>({ names, is, why }: Reasoned<Named<T>>): Named<T> {
  return { names: names.map(pattern), is, why: why ?? CONFIGURED };
}

/** The entries without these names. */
function without(roles: readonly Named<Role>[], names: readonly string[]): readonly Named<Role>[] {
  if (names.length === 0) return roles;
  const own = names.map(pattern).join('|');
  const isOwn = new RegExp(`^(?:${own})$`);
  return roles.map((r) => ({
    ...r,
    names: r.names
      .filter((name) => !isOwn.test(name))
      .map((name) => (/^\w+$/.test(name) ? name : `(?!(?:${own})\\b)(?:${name})`)),
  }));
}

function windowOf({ flag, ...rest }: OwnWindow): WindowConvention {
  return { ...rest, flag: windowFlag(flag), why: rest.why ?? CONFIGURED };
}

function windowFlag(flag: OwnWindowFlag = {}): WindowFlag {
  const { set = [1, 1], clear = [0, 0], why = CONFIGURED } = flag;
  return { width: 4, isWhole: flag.set === undefined, set, clear, why };
}

function requestFlag({ member, bits, mode, why }: OwnFlag): RequestFlag {
  return {
    member,
    bits: bits ?? [],
    why: why ?? CONFIGURED,
    ...(mode ? { mode: { bits: mode.bits, updates: mode.updates.map(pattern), why: mode.why ?? CONFIGURED } } : {}),
  };
}

function balanceOf({ balance }: OwnLibc, base: Libc): { readonly balance?: Balance } {
  if (!balance) return {};
  const known = base.balance ?? POSIX_BALANCE;
  return {
    balance: {
      ...known,
      words: [...(balance.words ?? []).map(reasoned), ...known.words],
      self: [...(balance.self ?? []), ...known.self],
      pairs: [...(balance.pairs ?? []).map(reasoned), ...known.pairs],
    },
  };
}

function twin({ name, why }: { readonly name: string; readonly why?: string }): Libc['twins'][number] {
  return { pattern: `^${name.replace('*', '([a-z0-9_]+)')}$`, why: why ?? CONFIGURED };
}
