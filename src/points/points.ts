/**
 * Which functions of a linked program are cancellation points.
 * Problem: can a request be acted upon on some path through a function, and by which calls?
 * Lattice: no below yes, for each function with each set of integers that calls give to its parameters (node.ts).
 * Direction: from the sites that act by themselves backward over the calls; breadth-first, so that the route kept is one of
 * the shortest. Cost: linear in the number of calls, for each target; a function is told apart by at most `MAX_GIVEN` sets
 * of arguments, and further calls count as calls with arguments that are not known.
 */
import type { Lifted, Op, Target } from '../ir/types.js';
import type { Roles } from '../libc/roles.js';
import type { Libc } from '../libc/types.js';
import { operations } from '../ir/analysis/reach.js';
import { withKnown } from './known-arguments.js';
import { givenBy, nodeOf, type Given, type Node, type NameValue } from './node.js';
import type { Linker } from './program.js';
import { CancelStates } from './states.js';
import { actsBySelf, fatalCalls, returning, siteFinder, type Site } from './sites.js';

const MAX_GIVEN = 24;
const NOTHING: Given = new Map();

/** One step of a route: a site in a function, and what is called there. */
export interface Step {
  readonly in: Node;
  readonly site: Site;
  readonly to: Node | undefined;
}

export interface PointsRequest {
  readonly target: Target;
  readonly linker: Linker;
  readonly roles: Roles;
  readonly libc: Libc;
  readonly valueOf: (name: string, target: Target) => bigint | undefined;
}

/** The program of one target. */
export class Points {
  private readonly nodes = new Map<Lifted, Map<string, Node>>();
  private readonly first = new Map<Node, Step>();
  /** Functions that are called with more sets of constants than are told apart. */
  private readonly overfull = new Set<Lifted>();
  readonly valueOf: NameValue;

  readonly target: Target;
  readonly linker: Linker;
  private readonly roles: Roles;
  /** Cancel states with what callees leave and callers bring. */
  readonly states: CancelStates;
  private readonly system: ReadonlySet<string>;
  private readonly sitesIn: (f: Lifted) => readonly Site[];
  /** Functions that act although their callers have cancellation disabled. */
  private readonly forced = new Set<Lifted>();
  private readonly asynchronous = new Map<Lifted, readonly Site[]>();

  constructor({ target, linker, roles, libc, valueOf }: PointsRequest) {
    this.target = target;
    this.linker = linker;
    this.roles = roles;
    this.sitesIn = siteFinder(libc, linker.program);
    this.system = new Set(libc.system);
    this.states = new CancelStates(linker, target, libc);
    // Where one of these holds no request is pending, and what it leads to is no way that matters.
    const single = new Set(libc.noneWhileSingle ? libc.singleThread : []);
    const values = new Map<string, bigint | undefined>();
    this.valueOf = (name) => {
      if (!values.has(name))
        values.set(
          name,
          single.has(name)
            ? 0n
            : /^[A-Z_][A-Z0-9_]+$|^(SYS|__NR)_\w+$|^(true|false)$/.test(name)
              ? valueOf(name, target)
              : undefined,
        );
      return values.get(name);
    };
    this.solve();
    if (this.noteForced()) this.solve();
    // Where nothing acts whatever is given, nothing is lost.
    for (const f of this.overfull) {
      if (!this.acts(this.node(f))) continue;
      const message = `'${f.name}' is called with more than ${String(MAX_GIVEN)} sets of constants: others count as any, and it as acting for them`;
      linker.program.onLimit(message, f.nameAt);
    }
  }

  /** A function called with arguments of which nothing is known. */
  node(f: Lifted, given: Given = NOTHING): Node {
    let own = this.nodes.get(f);
    if (!own) this.nodes.set(f, (own = new Map<string, Node>()));
    const key = [...given].map(([name, value]) => `${name}=${String(value)}`).join();
    let node = own.get(key);
    if (!node) {
      if (own.size > MAX_GIVEN && given.size > 0) {
        this.overfull.add(f);
        return this.node(f);
      }
      own.set(key, (node = nodeOf(f, given, this.valueOf)));
    }
    return node;
  }

  /** The lifted function that a name means to a file. */
  named(name: string, file = ''): Lifted | undefined {
    return this.linker.meaning(name, file, this.target).lifted;
  }

  /** What a site may call. */
  callees(site: Site, from: Node): readonly Node[] {
    const { f } = from;
    const file = f.nameAt.file;
    const called =
      site.calls !== undefined
        ? [this.named(site.calls, file)]
        : (this.linker.program.stores.get(site.member ?? '') ?? []).map((s) => this.named(s.of, s.file));
    const args = argsOf(site.op);
    const out = new Set<Node>();
    const { valueOf } = this;
    for (const to of called) {
      if (!to || to === f) continue;
      const given = givenBy(args, from.given, to, valueOf);
      out.add(this.node(to, withKnown(given, { args, from, block: site.place.block, to, valueOf })));
    }
    return [...out];
  }

