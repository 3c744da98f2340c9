/**
 * Decoded machine code as the unit that a parser would give: labels and instructions, jumps to names. So one front end,
 * one verifier and the same rules serve both. A span is a stretch of the file's bytes.
 */
import type { Region } from '../../ir/types.js';
import type { Image } from '../load/image.js';
import { withoutVariables } from '../load/variables.js';
import { printInstruction } from '../print.js';
import type { LoadedInstruction } from '../simulator/code.js';
import type { AssemblyUnit, AsmExpr, Instruction, Operand, Span, Statement } from '../syntax.js';
import { labelNames, type FoundWindow } from './found-window.js';

export interface CodeListing {
  readonly unit: AssemblyUnit;
  /** The laid-out object, which executes the unit's instructions. */
  readonly image: Image;
}

export interface ListingRequest {
  readonly window: FoundWindow;
  readonly decoded: ReadonlyMap<number, LoadedInstruction>;
  /** The file as it is called in messages: with its member, for an archive. */
  readonly file: string;
  /** The file on disk, and where in it the object begins. */
  readonly container: { readonly file: string; readonly at: number };
}

/** Lists code and puts the listing's instructions into the image. */
export function listCode(request: ListingRequest): CodeListing {
  const names = new Names(request);
  const code = [...request.decoded.values()].sort((a, b) => a.address - b.address);
  const instructions = code.map((one) => ({ ...one, instruction: named(one.instruction, names) }));
  const statements: Statement[] = [...names.declarations()];
  for (const { address, length, instruction } of instructions) {
    const span = names.span(address, length);
    for (const name of names.at(address)) {
      statements.push({ kind: 'label', name, numeric: false, span: { start: span.start, end: span.start } });
    }
    const text = printInstruction(instruction).replace(/^int \$128$/, 'int $0x80');
    const operandSpans = instruction.operands.map(() => span);
    statements.push({ kind: 'instruction', instruction, text, span, operandSpans });
  }
  const last = instructions.at(-1);
  const behind = last ? last.address + last.length : 0;
  // A window may end with its routine. Another function that begins there is no part of the listing.
  const own = new Set(labelNames(request.window.convention));
  for (const name of names.at(behind).filter((one) => own.has(one))) {
    statements.push({ kind: 'label', name, numeric: false, span: names.span(behind, 0) });
  }
  const origin = (span: Span) => ({ at: names.region(span.start, span.end) });
  const prepared = { file: request.file, text: '', origin: (start: number, end: number) => origin({ start, end }) };
  const unit: AssemblyUnit = { file: request.file, statements, problems: [], origin, prepared };
  return { unit, image: imageOf(request.window, names, instructions) };
}

function imageOf(window: FoundWindow, names: Names, instructions: readonly LoadedInstruction[]): Image {
  const image = withoutVariables(window.map.image);
  const start = instructions[0]?.address ?? 0;
  const last = instructions.at(-1);
  const outside = new Map([...image.outside, ...window.acting]);
  return {
    ...image,
    symbols: names.addresses,
    functions: names.functions,
    outside,
    source: {
      instructions,
      resolve: (name) => {
        const address = names.addresses.get(name);
        return address === undefined ? undefined : BigInt(address);
      },
      address: start,
      size: last ? last.address + last.length - start : 0,
      entries: new Set(instructions.map((one) => one.address)),
      placeOf: () => undefined,
    },
  };
}

/** Names of addresses, each name once, and places in the file. */
class Names {
  readonly addresses = new Map<string, number>();
  readonly functions: string[] = [];
  private readonly byAddress = new Map<number, string[]>();
  private readonly routines: readonly (readonly [number, string])[];

  constructor(private readonly request: ListingRequest) {
    const { window, decoded } = request;
    const { labels, functions, convention, routine, acting, map } = window;
    for (const name of labelNames(convention)) this.add(name, labels.get(name));
    if (routine) this.add(routine.name, routine.address);
    for (const [address, name] of [...acting, ...map.image.outside]) this.add(name, address);
    for (const [address, name] of functions) if (decoded.has(address)) this.add(name, address);
    this.routines = [...(routine ? [[routine.address, routine.name] as const] : []), ...functions];
    const isOwn = new Set(labelNames(convention));
    const starts = new Set([...functions.keys(), ...(routine ? [routine.address] : [])]);
    for (const [name, address] of this.addresses) {
      if (!isOwn.has(name) && decoded.has(address) && starts.has(address)) this.functions.push(name);
    }
  }

  private add(name: string, address: number | undefined): void {
    if (address === undefined || this.addresses.has(name)) return;
    this.addresses.set(name, address);
    const known = this.byAddress.get(address);
    if (known) known.push(name);
    else this.byAddress.set(address, [name]);
  }

  at(address: number): readonly string[] {
    return this.byAddress.get(address) ?? [];
  }

  /** The name of a jump's target; one is made for what has none. */
  target(address: number): string | undefined {
    if (!this.byAddress.has(address) && this.request.decoded.has(address)) {
      const name = `.L${this.request.window.map.inFile(address).toString(16)}`;
      // Sections of an object that is not linked have the same addresses.
      this.add(this.addresses.has(name) ? `.L${address.toString(16)}` : name, address);
    }
    return this.byAddress.get(address)?.[0];
  }

  declarations(): readonly Statement[] {
    const span = { start: 0, end: 0 };
    return this.functions.flatMap((name): Statement[] => [
      { kind: 'directive', name: '.globl', args: [{ text: name }], span },
      { kind: 'directive', name: '.type', args: [{ text: name }, { text: '@function' }], span },
    ]);
  }

  /** The bytes of the file behind an address. */
  span(address: number, length: number): Span {
    const found = this.request.window.map.find(address) ?? this.request.window.map.find(address - 1);
    if (!found) return { start: 0, end: 0 };
    const { section } = found;
    const start =
      this.request.container.at + section.offset + found.at + (this.request.window.map.find(address) ? 0 : 1);
    return { start, end: start + length };
  }

  region(start: number, end: number): Region {
    const { file, container } = this.request;
    const code = { file: container.file, name: this.placeName(start) };
    return { file, line: 1, column: start + 1, endLine: 1, endColumn: end + 1, code };
  }

  /** `routine+0x1c`, as debuggers have it. */
  private placeName(offset: number): string {
    let best: readonly [number, string] | undefined;
    for (const one of this.routines) {
      const at = this.span(one[0], 0).start;
      if (at <= offset && (!best || at > best[0])) best = [at, one[1]];
    }
    if (!best) return `byte 0x${offset.toString(16)}`;
    return offset === best[0] ? best[1] : `${best[1]}+0x${(offset - best[0]).toString(16)}`;
  }
}

/** The instruction with the addresses of its jumps by name. */
function named(instruction: Instruction, names: Names): Instruction {
  const operands = instruction.operands.map((operand): Operand => {
    if (operand.k !== 'target' || operand.value.k !== 'int') return operand;
    const name = names.target(Number(operand.value.value));
    const value: AsmExpr = name === undefined ? operand.value : { k: 'symbol', name };
    return { k: 'target', value };
  });
  return { ...instruction, operands };
}
