/**
 * A parsed source laid out at addresses. Nothing is encoded: each instruction takes a slot of sixteen bytes, so labels,
 * jumps and calls are true and distances within code are not the assembler's. Execution may therefore come to labels and
 * to what stands behind a call, and not to an address that was computed from others. Data stands apart from the
 * instructions of its section. What execution or a read would find that is not known here is listed as such.
 */
import { evaluate } from '../expressions.js';
import { layOut, type Alignment, type Layout, type Stream } from '../layout.js';
import { ObjectError } from '../object/error.js';
import type { LoadedInstruction } from '../simulator/code.js';
import type { AssemblyUnit, Target } from '../syntax.js';
import { dataOf, type DataBytes } from './data.js';
import { pageUp, PAGE, PLACES, type Image, type ImageRegion, type Unknown } from './image.js';
import { threadRegion, writeValue } from './linkage.js';
import { SourceSymbols } from './source-symbols.js';

/** Longer than any instruction. */
const SLOT = 16;

/** Of all data together, in bytes. */
const MAX_DATA = 1 << 26;

/** The data of one section. */
interface Run {
  readonly stream: Stream;
  address: number;
  size: number;
  readonly parts: Part[];
}

interface Part extends DataBytes {
  readonly at: number;
  /** Of the statement. */
  readonly index: number;
}

/** Where a label is: in the code, or so far into a run of data. */
type Place = { readonly at: number } | { readonly run: Run; readonly offset: number };

/** Lays out the unit for a target. Throws an `ObjectError` where that takes too much memory. */
export function placeSource(unit: AssemblyUnit, target: Target): Image {
  return new Placer(unit, target).image();
}

class Placer {
  private readonly layout: Layout;
  private readonly machine: 'i386' | 'x86_64';
  private readonly labels = new Map<number, Place>();
  private readonly instructions: LoadedInstruction[] = [];
  private readonly indexAt = new Map<number, number>();
  private readonly runs: Run[] = [];
  private readonly unknown: Unknown[] = [];
  private readonly behindCalls: number[] = [];
  private code: number;
  private dataSize = 0;

  constructor(
    private readonly unit: AssemblyUnit,
    private readonly target: Target,
  ) {
    this.layout = layOut(unit);
    this.machine = target === 'i386' ? 'i386' : 'x86_64';
    this.code = PLACES[this.machine].image;
  }

  image(): Image {
    for (const stream of this.layout.streams) this.placeStream(stream);
    let end = pageUp(this.code) + PAGE;
    for (const run of this.runs) {
      run.address = end;
      end = pageUp(end + run.size) + PAGE;
    }
    const symbols = new SourceSymbols(this.unit, this.layout, this.machine, end, this.target === 'x32', {
      label: (index) => this.addressOf(index),
      indexAt: (address) => this.indexAt.get(address),
    });
    const regions = this.runs.map((run) => this.regionOf(run, symbols));
    const thread = threadRegion(this.machine, this.target === 'x32', new Uint8Array(0), 0, PAGE);
    const names = symbols.addresses();
    const address = PLACES[this.machine].image;
    const size = Math.max(this.code - address, SLOT);
    const code = { name: 'code', address, size, data: new Uint8Array(0), writable: false, executable: true };
    return {
      target: this.target,
      regions: [code, ...regions, symbols.region(), thread.region],
      source: {
        instructions: this.instructions,
        resolve: symbols.resolve,
        address,
        size,
        entries: new Set([...[...this.labels.keys()].map((index) => this.addressOf(index) ?? 0), ...this.behindCalls]),
        placeOf: (at) => this.placeOf(at),
      },
      symbols: names,
      functions: this.functions([...names.keys()]),
      outside: symbols.outside.names,
      unknown: [...this.unknown, ...symbols.unknownThreadSlots(thread.pointer)],
      threadPointer: thread.pointer,
    };
  }

  /** Where no directive says what is a function, what other files see is taken for one. */
  private functions(names: readonly string[]): readonly string[] {
    const { functions, globals } = this.layout;
    const typed = names.filter((name) => functions.has(name));
    return typed.length > 0 ? typed : names.filter((name) => globals.has(name));
  }

