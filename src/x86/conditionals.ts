/** `.if` and its kin: which statements count. */
import { evaluate, type SymbolValue } from './expressions.js';
import { Cursor } from './lexer.js';
import { parseValue, splitArguments } from './directives.js';

/** What a condition needs to know. */
export interface ConditionNames {
  readonly value: SymbolValue;
  readonly isDefined: (name: string) => boolean;
}

/** True when the directive opens a conditional. */
export function opensConditional(name: string): boolean {
  return OPENERS.has(name);
}

const OPENERS = new Set(
  '.if .ifdef .ifndef .ifnotdef .ifc .ifnc .ifeqs .ifnes .ifeq .ifne .ifge .ifgt .ifle .iflt .ifb .ifnb'.split(' '),
);

/** Whether the condition holds; `undefined` when it cannot be decided here. `args` is the text after the directive. */
export function decide(directive: string, args: string, names: ConditionNames): boolean | undefined {
  switch (directive) {
    case '.ifdef':
      return names.isDefined(args.trim());
    case '.ifndef':
    case '.ifnotdef':
      return !names.isDefined(args.trim());
    case '.ifb':
      return args.trim() === '';
    case '.ifnb':
      return args.trim() !== '';
    case '.ifc':
    case '.ifeqs':
      return sameText(args);
    case '.ifnc':
    case '.ifnes': {
      const same = sameText(args);
      return same === undefined ? undefined : !same;
    }
    default: {
      const cursor = new Cursor(args, 0, args.length);
      const expr = parseValue(cursor);
      if (!expr || expr.k === 'register') return undefined;
      const value = evaluate(expr, names.value);
      return value === undefined ? undefined : compare(directive, value);
    }
  }
}

function compare(directive: string, value: bigint): boolean {
  switch (directive) {
    case '.ifeq':
      return value === 0n;
    case '.ifge':
      return value >= 0n;
    case '.ifgt':
      return value > 0n;
    case '.ifle':
      return value <= 0n;
    case '.iflt':
      return value < 0n;
    default:
      return value !== 0n;
  }
}

function sameText(args: string): boolean | undefined {
  const parts = splitArguments(args, 0, args.length).map(([a, b]) =>
    args
      .slice(a, b)
      .trim()
      .replace(/^(["'])(.*)\1$/s, '$2'),
  );
  return parts.length === 2 ? parts[0] === parts[1] : undefined;
}

interface Group {
  live: boolean;
  /** An arm was taken, or what is taken cannot be known: no later arm counts. */
  done: boolean;
  readonly outer: boolean;
}

/** The conditionals that are open at one point. */
export class Conditionals {
  private readonly groups: Group[] = [];
  live = true;

  get depth(): number {
    return this.groups.length;
  }

  /** `holds` is asked only where it matters; `undefined` makes all arms dead. */
  open(holds: () => boolean | undefined): boolean | undefined {
    const outer = this.live;
    const held = outer ? holds() : false;
    this.live = outer && held === true;
    this.groups.push({ live: this.live, done: held !== false, outer });
    return held;
  }

  /** `.else` and `.elseif`. False when there is nothing to continue. */
  arm(holds: () => boolean | undefined): boolean | undefined | 'no-if' {
    const group = this.groups[this.groups.length - 1];
    if (!group) return 'no-if';
    const held = group.outer && !group.done ? holds() : false;
    group.live = held === true;
    if (held !== false) group.done = true;
    this.live = group.live;
    return held;
  }

  close(): boolean {
    const group = this.groups.pop();
    if (!group) return false;
    this.live = group.outer;
    return true;
  }

  /** Closes what was opened since the depth was `depth`: an expansion cannot leave a conditional open. */
  unwind(depth: number): void {
    while (this.groups.length > depth) this.close();
  }
}
