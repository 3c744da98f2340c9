/** Whether the calls of a function that were lifted are all that there are. */
import type { Outline } from '../c/outline.js';
import { clean } from '../cpp/definitions.js';
import { push } from '../ir/push.js';
import type { Lifted, Target } from '../ir/types.js';
import type { Libc } from '../libc/types.js';
import type { OtherName, Program } from '../points/program.js';

export interface ClosednessRequest {
  readonly texts: ReadonlyMap<string, string>;
  readonly built: ReadonlyMap<string, readonly Target[]>;
  readonly libc: Libc;
  readonly outlines: ReadonlyMap<string, Outline>;
  readonly unitOf: (file: string) => readonly string[];
  /** Undefined where the tree has no list of what it exports. */
  readonly exported: ReadonlySet<string> | undefined;
  readonly names: readonly OtherName[];
}

export function closedness(request: ClosednessRequest, lifted: readonly Lifted[]): Program['isClosed'] {
  const { texts, built, outlines, unitOf, names } = request;
  const known = new Map<string, Lifted[]>();
  for (const f of lifted) push(known, `${f.nameAt.file} ${f.name}`, f);
  const isLifted = (file: string, name: string, target: Target): boolean =>
    known.get(`${file} ${name}`)?.some((f) => f.targets.includes(target)) === true;
  const isHidden = hiddenNames(request);
  const callersOf = callerIndex(outlines);
  const usesIn = useCounter(request);

  return (f, members, runs, target) => {
    const { name, isStatic } = f;
    const own = f.nameAt.file;
    if (!isStatic && (!isHidden(name) || names.some((n) => n.of === name && n.alias !== name))) return false;
    const isOfOneSource = isStatic && !own.endsWith('.h');
    const inBuild = (file: string): boolean => built.get(file)?.includes(target) === true;
    const files = (isOfOneSource ? [own, ...unitOf(own)] : [...texts.keys()]).filter(inBuild);
    let uses = 0;
    for (const file of files) {
      uses += usesIn(file, name);
      uses -= (outlines.get(file)?.stores ?? []).filter(
        ([member, of]) => of === name && members.includes(member),
      ).length;
    }
    if (uses !== runs) return false;
    const isUnknown = (caller: Caller): boolean => inBuild(caller.file) && !isLifted(caller.file, caller.name, target);
    const isOfThese = new Set(files);
    return (
      !callersOf(name).some((caller) => isOfThese.has(caller.file) && isUnknown(caller)) &&
      !members.some((member) => callersOf(`->${member}`).some(isUnknown))
    );
  };
}

interface Caller {
  readonly file: string;
  readonly name: string;
}

/** Who calls a name, or `->member`, by the outlines of the tree. */
function callerIndex(outlines: ReadonlyMap<string, Outline>): (call: string) => readonly Caller[] {
  let index: Map<string, Caller[]> | undefined;
  const build = (): Map<string, Caller[]> => {
    const out = new Map<string, Caller[]>();
    for (const [file, { functions }] of outlines)
      for (const { name, calls } of functions) for (const call of calls) push(out, call, { file, name });
    return out;
  };
  return (call) => (index ??= build()).get(call) ?? [];
}

/** How often a file uses a function's name for something else than to call it. */
function useCounter({ texts, libc }: ClosednessRequest): (file: string, name: string) => number {
  const known = new Map<string, Map<string, number>>();
  return (file, name) => {
    const text = texts.get(file) ?? '';
    if (!text.includes(name)) return 0;
    let own = known.get(name);
    if (!own) known.set(name, (own = new Map<string, number>()));
    let uses = own.get(file);
    if (uses === undefined) {
      const elsewhere = new RegExp(`\\b${name}\\b(?!\\s*\\()`, 'g');
      own.set(file, (uses = [...withoutDeclarations(clean(text), name, libc).matchAll(elsewhere)].length));
    }
    return uses;
  };
}

/** `libc_hidden_proto (f)`: what says of a name that it is kept from programs is no use of it. */
function withoutDeclarations(text: string, name: string, { hidden }: Libc): string {
  if (!hidden) return text;
  return text.replace(new RegExp(`\\b(?:${hidden.words.join('|')})\\s*\\(\\s*${name}\\s*\\)`, 'g'), '');
}

/** Tells whether programs cannot call a function of that name. */
function hiddenNames({ texts, libc, exported }: ClosednessRequest): (name: string) => boolean {
  const known = new Map<string, boolean>();
  const find = (name: string): boolean => {
    if (exported) return !exported.has(name);
    if (!libc.hidden) return false;
    const words = `\\b(?:${libc.hidden.words.join('|')})\\b`;
    const declared = new RegExp(`${words}[^;{}()]*\\b${name}\\s*\\(|\\b${name}\\s*\\([^;{}]*\\)\\s*${words}\\s*;`);
    return [...texts.values()].some((text) => text.includes(name) && declared.test(text));
  };
  return (name) => {
    let answer = known.get(name);
    if (answer === undefined) known.set(name, (answer = find(name)));
    return answer;
  };
}