  private placeStream(stream: Stream): void {
    const run: Run = { stream, address: 0, size: 0, parts: [] };
    let waiting: number[] = [];
    const settle = (place: Place): void => {
      for (const index of waiting) this.labels.set(index, place);
      waiting = [];
    };
    let inCode = false;
    let aligned = 0;
    for (const [position, { kind, statement, index }] of stream.items.entries()) {
      for (; (stream.alignments[aligned]?.before ?? Infinity) <= position; aligned++) {
        if (!inCode) run.size = alignedTo(run.size, stream.alignments[aligned]);
      }
      if (kind === 'label') waiting.push(index);
      else if (kind === 'data' && statement.kind === 'directive') {
        if (inCode) this.gap('the code runs into data here');
        inCode = false;
        settle({ run, offset: run.size });
        const data = dataOf(statement, (expr) => evaluate(expr, () => undefined));
        run.parts.push({ ...data, at: run.size, index });
        run.size += data.size;
        this.dataSize += data.size;
        if (this.dataSize > MAX_DATA) throw new ObjectError('its data takes too much memory');
      } else if (kind === 'instruction' || kind === 'unknown') {
        settle({ at: this.code });
        inCode = true;
        this.indexAt.set(this.code, index);
        if (statement.kind === 'instruction') {
          const { instruction } = statement;
          this.instructions.push({ address: this.code, length: SLOT, instruction });
          this.code += SLOT;
          if (/^l?call$/.test(instruction.base)) this.behindCalls.push(this.code);
        } else this.gap(statement.kind === 'unknown' ? `not understood: ${statement.text}` : 'not understood');
      }
    }
    if (run.size > 0) this.runs.push(run);
    settle(run.size > 0 && !inCode ? { run, offset: run.size } : { at: this.code });
    if (inCode) this.gap(`section ${stream.section} ends here`, true);
  }

  /** A slot that cannot be executed. */
  private gap(reason: string, endsSection = false): void {
    this.unknown.push({ address: this.code, size: SLOT, reason, ...(endsSection ? { endsSection } : {}) });
    this.code += SLOT;
  }

  private addressOf(index: number): number | undefined {
    const place = this.labels.get(index);
    return place && ('at' in place ? place.at : place.run.address + place.offset);
  }

  private regionOf(run: Run, symbols: SourceSymbols): ImageRegion {
    const data = new Uint8Array(run.size);
    for (const { at, size, bytes, fields, index, reason } of run.parts) {
      const address = run.address + at;
      data.set(bytes, at);
      if (reason !== undefined) this.unknown.push({ address, size, reason });
      for (const field of fields) {
        const value = symbols.value(field.value, address + field.at, index);
        if (value !== undefined) writeValue(data, at + field.at, field.size, value);
        else this.unknown.push({ address: address + field.at, size: field.size, reason: 'the value is not known' });
      }
    }
    const name = run.stream.section;
    const writable = !run.stream.executable && !/^\.(?:rodata|eh_frame|note)/.test(name);
    return { name, address: run.address, size: run.size, data, writable, executable: false };
  }

  private placeOf(address: number): string | undefined {
    const index = this.indexAt.get(address);
    const statement = index === undefined ? undefined : this.unit.statements[index];
    if (statement?.kind !== 'instruction') return undefined;
    const { file, line } = this.unit.origin(statement.span).at;
    return `${file}:${line}`;
  }
}

/** The size with a directive's padding: `.p2align` says the power of two, the others the number of bytes. */
function alignedTo(size: number, alignment: Alignment | undefined): number {
  const [{ value } = {}] = alignment?.statement.args ?? [];
  const given = value && value.k !== 'register' ? evaluate(value, () => undefined) : undefined;
  const number = alignment?.statement.name === '.even' ? 2n : given;
  if (
    alignment === undefined ||
    alignment.statement.name.startsWith('.nop') ||
    number === undefined ||
    number < 1n ||
    number > BigInt(PAGE)
  )
    return size;
  const to = alignment.statement.name.startsWith('.p2') ? 2 ** Math.min(Number(number), 12) : Number(number);
  return Math.ceil(size / to) * to;
}
