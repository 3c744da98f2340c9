/** Assembly files of a tree: `.s` as it lies, `.S` through the macros of the headers that it may include. */
import { MAX_VARIANTS, tooManyMeanings } from '../c/front-end.js';
import { preprocess, toText, type LineMaps } from '../cpp/preprocess.js';
import { asItIs, type PreparedText } from '../cpp/prepared.js';
import type { MacroTable } from '../cpp/macro-table.js';
import type { WindowProof } from '../ir/proof.js';
import type { LiftedFile, Problem, Target } from '../ir/types.js';
import { isX86 } from '../libc/targets.js';
import type { Libc } from '../libc/types.js';
import { liftAssembly, rolesOf } from '../x86/lift.js';
import { parseAssembly } from '../x86/parser.js';
import { runBudget } from '../x86/window/budget.js';
import type { VerifyRequest } from '../x86/window/trial.js';
import type { Includes } from './includes.js';
import { standForAssembly } from './unread-assembly.js';

export type Prove = (request: VerifyRequest) => WindowProof | undefined;

/** The simulator with what proves by it, loaded where a tree has windows. `budget`: what the proofs of a run may cost. */
export async function prover(budget = runBudget()): Promise<Prove> {
  const { verifyWindow } = await import('../x86/window/verify.js');
  return (request) => verifyWindow({ ...request, budget });
}

export interface AssemblyRequest {
  readonly file: string;
  readonly text: string;
  readonly targets: readonly Target[];
  readonly libc: Libc;
  readonly table: MacroTable;
  readonly includes: Includes;
  readonly lines: LineMaps;
  /** Proves a window; undefined where nobody asks for proofs. */
  readonly prove: Prove | undefined;
}

/** Lifts a file once for each different meaning it has on the targets. */
export function liftAssemblyFile(request: AssemblyRequest): LiftedFile[] {
  const { file, libc, prove } = request;
  const targets = request.targets.filter(isX86);
  const others = request.targets.filter((target) => !isX86(target));
  const meanings = new Map<string, { prepared: PreparedText; targets: Target[]; problems: readonly Problem[] }>();
  let most = 1;
  for (const target of targets) {
    for (let variant = 0, arms = 1; variant < Math.min(arms, MAX_VARIANTS); variant++) {
      const one = prepare(request, target, variant);
      arms = Math.max(arms, one.arms);
      most = Math.max(most, arms);
      const known = meanings.get(one.prepared.text);
      if (!known)
        meanings.set(one.prepared.text, { prepared: one.prepared, targets: [target], problems: one.problems });
      else if (!known.targets.includes(target)) known.targets.push(target);
    }
  }
  const unread = others.length > 0 ? [standForAssembly({ ...request, targets: others })] : [];
  const read = [...meanings.values()].map((m, i): LiftedFile => {
    const modes = [...new Set(m.targets.map((target) => (target === 'i386' ? 'i386' : 'x86_64')))];
    const unit = parseAssembly(m.prepared, { modes });
    const lifted = liftAssembly(unit, { file, targets: m.targets, libc });
    const proofs = libc.windows.flatMap((convention) =>
      m.targets.flatMap((target) => prove?.({ unit, target, convention, roles: rolesOf(libc) }) ?? []),
    );
    const more = i === 0 && most > MAX_VARIANTS ? [tooManyMeanings(file, most)] : [];
    return { ...lifted, proofs, problems: [...more, ...m.problems, ...lifted.problems] };
  });
  return [...read, ...unread];
}

interface Meaning {
  readonly prepared: PreparedText;
  readonly problems: readonly Problem[];
  readonly arms: number;
}

function prepare(request: AssemblyRequest, target: Target, variant: number): Meaning {
  const { file, text, lines } = request;
  if (file.endsWith('.s')) return { prepared: asItIs(file, text), problems: [], arms: 1 };
  const numbers = request.libc.numberPrefixes;
  const visible = request.includes.closure(file, ...request.libc.included);
  const done = preprocess({
    file,
    text,
    dialect: 'asm',
    view: request.table.view(target, 'asm'),
    variant,
    visible: (d) => visible.has(d.file),
    // A system call's number keeps its name.
    expands: (d) => d.params !== undefined || !numbers.some((p) => d.name.startsWith(p)),
  });
  return { prepared: toText(file, done.tokens, lines), problems: done.problems, arms: Math.max(1, done.arms) };
}
