/**
 * What a relocation puts in its place (Intel386 psABI, "Relocation Types"; AMD64 psABI, table 4.9; the TLS types from
 * "ELF Handling For Thread-Local Storage"). S is the symbol's address, A the addend, P the place, G the offset of the
 * symbol's entry in the global offset table GOT.
 */
export interface Place {
  /** P. */
  readonly address: number;
  /** A. */
  readonly addend: bigint;
  readonly symbol: RelocatedSymbol;
}

export interface RelocatedSymbol {
  readonly name: string;
  /** S, where the symbol has an address. */
  readonly address: number | undefined;
  readonly size: bigint;
  /** Distance from the thread pointer, of thread-local ones. */
  readonly threadOffset: number | undefined;
}

export interface Tables {
  /** Address of the global offset table. */
  readonly got: number;
  /** Address of the entry that holds a value; made where there is none. */
  entry(symbol: RelocatedSymbol, kind: 'address' | 'threadOffset'): number;
  /** Where a shared object was put. */
  readonly base: number;
}

/** How many bytes to write, and their value. */
export interface Patch {
  readonly size: 1 | 2 | 4 | 8;
  readonly value: bigint;
}

type Rule = (place: Place, tables: Tables) => bigint | undefined;

function sum(...parts: readonly (number | bigint | undefined)[]): bigint | undefined {
  let total = 0n;
  for (const part of parts) {
    if (part === undefined) return undefined;
    total += BigInt(part);
  }
  return total;
}

const absolute: Rule = ({ symbol, addend }) => sum(symbol.address, addend);
const relative: Rule = ({ symbol, addend, address }) => sum(symbol.address, addend, -address);
const fromTable: Rule = ({ symbol, addend }, { got }) => sum(symbol.address, addend, -got);
const tableRelative: Rule = ({ addend, address }, { got }) => sum(got, addend, -address);
const entryOffset: Rule = ({ symbol, addend }, tables) =>
  symbol.address === undefined ? undefined : sum(tables.entry(symbol, 'address'), addend, -tables.got);
const entryAddress: Rule = ({ symbol, addend }, tables) =>
  symbol.address === undefined ? undefined : sum(tables.entry(symbol, 'address'), addend);
const entryRelative: Rule = ({ symbol, addend, address }, tables) =>
  symbol.address === undefined ? undefined : sum(tables.entry(symbol, 'address'), addend, -address);
const threadEntry =
  (from: 'zero' | 'table' | 'place'): Rule =>
  ({ symbol, addend, address }, tables) => {
    if (symbol.threadOffset === undefined) return undefined;
    const entry = tables.entry(symbol, 'threadOffset');
    return sum(entry, addend, from === 'zero' ? 0 : from === 'table' ? -tables.got : -address);
  };
const threadOffset: Rule = ({ symbol, addend }) => sum(symbol.threadOffset, addend);
const threadOffsetBack: Rule = ({ symbol, addend }) =>
  symbol.threadOffset === undefined ? undefined : sum(-symbol.threadOffset, addend);
const sizeOf: Rule = ({ symbol, addend }) => sum(symbol.size, addend);
const based: Rule = ({ addend }, { base }) => sum(base, addend);
const symbolOnly: Rule = ({ symbol }) => sum(symbol.address);

type Table = Readonly<Record<string, readonly [1 | 2 | 4 | 8, Rule]>>;

const I386: Table = {
  R_386_32: [4, absolute],
  R_386_PC32: [4, relative],
  R_386_PLT32: [4, relative],
  R_386_GOT32: [4, entryOffset],
  R_386_GOT32X: [4, entryOffset],
  /** Not a type of its own: GOT32 where no register is added to it. */
  R_386_GOT32_ADDRESS: [4, entryAddress],
  R_386_GOTOFF: [4, fromTable],
  R_386_GOTPC: [4, tableRelative],
  R_386_GLOB_DAT: [4, symbolOnly],
  R_386_JUMP_SLOT: [4, symbolOnly],
  R_386_RELATIVE: [4, based],
  R_386_TLS_TPOFF: [4, threadOffset],
  R_386_TLS_IE: [4, threadEntry('zero')],
  R_386_TLS_GOTIE: [4, threadEntry('table')],
  R_386_TLS_LE: [4, threadOffset],
  R_386_TLS_LE_32: [4, threadOffsetBack],
  R_386_16: [2, absolute],
  R_386_PC16: [2, relative],
  R_386_8: [1, absolute],
  R_386_PC8: [1, relative],
  R_386_SIZE32: [4, sizeOf],
};

