/**
 * Cancellable system calls made without a window that the interrupted PC could be checked against. The mechanism is
 * reported once, where it is defined, with its uses: three shapes are known. An asynchronous bracket (glibc to 2.40,
 * uClibc-ng, musl in spring 2011), a plain test in front of the call (dietlibc), a marked wrapper that leads nowhere.
 * A bracket needs an end that waits for the signal of a request already made; one that does not (glibc to 2.9) is told
 * as well.
 */
import { asyncRegions } from '../ir/analysis/regions.js';
import { operations } from '../ir/analysis/reach.js';
import type { Lifted, Region, Target } from '../ir/types.js';
import type { Related, Step } from '../linter/finding.js';
import type { Project } from '../linter/project.js';
import { defineRule } from './define-rule.js';
import { hastyRestores, type HastyRestore } from './helpers/hasty-restores.js';
import { addUse, holdersOf, leadsOf, type Holder, type Use } from './helpers/mechanism.js';
import { plainTestsOf } from './helpers/plain-tests.js';
import { canceller, kernel, victim } from './helpers/steps.js';

type MessageId = 'asynchronous' | 'plainTest' | 'leadsNowhere' | 'returnsEarly';

export default defineRule<MessageId>({
  id: 'point-without-window',
  meta: {
    category: 'window',
    description: 'A cancellable system call without a window that the signal handler can check',
    explanation:
      'A request can arrive at any instruction. Only the interrupted PC tells whether the system call has happened: in front of it the request must be acted upon, behind it the result must be returned. Without a labelled window around the flag test and the system call instruction, a request between the test and the call is lost, or a finished call is thrown away with the descriptor it opened.',
    messages: {
      asynchronous:
        "Cancellable system calls are made with asynchronous cancelability switched on around them: a request that arrives after the kernel has finished throws away the result. '{name}' has no window that the signal handler could check the interrupted PC against; {uses} use(s) in {files} file(s)",
      plainTest:
        "'{name}' tests for a request and the system call is made afterwards: a request that arrives between the two is lost, and the call can block for ever. There is no window that the signal handler could check the interrupted PC against; {uses} use(s) in {files} file(s)",
      leadsNowhere:
        "The marked wrapper '{name}' leads to no cancellation window and to no test of a request on {targets}; {uses} use(s) in {files} file(s)",
      returnsEarly:
        "'{name}' switches asynchronous cancelability off in '{word}', which also holds the request, and returns without waiting for the signal of a request made until then: it comes later, and is acted upon even where cancellation has been disabled by then",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: ['W1', 'W2'],
    references: ['POSIX.1-2024 XSH 2.9.5 Thread Cancellation', 'glibc BZ 12683'],
  },
  run({ project, report }) {
    const holders = holdersOf(project);
    const all = holders.flatMap((h) => h.uses);
    const site = all.length === 0 ? undefined : holders.find((h) => project.isLinted(h.at.file));
    if (site) {
      report({
        messageId: 'asynchronous',
        data: { name: site.name, ...count(all) },
        at: site.at,
        ...(site.lifted ? { in: site.lifted } : {}),
        targets: targetsOf(project, all),
        properties: ['W1', 'W2'],
        flow: asyncFlow(site, project),
        related: [...relatedHolders(holders, site), ...related(all)],
        anchor: `asynchronous ${site.name}`,
      });
    }
    for (const test of plainTestsOf(project)) {
      report({
        messageId: 'plainTest',
        data: { name: test.name, ...count(test.uses) },
        at: test.at,
        ...(test.lifted ? { in: test.lifted } : {}),
        targets: targetsOf(project, test.uses),
        properties: ['W1'],
        flow: test.flow,
        related: related(test.uses),
        anchor: `plainTest ${test.name}`,
      });
    }
    for (const { name, lifted, uses } of leadingNowhere(project)) {
      report({
        messageId: 'leadsNowhere',
        data: { name, targets: listed(targetsOf(project, uses)), ...count(uses) },
        at: lifted.nameAt,
        in: lifted,
        targets: targetsOf(project, uses),
        properties: ['W1'],
        related: related(uses),
        anchor: `leadsNowhere ${name}`,
      });
    }
    for (const [one, ...others] of byDefinition(hastyRestores(project))) {
      const { f, flag, update, leaves, acts } = one;
      const at = update.origin.at;
      report({
        messageId: 'returnsEarly',
        data: { name: f.name, word: flag.member },
        at,
        in: f,
        targets: project.targets.filter((t) => [one, ...others].some((o) => o.f.targets.includes(t))),
        properties: [],
        flow: [
          canceller(
            at,
            `pthread_cancel finds the mode asynchronous in '${flag.member}', sets the request there and goes on to send the signal`,
          ),
          victim(at, 'the mode is cleared; what else the word holds by now is not looked at'),
          victim(leaves.origin.at, `'${f.name}' returns while the signal is on its way`),
          victim(
            leaves.origin.at,
            'the thread disables cancellation and makes its next call, which switches asynchronous cancelability on again',
          ),
          canceller(leaves.origin.at, 'the signal is sent'),
          victim(acts.origin.at, 'the handler finds the mode on and unwinds although cancellation is disabled'),
        ],
        related: others
          .filter((o) => o.update.origin.at.line !== at.line)
          .map((o) => ({ at: o.update.origin.at, message: 'the same in another configuration' })),
        anchor: `returnsEarly ${f.name}`,
      });
    }
  },
});

/** Those of one definition, which is lifted once for each target and configuration that it means something else to. */
function byDefinition(found: readonly HastyRestore[]): [HastyRestore, ...HastyRestore[]][] {
  const groups = new Map<string, [HastyRestore, ...HastyRestore[]]>();
  for (const one of found) {
    const key = `${one.f.nameAt.file} ${one.f.name}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

/** `a, b and c`. */
const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;

function count(uses: readonly Use[]): { uses: number; files: number } {
  return { uses: uses.length, files: new Set(uses.map((u) => u.at.file)).size };
}

function targetsOf(project: Project, uses: readonly Use[]): Target[] {
  return project.targets.filter((t) => uses.some((u) => u.targets.includes(t)));
}

function related(uses: readonly Use[]): Related[] {
  return uses.map((u) => ({ at: u.at, message: `used in '${u.function}'` }));
}

function relatedHolders(holders: readonly Holder[], site: Holder): Related[] {
  return holders
    .filter((h) => h !== site && (h.kind === 'switch' || h.lifted?.kind === 'macro' || h.lifted === undefined))
    .map((h) => ({
      at: h.at,
      message:
        h.kind === 'switch'
          ? `'${h.name}' switches asynchronous cancelability on`
          : `'${h.name}' holds the same bracket`,
    }));
}

/** The steps of a lost descriptor, in the bracket itself where it is spelled out there, else in its first use. */
function asyncFlow(site: Holder, project: Project): Step[] {
  const used = site.uses[0];
  const spelled = [site.lifted, ...project.functions.filter((f) => f.name === used?.function)].filter(
    (f) => f !== undefined,
  );
  const [region] = spelled
    .flatMap((f) => asyncRegions(f))
    .filter((r) => r.inside.some((o) => o.op === 'syscall' || o.op === 'call'));
  const where = (r: { origin: { at: Region; definition?: Region } } | undefined): Region =>
    r?.origin.definition ?? r?.origin.at ?? site.at;
  const call = region?.inside.find((o) => o.op === 'syscall' || o.op === 'call');
  // The call may be spelled in a macro of its own; a reader looks for it between the two ends of the bracket.
  const from = where(region?.enable);
  const inBracket = where(call).file === from.file && where(call).line >= from.line;
  const at = inBracket ? where(call) : from;
  return [
    victim(where(region?.enable), 'asynchronous cancelability is switched on'),
    kernel(at, 'the kernel finishes the call, for instance an open, and returns a new descriptor'),
    canceller(at, 'pthread_cancel sends the cancellation signal'),
    victim(
      where(region?.restores[0]),
      'before this is reached the handler finds the type asynchronous and unwinds: the descriptor is lost',
    ),
  ];
}

/**
 * Marked wrappers that the tree defines and that reach neither a window nor a bracket nor a test. Markers that only
 * lead on to another one are told with that one.
 */
function leadingNowhere(project: Project): { name: string; lifted: Lifted; uses: Use[] }[] {
  const leads = leadsOf(project.functions);
  const uses = new Map<string, Use[]>();
  for (const f of project.functions) {
    if (f.kind === 'macro' || project.roles.of(f.name).some((r) => r.role === 'syscall' && r.cancellable)) continue;
    for (const { op } of operations(f)) {
      if (op.op !== 'syscall' || !op.cancellable || leads(op.via) !== undefined) continue;
      const name = lastMarker(op.via, project);
      const list = uses.get(name) ?? [];
      addUse(list, { at: op.origin.at, function: f.name, targets: f.targets });
      uses.set(name, list);
    }
  }
  return [...uses].flatMap(([name, of]) => {
    const lifted = project.functions.find((f) => f.name === name);
    return lifted ? [{ name, lifted, uses: of }] : [];
  });
}

/** The marker at the end of the chain `syscall_cp` → `__syscall_cp`, as far as the tree defines them. */
function lastMarker(first: string, project: Project): string {
  const passed = new Set<string>();
  for (let name = first; ;) {
    passed.add(name);
    const next = project.functions
      .filter((f) => f.name === name)
      .flatMap((f) => operations(f).map((o) => o.op))
      .find((op) => op.op === 'syscall' && op.cancellable && isDefined(op.via));
    if (next?.op !== 'syscall') return name;
    name = next.via;
  }

  function isDefined(name: string): boolean {
    return !passed.has(name) && project.functions.some((f) => f.name === name);
  }
}