  /** Sites that can be reached. */
  sites({ f, feasible }: Node): readonly Site[] {
    const plain = this.sitesIn(f).filter(
      (s) => feasible.has(s.place.block) && (!this.states.isOffAt(f, s.place) || this.isForced(s, f)),
    );
    const more = this.asynchronousSites(f).filter((s) => feasible.has(s.place.block));
    return more.length > 0 ? [...more, ...plain] : plain;
  }

  /** Where a region begins in which a request may be acted upon at every instruction: a setter, or the function's entry. */
  private asynchronousSites(f: Lifted): readonly Site[] {
    let known = this.asynchronous.get(f);
    if (!known) {
      const comesBack = returning(f, fatalCalls(this.linker.program));
      const [first] = this.states.isEnteredAsynchronous(f) ? operations(f) : [];
      const setters = this.states.turningOn(f).filter(({ op }) => op.op !== 'async');
      const sites = [...(first ? [first] : []), ...setters].filter(({ place }) => comesBack.has(place.block));
      known = sites.map((s) => ({ ...s, isAsynchronous: true }));
      this.asynchronous.set(f, known);
    }
    return known;
  }

  /** The call goes to a function that enables cancellation, whatever it was, and acts: its caller is cancelled all the same. */
  private isForced(site: Site, f: Lifted): boolean {
    const to = site.calls === undefined || this.forced.size === 0 ? undefined : this.named(site.calls, f.nameAt.file);
    return to !== undefined && this.forced.has(to);
  }

  private noteForced(): boolean {
    const { functions } = this.linker.program;
    const isCulprit = (f: Lifted): boolean =>
      this.states.mayChange(f) && this.actingSites(this.node(f)).some(({ place }) => this.states.isOnAt(f, place));
    const work = functions.filter((f) => f.targets.includes(this.target) && f.kind === 'function' && isCulprit(f));
    for (let f = work.pop(); f; f = work.pop()) {
      if (this.forced.has(f)) continue;
      this.forced.add(f);
      work.push(...this.states.callersOf(f));
    }
    return this.forced.size > 0;
  }

  private solve(): void {
    this.first.clear();
    const callers = new Map<Node, Step[]>();
    const seen = new Set<Node>();
    let work: Node[] = [];
    const todo = this.linker.program.functions.filter((f) => f.targets.includes(this.target)).map((f) => this.node(f));
    for (let node = todo.pop(); node; node = todo.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      for (const site of this.sites(node)) {
        if (actsBySelf(site)) {
          if (this.first.has(node)) continue;
          this.first.set(node, { in: node, site, to: undefined });
          work.push(node);
          continue;
        }
        for (const to of this.callees(site, node)) {
          if (!seen.has(to)) todo.push(to);
          const step = { in: node, site, to };
          const list = callers.get(to);
          if (list) list.push(step);
          else callers.set(to, [step]);
        }
      }
    }
    while (work.length > 0) {
      const next: Node[] = [];
      for (const to of work) {
        for (const step of callers.get(to) ?? []) {
          if (this.first.has(step.in)) continue;
          this.first.set(step.in, step);
          next.push(step.in);
        }
      }
      work = next;
    }
  }

  /** Whether a request can be acted upon somewhere in the function. */
  acts(node: Node): boolean {
    return this.roles.has(node.f.name, 'test-cancel') || this.first.has(node);
  }

  /**
   * What is not known, of the function itself or of one that it comes to: a part that was not understood, or a function that
   * is the system's. Where nothing, "it does not act" can be said.
   */
  notWhole(node: Node): { readonly f: Lifted; readonly calls?: string } | undefined {
    const seen = new Set<Node>();
    const work = [node];
    for (let at = work.pop(); at; at = work.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      if (at.f.notUnderstood > 0) return { f: at.f };
      for (const site of this.sites(at)) {
        const callees = this.callees(site, at);
        if (callees.length === 0 && this.isSystems(site.calls)) return { f: at.f, calls: site.calls ?? '' };
        work.push(...callees);
      }
    }
    return undefined;
  }

  private isSystems(name: string | undefined): boolean {
    return name !== undefined && this.system.has(name);
  }

  isWhole(node: Node): boolean {
    return this.notWhole(node) === undefined;
  }

  /** Sites of the function at which a request can be acted upon. */
  actingSites(node: Node): readonly Site[] {
    return this.sites(node).filter((s) => actsBySelf(s) || this.callees(s, node).some((c) => this.acts(c)));
  }

  /** The shortest way from the function to a site that acts by itself. */
  route(node: Node): readonly Step[] {
    const out: Step[] = [];
    for (let step = this.first.get(node); step; step = step.to && this.first.get(step.to)) out.push(step);
    return out;
  }
}

const argsOf = (op: Op): Parameters<typeof givenBy>[0] => ('args' in op ? op.args : []);
