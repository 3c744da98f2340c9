/**
 * A source with a cancellation point that the tree's build rules compile without the unwind tables which cancellation
 * needs there. A libc that unwinds runs the cleanup handlers of a cancelled thread from frame to frame; the unwinder
 * stops at a frame that has no tables (GCC manual, -fexceptions and -fasynchronous-unwind-tables).
 */
import { operations } from '../ir/analysis/reach.js';
import type { Lifted, Op, Target } from '../ir/types.js';
import type { Step } from '../linter/finding.js';
import type { Compilation } from '../make/build.js';
import { linkedPrograms, type Linked } from '../points/linked.js';
import { publicNames } from '../points/public-names.js';
import { actsBySelf, type Site } from '../points/sites.js';
import { REQUIRED } from '../posix/index.js';
import { defineRule } from './define-rule.js';
import { canceller, victim } from './helpers/steps.js';

type MessageId = 'missing' | 'atCalls' | 'elsewhere';

export default defineRule<MessageId>({
  id: 'unwind-tables-missing',
  meta: {
    category: 'set',
    description: 'A source with a cancellation point that the build rules compile without unwind tables',
    explanation:
      'A libc that unwinds a cancelled thread runs the cleanup handlers of its frames on the way. The unwinder finds the next frame by tables, and stops at a function that was compiled without them: handlers of its callers that are run by unwinding, among them the destructors of C++, are left out. Some compilers make the tables by default, for x86 among others; on the other architectures each such source needs its flags.',
    messages: {
      missing:
        "'{source}' {does} and is compiled without unwind tables: no {variable} gives it {flag}. Where the compiler makes none by itself, cleanup handlers of the callers do not run when a thread is cancelled there",
      atCalls:
        "'{source}' {does} and is compiled with unwind tables that are right at calls only: {variable} lacks {flag}, and the signal that cancels a thread comes between any two instructions",
      elsewhere:
        "{variable} has no effect here: '{source}' is compiled in {folder}, and has no unwind tables there. It {does}; where the compiler makes no tables by itself, cleanup handlers of the callers do not run when a thread is cancelled",
    },
    severity: 'warn',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: [
      'GCC manual, Options for Code Generation Conventions: -fexceptions, -fasynchronous-unwind-tables',
      'POSIX.1-2024 XSH 2.9.5.3 Thread Cancellation Cleanup Handlers',
    ],
  },
  needsProgram: true,
  run({ project, report, incomplete }) {
    const { build, libc } = project;
    const convention = libc.build;
    if (!build || !convention) return;
    const { atCalls, anywhere } = convention.tables;
    // In a tree with windows the thread is unwound from the window's own routine, and all other frames are at calls.
    const hasWindow = project.functions.some((f) => operations(f).some(({ op }) => op.op === 'window-call'));
    const found = new Map<string, { one: Compilation; frame: Frame; messageId: MessageId; targets: Target[] }>();
    const undecided = new Set<string>();
    for (const linked of linkedPrograms(project)) {
      const frames = framesBySource(linked);
      for (const one of build.compilations(linked.target)) {
        const frame = frames.get(one.source);
        if (!frame) continue;
        const any = one.gives(atCalls);
        // A test acts by a call.
        const isAtCall = hasWindow || !frame.isDirect || frame.op.op === 'test-cancel';
        const exact = isAtCall ? any : one.gives(anywhere);
        if (any === 'unknown' || exact === 'unknown') {
          const what = one.isCut ? 'are too much to expand' : 'depend on the configuration';
          const why = `the flags of '${one.source}' in ${one.folder} ${what}`;
          if (!undecided.has(why)) incomplete(frame.f, why, one.listed);
          undecided.add(why);
          continue;
        }
        if (exact === 'yes') continue;
        const messageId = any === 'yes' ? 'atCalls' : one.elsewhere(atCalls) ? 'elsewhere' : 'missing';
        const key = `${one.folder} ${one.source} ${any}`;
        const known = found.get(key);
        // That the flags stand elsewhere is certain on some targets, and said for all.
        const isBetter = messageId === 'elsewhere' && known?.messageId !== messageId;
        const targets = [...(known?.targets ?? []), linked.target];
        found.set(key, known && !isBetter ? { ...known, targets } : { one, frame, messageId, targets });
      }
    }
    for (const { one, frame, messageId, targets } of found.values()) {
      const base = one.source.slice(one.source.lastIndexOf('/') + 1);
      const misplaced = messageId === 'elsewhere' ? one.elsewhere(atCalls) : undefined;
      const alike = one.alike(messageId === 'atCalls' ? anywhere : atCalls);
      const at = misplaced?.at ?? one.own.at(-1) ?? alike?.at ?? one.listed;
      const named = convention.flags[0]?.replace('%', base.replace(/\.\w+$/, '')) ?? '';
      report({
        messageId,
        data: {
          source: base,
          variable: named,
          flag: (messageId === 'atCalls' ? anywhere : atCalls)[0] ?? '',
          folder: one.folder,
          does: doing(frame),
        },
        at,
        in: frame.f,
        targets,
        flow: way(frame, one),
        related: [
          ...(at === one.listed ? [] : [{ at: one.listed, message: `'${base}' is listed here` }]),
          ...(alike && at !== alike.at ? [{ at: alike.at, message: `'${alike.source}.c' has the flags` }] : []),
        ],
        anchor: `${messageId} ${one.folder} ${base}`,
      });
    }
  },
});

