/** What the names in a source stand for: its labels, its assignments, and what a linker would make for the rest. */
import { evaluate } from '../expressions.js';
import type { Layout } from '../layout.js';
import type { SymbolResolver } from '../simulator/values.js';
import type { AsmExpr, AssemblyUnit, MemoryOperand, Operand } from '../syntax.js';
import { PLACES, type ImageRegion, type Unknown } from './image.js';
import { elsewhere, THREAD_SLOT, writeValue } from './linkage.js';
import { Outside } from './outside.js';

export interface LabelPlaces {
  /** Address of the label that is statement `index`. */
  label(index: number): number | undefined;
  /** Index of the instruction at an address. */
  indexAt(address: number): number | undefined;
}

/** Suffixes of names for entries that hold an address, and those that hold a distance from the thread pointer. */
const ADDRESS_ENTRY = new Set(['got', 'gotpcrel']);
const THREAD_ENTRY = { i386: new Set(['gotntpoff', 'indntpoff']), x86_64: new Set(['gottpoff']) };
/** `@tpoff` of i386 is the distance downwards, which hardly anybody writes. */
const THREAD_OFFSET = { i386: new Set(['ntpoff']), x86_64: new Set(['tpoff']) };

/** Names of constants that a libc's build makes from tables, or takes from the kernel's headers: no symbols of a linker. */
const CONSTANT = /^(?:(?:SYS|__NR)_\w+|[A-Z][A-Z\d_]*)$/;

/** Bytes. */
const GOT_SIZE = 65536;
const MAX_THREAD_SLOTS = 4096 / THREAD_SLOT;
/** Symbols that stand for one another in a circle have no value. */
const MAX_DEPTH = 64;

interface Assigned {
  readonly index: number;
  readonly value: AsmExpr;
}

export class SourceSymbols {
  readonly outside: Outside;
  /** Assignments by name, in the order of the source. */
  private readonly constants = new Map<string, Assigned[]>();
  private readonly entries = new Map<string, number>();
  private readonly threadSlots = new Map<string, number>();
  private readonly table = new Uint8Array(GOT_SIZE);

  constructor(
    unit: AssemblyUnit,
    private readonly layout: Layout,
    private readonly machine: 'i386' | 'x86_64',
    private readonly got: number,
    private readonly isX32: boolean,
    private readonly places: LabelPlaces,
  ) {
    this.outside = new Outside(PLACES[machine].outside);
    unit.statements.forEach((statement, index) => {
      if (statement.kind !== 'assignment' || statement.value.k === 'register') return;
      const known = this.constants.get(statement.name);
      const assigned = { index, value: statement.value };
      if (known) known.push(assigned);
      else this.constants.set(statement.name, [assigned]);
    });
    // The table must be whole before it is first read, and what is defined elsewhere known by name.
    unit.statements.forEach((statement, index) => {
      if (statement.kind !== 'instruction') return;
      for (const expr of statement.instruction.operands.flatMap(expressions)) this.note(expr, index);
    });
  }

  /** For the simulator: names in the instruction at an address. */
  readonly resolve: SymbolResolver = (name, modifier, address) => {
    const index = this.places.indexAt(address);
    return index === undefined ? undefined : this.named(name, modifier, address, index, 0);
  };

  /** The value of an expression in statement `index`, which stands at an address. */
  value(expr: AsmExpr, address: number | undefined, index: number, depth = 0): bigint | undefined {
    if (depth > MAX_DEPTH) return undefined;
    switch (expr.k) {
      case 'int':
        return expr.value;
      case 'here':
        return address === undefined ? undefined : BigInt(address);
      case 'symbol':
        return this.named(expr.name, expr.modifier, address, index, depth);
      case 'numeric':
        return this.label(expr, index);
      case 'placeholder':
        return undefined;
      case 'unary': {
        const of = this.value(expr.of, address, index, depth + 1);
        return of === undefined ? undefined : evaluate({ ...expr, of: int(of) }, () => undefined);
      }
      case 'binary': {
        const left = this.value(expr.left, address, index, depth + 1);
        const right = this.value(expr.right, address, index, depth + 1);
        if (left === undefined || right === undefined) return undefined;
        return evaluate({ ...expr, left: int(left), right: int(right) }, () => undefined);
      }
    }
  }

  private named(
    name: string,
    modifier: string | undefined,
    address: number | undefined,
    index: number,
    depth: number,
  ): bigint | undefined {
    // The resolver is given numeric labels as `1f`.
    const numeric = /^(\d+)([fb])$/.exec(name);
    if (numeric)
      return this.label({ k: 'numeric', label: numeric[1] ?? '', direction: numeric[2] === 'f' ? 'f' : 'b' }, index);
    // The assembler makes it relative to the instruction (R_386_GOTPC).
    if (name === '_GLOBAL_OFFSET_TABLE_') {
      if (this.machine === 'x86_64') return BigInt(this.got);
      return address === undefined ? undefined : BigInt(this.got - address);
    }
    if (modifier !== undefined && THREAD_OFFSET[this.machine].has(modifier)) return this.threadOffset(name);
    const plain = (): bigint | undefined => this.plain(name, index, depth);
    if (modifier === undefined || modifier === 'plt') return plain();
    if (modifier === 'gotoff') {
      const value = plain();
      return value === undefined ? undefined : value - BigInt(this.got);
    }
    const entry = this.entry(name, modifier, plain);
    if (entry === undefined) return undefined;
    return BigInt(modifier === 'got' || modifier === 'gotntpoff' ? entry - this.got : entry);
  }

