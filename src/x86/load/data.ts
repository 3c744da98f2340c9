/** The bytes that data directives make, with what depends on addresses left to a function. */
import type { AsmExpr, DirectiveStatement } from '../syntax.js';

/** A value of some bytes that is worked out when everything has its address. */
export interface Field {
  readonly at: number;
  readonly size: number;
  readonly value: AsmExpr;
}

export interface DataBytes {
  readonly size: number;
  /** Zeros follow up to the size. */
  readonly bytes: Uint8Array;
  readonly fields: readonly Field[];
  /** Set where the bytes are not worked out here. Without a size that is known, some are taken for them. */
  readonly reason?: string;
}

const SIZES: Readonly<Record<string, number>> = {
  '.byte': 1,
  '.short': 2,
  '.word': 2,
  '.hword': 2,
  '.value': 2,
  '.2byte': 2,
  '.long': 4,
  '.int': 4,
  '.slong': 4,
  '.4byte': 4,
  '.quad': 8,
  '.8byte': 8,
  '.octa': 16,
};

/** Of numbers that are not worked out here. */
const FLOAT_SIZES: Readonly<Record<string, number>> = { '.float': 4, '.single': 4, '.double': 8 };

/** More than that no source of a library reserves in one place. */
const MAX_SPACE = 1 << 24;

/** What a directive puts into its section. `known` gives numbers that do not depend on addresses. */
export function dataOf(statement: DirectiveStatement, known: (expr: AsmExpr) => bigint | undefined): DataBytes {
  const { name, args } = statement;
  const size = SIZES[name];
  if (size !== undefined) {
    const fields = args.flatMap(({ value }, n): Field[] =>
      value && value.k !== 'register' ? [{ at: n * size, size, value }] : [],
    );
    return { size: size * args.length, bytes: NOTHING, fields };
  }
  const float = FLOAT_SIZES[name];
  if (float !== undefined) return { ...notKnown(name), size: float * args.length };
  if (name === '.ascii' || name === '.asciz' || name === '.string') {
    // What the file's bytes were depends on its encoding.
    if (args.some(({ text }) => /[\u0080-\uffff]/.test(text))) return notKnown(name);
    const parts = args.map(({ text }) => (name === '.ascii' ? strings(text) : [...strings(text), 0]));
    return filled(Uint8Array.from(parts.flat()));
  }
  if (name === '.zero' || name === '.skip' || name === '.space') {
    const [count, fill] = args.map(({ value }) => (value && value.k !== 'register' ? known(value) : undefined));
    if (count === undefined || (args.length > 1 && fill === undefined)) return notKnown(name);
    return repeated(name, count, fill ?? 0n);
  }
  return notKnown(name);
}

/** `count` times the low byte of a value. */
function repeated(name: string, count: bigint, fill: bigint): DataBytes {
  if (count < 0n || count > BigInt(MAX_SPACE)) return notKnown(name);
  const byte = Number(BigInt.asUintN(8, fill));
  const size = Number(count);
  return byte === 0 ? { size, bytes: NOTHING, fields: [] } : filled(new Uint8Array(size).fill(byte));
}

function filled(bytes: Uint8Array): DataBytes {
  return { size: bytes.length, bytes, fields: [] };
}

const NOTHING = new Uint8Array(0);

function notKnown(name: string): DataBytes {
  return { size: 16, bytes: NOTHING, fields: [], reason: `the bytes of ${name}` };
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, b: 8, f: 12 };

/** Bytes of the quoted strings of one argument; those side by side are one. */
function strings(text: string): number[] {
  const bytes: number[] = [];
  for (const [, body = ''] of text.matchAll(/"((?:[^"\\]|\\.)*)"/gs)) {
    for (const [part] of body.matchAll(/\\\d{1,3}|\\x[0-9a-fA-F]+|\\.|[^\\]/gs)) {
      if (!part.startsWith('\\')) bytes.push(part.charCodeAt(0));
      else if (part.startsWith('\\x')) bytes.push(Number.parseInt(part.slice(-2).replace('x', ''), 16));
      else if (/^\\\d/.test(part)) bytes.push(octal(part.slice(1)));
      else bytes.push(ESCAPES[part[1] ?? ''] ?? part.charCodeAt(1) & 255);
    }
  }
  return bytes;
}

/** GNU as takes 8 and 9 for digits too. */
function octal(digits: string): number {
  return digits.split('').reduce((value, digit) => value * 8 + Number(digit), 0) & 255;
}
