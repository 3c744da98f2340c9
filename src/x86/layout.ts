/**
 * A unit as the assembler lays it out: statements by section, what the directives say of symbols, and where each
 * label is.
 */
import { isDataDirective } from './directives.js';
import type { AsmExpr, AssemblyUnit, DirectiveStatement, Statement } from './syntax.js';

/** What stands in a section: code, labels, data, and `.size`, which tells where a function ends. */
export type ItemKind = 'label' | 'instruction' | 'unknown' | 'data' | 'size';

export interface Item {
  readonly kind: ItemKind;
  readonly statement: Statement;
  /** Index of the statement in the unit. */
  readonly index: number;
}

/** The content of one section (and subsection), in address order. */
export interface Stream {
  readonly section: string;
  readonly executable: boolean;
  readonly items: readonly Item[];
  readonly alignments: readonly Alignment[];
}

/** A directive that pads (`.align`, `.nops`), in front of the item of that number. */
export interface Alignment {
  readonly before: number;
  readonly statement: DirectiveStatement;
}

export interface SymbolAlias {
  readonly alias: string;
  readonly of: string;
  readonly statement: Statement;
}

export interface Layout {
  readonly streams: readonly Stream[];
  readonly functions: ReadonlySet<string>;
  readonly globals: ReadonlySet<string>;
  readonly weak: ReadonlySet<string>;
  readonly aliases: readonly SymbolAlias[];
  /** Statement index of the label that a direct jump target names, seen from statement `from`; undefined when it is elsewhere. */
  readonly find: (target: AsmExpr, from: number) => number | undefined;
}

interface OpenStream {
  readonly section: string;
  executable: boolean;
  readonly items: Item[];
  readonly alignments: Alignment[];
}

/** A label that cannot be seen from other files. */
export function isLocalLabel(name: string): boolean {
  return name.startsWith('.L') || /^\d+$/.test(name);
}

/** Lays out the unit's statements. */
export function layOut(unit: AssemblyUnit): Layout {
  const sections = new Sections();
  const functions = new Set<string>();
  const globals = new Set<string>();
  const weak = new Set<string>();
  const aliases: SymbolAlias[] = [];
  const labels = new Map<string, number[]>();

  unit.statements.forEach((statement, index) => {
    switch (statement.kind) {
      case 'label': {
        const places = labels.get(statement.name);
        if (places) places.push(index);
        else labels.set(statement.name, [index]);
        sections.add({ kind: 'label', statement, index });
        return;
      }
      case 'instruction':
      case 'unknown':
        sections.add({ kind: statement.kind, statement, index });
        return;
      case 'assignment':
        if (statement.value.k === 'symbol' && statement.value.modifier === undefined) {
          aliases.push({ alias: statement.name, of: statement.value.name, statement });
        }
        return;
      case 'directive':
        if (sections.directive(statement)) return;
        if (isDataDirective(statement.name)) sections.add({ kind: 'data', statement, index });
        else if (/^\.(?:(?:p2|b)?align[wl]?|even|nops?)$/.test(statement.name)) sections.align(statement);
        else if (statement.name === '.size') sections.add({ kind: 'size', statement, index });
        else if (statement.name === '.weakext') {
          const [alias, of] = statement.args;
          if (alias) weak.add(alias.text);
          if (alias && of) aliases.push({ alias: alias.text, of: of.text, statement });
        } else note(statement, functions, globals, weak);
    }
  });

  return {
    streams: sections.all(),
    functions,
    globals,
    weak,
    aliases,
    find: (target, from) => findLabel(labels, target, from),
  };
}

function note(statement: DirectiveStatement, functions: Set<string>, globals: Set<string>, weak: Set<string>): void {
  const names = statement.args.map((a) => a.text);
  switch (statement.name) {
    case '.globl':
    case '.global':
      for (const name of names) globals.add(name);
      return;
    case '.weak':
      for (const name of names) weak.add(name);
      return;
    case '.type': {
      // `.type f,@function`, `.type f, "function"`, `.type f STT_FUNC`.
      const text = names.join(' ');
      const name = /^\S+/.exec(text)?.[0];
      if (name !== undefined && /(?:@|%|"|\s|STT_)(?:function|gnu_indirect_function|FUNC|GNU_IFUNC)\b/.test(text)) {
        functions.add(name);
      }
    }
  }
}

function findLabel(labels: ReadonlyMap<string, readonly number[]>, target: AsmExpr, from: number): number | undefined {
  if (target.k === 'symbol') return labels.get(target.name)?.[0];
  if (target.k !== 'numeric') return undefined;
  const places = labels.get(target.label) ?? [];
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  return target.direction === 'f' ? places[low] : places[low - 1];
}

/** The section directives' effect: which stream the next statement goes to. */
class Sections {
  private readonly streams = new Map<string, OpenStream>();
  private current = '.text';
  private previous = '.text';
  private subsection = '';
  private readonly stack: { readonly current: string; readonly previous: string; readonly subsection: string }[] = [];
  private readonly executables = new Map<string, boolean>();

  add(item: Item): void {
    const key = `${this.current}\0${this.subsection}`;
    let stream = this.streams.get(key);
    if (!stream) {
      stream = { section: this.current, executable: this.isExecutable(this.current), items: [], alignments: [] };
      this.streams.set(key, stream);
    }
    // Instructions are code wherever they stand.
    if (item.kind === 'instruction') stream.executable = true;
    stream.items.push(item);
  }

  /** What is empty so far is aligned already. */
  align(statement: DirectiveStatement): void {
    const stream = this.streams.get(`${this.current}\0${this.subsection}`);
    stream?.alignments.push({ before: stream.items.length, statement });
  }

  all(): readonly Stream[] {
    return [...this.streams.values()];
  }

  private isExecutable(section: string): boolean {
    return this.executables.get(section) ?? /^\.(?:text|init|fini)(?:$|\.)/.test(section);
  }

  /** True when the directive was about sections. */
  directive({ name, args }: DirectiveStatement): boolean {
    const first = args[0]?.text ?? '';
    switch (name) {
      case '.text':
      case '.data':
      case '.bss':
        this.change(name, first);
        return true;
      case '.section':
        this.declare(first, args[1]?.text);
        this.change(unquoted(first), '');
        return true;
      case '.pushsection': {
        this.stack.push({ current: this.current, previous: this.previous, subsection: this.subsection });
        // `.pushsection name, subsection, "flags"`: the number may be left out.
        const flags = args.find((a) => a.text.startsWith('"'))?.text;
        this.declare(first, flags);
        this.change(unquoted(first), /^\d+$/.test(args[1]?.text ?? '') ? (args[1]?.text ?? '') : '');
        return true;
      }
      case '.popsection': {
        const saved = this.stack.pop();
        if (saved) {
          this.current = saved.current;
          this.previous = saved.previous;
          this.subsection = saved.subsection;
        }
        return true;
      }
      case '.previous':
        this.change(this.previous, '');
        return true;
      case '.subsection':
        this.change(this.current, first === '0' ? '' : first);
        return true;
      default:
        return false;
    }
  }

  private declare(section: string, flags: string | undefined): void {
    if (flags?.startsWith('"')) this.executables.set(unquoted(section), flags.includes('x'));
  }

  private change(section: string, subsection: string): void {
    this.previous = this.current;
    this.current = section;
    this.subsection = subsection;
  }
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, '$1');
}