/** The function of a source that the unwinder comes to. */
interface Frame {
  readonly f: Lifted;
  readonly op: Op;
  /** The thread waits in the function itself, rather than in one that it calls. */
  readonly isDirect: boolean;
}

/**
 * Sources whose functions make a cancellable call themselves, or are required to be cancellation points and call such.
 * Every frame on the way to a handler needs tables; these are the ones that every libc of this kind sees to.
 */
function framesBySource(linked: Linked): ReadonlyMap<string, Frame> {
  const { points, target } = linked;
  const { program } = points.linker;
  const called = new Set(
    program.functions.flatMap((f) => operations(f).map(({ op }) => ('callee' in op ? op.callee : ''))),
  );
  const out = new Map<string, Frame>();
  for (const f of program.functions) {
    if (!f.targets.includes(target) || f.kind === 'macro' || f.kind === 'assembly') continue;
    if (!f.isStatic && points.named(f.name) !== f) continue;
    // Only its address is given away, to begin a thread for instance: who calls it is not known, and what is held there.
    if (f.isStatic && !called.has(f.name) && !program.isClosed(f, [], 0, target)) continue;
    const node = points.node(f);
    const direct = points.sites(node).find(actsBySelf);
    const site = direct ?? (isRequired(f, linked) ? points.actingSites(node)[0] : undefined);
    const known = out.get(f.nameAt.file);
    if (site && (!known || (direct && !known.isDirect)))
      out.set(f.nameAt.file, { f, op: site.op, isDirect: direct !== undefined });
  }
  return out;
}

/** `lockf64` is lockf with 64-bit offsets (Large File Summit, Adding Large File Support, 3.1.2). */
const isRequired = (f: Lifted, linked: Linked): boolean =>
  publicNames(linked)
    .of(f)
    .some((name) => REQUIRED.has(name.replace(/64$/, '')));

const doing = ({ f, op, isDirect }: Frame): string =>
  isDirect ? `has the cancellation point '${f.name}'` : `calls the cancellation point '${calledBy(op)}'`;

const calledBy = (op: Site['op']): string => (op.op === 'call' ? (op.callee ?? 'of a stream') : op.op);

function way({ f, op, isDirect }: Frame, { source }: Compilation): Step[] {
  return [
    victim(op.origin.at, `a thread waits here, in '${f.name}'${isDirect ? '' : ` by way of '${calledBy(op)}'`}`),
    canceller(op.origin.at, 'pthread_cancel sends the cancellation signal'),
    victim(op.origin.at, `the unwinder looks for the tables of the frame, which '${source}' was compiled without`),
    victim(f.nameAt, 'it goes no further: handlers of the callers that are run by unwinding are left out'),
  ];
}