  private plain(name: string, index: number, depth: number): bigint | undefined {
    const label = this.label({ k: 'symbol', name }, index);
    if (label !== undefined) return label;
    const assigned = this.constants.get(name);
    if (!assigned) return CONSTANT.test(name) ? undefined : BigInt(this.outside.address(name));
    // What was said last before, else what it comes to be in the end. Where the assignment itself stands (`.`) is not known.
    const said = assigned.findLast((one) => one.index < index) ?? assigned[assigned.length - 1];
    return said && this.value(said.value, undefined, said.index, depth + 1);
  }

  private label(expr: AsmExpr, index: number): bigint | undefined {
    const found = this.layout.find(expr, index);
    const address = found === undefined ? undefined : this.places.label(found);
    return address === undefined ? undefined : BigInt(address);
  }

  /** Of a variable of another file: one of this file lies in a section, whose place in a thread is the linker's choice. */
  private threadOffset(name: string): bigint | undefined {
    if (this.label({ k: 'symbol', name }, 0) !== undefined || this.constants.has(name)) return undefined;
    let offset = this.threadSlots.get(name);
    if (offset === undefined) {
      // All of them, whether they are ever reached or not, fit the page that lies there.
      if (this.threadSlots.size === MAX_THREAD_SLOTS) return undefined;
      this.threadSlots.set(name, (offset = -THREAD_SLOT * (this.threadSlots.size + 1)));
    }
    return BigInt(offset);
  }

  /** What is known of the thread-local variables of other files: nothing. */
  unknownThreadSlots(pointer: number): readonly Unknown[] {
    return [...this.threadSlots].map(([name, offset]) => elsewhere(name, pointer + offset));
  }

  private entry(name: string, modifier: string, plain: () => bigint | undefined): number | undefined {
    const isThread = THREAD_ENTRY[this.machine].has(modifier);
    if (!isThread && !ADDRESS_ENTRY.has(modifier)) return undefined;
    const key = `${isThread ? 'thread' : 'address'} ${name}`;
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    // The first three entries are the dynamic linker's.
    const at = (3 + this.entries.size) * 8;
    const value = isThread ? this.threadOffset(name) : plain();
    if (at + 8 > GOT_SIZE || value === undefined) return undefined;
    writeValue(this.table, at, this.machine === 'i386' || this.isX32 ? 4 : 8, value);
    this.entries.set(key, this.got + at);
    return this.got + at;
  }

  private note(expr: AsmExpr, index: number): void {
    if (expr.k === 'unary') this.note(expr.of, index);
    else if (expr.k === 'binary') {
      this.note(expr.left, index);
      this.note(expr.right, index);
    } else if (expr.k === 'symbol') {
      const { name } = expr;
      if (expr.modifier === undefined) {
        this.plain(name, index, 0);
        return;
      }
      if (THREAD_OFFSET[this.machine].has(expr.modifier)) this.threadOffset(name);
      this.entry(name, expr.modifier, () => this.plain(name, index, 0));
    }
  }

  /** The global offset table. */
  region(): ImageRegion {
    return { name: '.got', address: this.got, size: GOT_SIZE, data: this.table, writable: true, executable: false };
  }

  /** Addresses of the labels and of other names for them. */
  addresses(): ReadonlyMap<string, number> {
    const names = new Map<string, number>();
    for (const stream of this.layout.streams) {
      for (const { statement, index } of stream.items) {
        if (statement.kind !== 'label' || statement.numeric || names.has(statement.name)) continue;
        const address = this.places.label(index);
        if (address !== undefined) names.set(statement.name, address);
      }
    }
    for (const { alias, of } of this.layout.aliases) {
      const address = names.get(of);
      if (address !== undefined && !names.has(alias)) names.set(alias, address);
    }
    return names;
  }
}

function int(value: bigint): AsmExpr {
  return { k: 'int', value };
}

function expressions(operand: Operand): readonly AsmExpr[] {
  switch (operand.k) {
    case 'immediate':
    case 'target':
      return [operand.value];
    case 'memory':
      return inMemory(operand);
    case 'indirect':
      return operand.through.k === 'memory' ? inMemory(operand.through) : [];
    case 'register':
    case 'rounding':
    case 'placeholder':
      return [];
  }
}

function inMemory({ displacement }: MemoryOperand): readonly AsmExpr[] {
  return displacement ? [displacement] : [];
}