const X86_64: Table = {
  R_X86_64_64: [8, absolute],
  R_X86_64_PC32: [4, relative],
  R_X86_64_PLT32: [4, relative],
  R_X86_64_GOT32: [4, entryOffset],
  R_X86_64_GLOB_DAT: [8, absolute],
  R_X86_64_JUMP_SLOT: [8, absolute],
  R_X86_64_RELATIVE: [8, based],
  R_X86_64_GOTPCREL: [4, entryRelative],
  R_X86_64_GOTPCRELX: [4, entryRelative],
  R_X86_64_REX_GOTPCRELX: [4, entryRelative],
  R_X86_64_32: [4, absolute],
  R_X86_64_32S: [4, absolute],
  R_X86_64_16: [2, absolute],
  R_X86_64_PC16: [2, relative],
  R_X86_64_8: [1, absolute],
  R_X86_64_PC8: [1, relative],
  R_X86_64_TPOFF64: [8, threadOffset],
  R_X86_64_GOTTPOFF: [4, threadEntry('place')],
  R_X86_64_TPOFF32: [4, threadOffset],
  R_X86_64_PC64: [8, relative],
  R_X86_64_GOTOFF64: [8, fromTable],
  R_X86_64_GOTPC32: [4, tableRelative],
  R_X86_64_GOTPC64: [8, tableRelative],
  R_X86_64_GOT64: [8, entryOffset],
  R_X86_64_GOTPCREL64: [8, entryRelative],
  R_X86_64_SIZE32: [4, sizeOf],
  R_X86_64_SIZE64: [8, sizeOf],
};

/** Bytes that a relocation covers, for reading the addend that stands there. */
export function fieldSize(machine: 'i386' | 'x86_64', type: string): 1 | 2 | 4 | 8 | undefined {
  return (machine === 'i386' ? I386 : X86_64)[type]?.[0];
}

/** Works out a relocation; says why where that cannot be done. */
export function relocate(
  machine: 'i386' | 'x86_64',
  type: string,
  place: Place,
  tables: Tables,
  isX32: boolean,
): Patch | string {
  const [size, rule] = (machine === 'i386' ? I386 : X86_64)[type] ?? [];
  const value = rule?.(place, tables);
  const what = `${type} against ${place.symbol.name}`;
  if (size === undefined || value === undefined) return what;
  // Slots of x32 have four bytes.
  if (isX32 && /_(?:GLOB_DAT|JUMP_SLOT|RELATIVE|TPOFF64)$/.test(type)) return { size: 4, value };
  return fits(machine, type, size, value, isX32) ? { size, value } : `${what} does not fit its place`;
}

/** As GNU ld has it: a number of a narrow field may be signed or not, a distance is signed, addresses wrap at 32 bits. */
function fits(machine: 'i386' | 'x86_64', type: string, size: number, value: bigint, isX32: boolean): boolean {
  if (size === 8 || (size === 4 && machine === 'i386')) return true;
  const bits = 8 * size;
  const isSigned = BigInt.asIntN(bits, value) === value;
  const isUnsigned = BigInt.asUintN(bits, value) === value;
  if (size < 4) return isSigned || (isUnsigned && !type.endsWith('_PC8'));
  if (type === 'R_X86_64_32') return isUnsigned || (isX32 && isSigned);
  return type === 'R_X86_64_SIZE32' ? isUnsigned : isSigned;
}
