/**
 * Whether two instructions are the same operation, however they were written: `mov %eax,%ebx` and `movl %eax,%ebx`,
 * `movsb` with and without its operands, `repe` and `repz`. Symbols are not looked into.
 */
import { registerNamed } from '../registers.js';
import type { AsmExpr, Instruction, MemoryOperand, Operand, Width } from '../syntax.js';
import { check, type Mode } from '../table/match.js';
import { evaluate } from '../expressions.js';

/** One text for all spellings of an instruction, or undefined for what the table does not have. */
export function canonical(instruction: Instruction, mode: Mode): string | undefined {
  const checked = check(instruction, mode);
  if (!checked.ok) return undefined;
  const { row, width, source, kinds } = checked.match;
  const operands = ordered(row.name, explicit(row.semantics, instruction, width, mode)).map((operand, n) =>
    operandText(operand, width, mode, kinds[n] ?? ''),
  );
  const sizes = row.widths === '' ? '' : `/${width}${source === width ? '' : `<${source}`}`;
  return [...prefixes(instruction, mode), `${row.name}${sizes}`, operands.join(', ')].join(' ').trim();
}

const SPELLED: Readonly<Record<string, string>> = { rep: 'repz', repe: 'repz', repne: 'repnz' };
const EMPTY = new Set(['cs', 'ds', 'es', 'ss']);

function prefixes({ base, prefixes: written, operands }: Instruction, mode: Mode): readonly string[] {
  const list = written
    .filter((one) => !one.startsWith('{') && !one.startsWith('rex') && !(mode === 'x86_64' && EMPTY.has(one)))
    // Where the width says what it did, or nothing did anything.
    .filter((one) => one !== 'data16' || (mode === 'x86_64' && isNearBranch(base) && !written.includes('rex.w')))
    // A segment in front of an instruction whose operand names it is the same thing said twice.
    .filter((one) => !operands.some((operand) => operand.k === 'memory' && operand.segment === one));
  return [...new Set(list.map((one) => SPELLED[one] ?? one))].sort();
}

function isNearBranch(base: string): boolean {
  return base === 'call' || base === 'ret' || base.startsWith('j') || base.startsWith('loop');
}

/** Operands that may be left out, put in; a load of a segment register takes 16 bits of whatever register it is. */
function explicit(semantics: string, { operands }: Instruction, width: Width, mode: Mode): readonly Operand[] {
  const letter = mode === 'i386' ? 'e' : 'r';
  const memory = (name: string): MemoryOperand => ({ k: 'memory', base: letter + name, scale: 1 });
  const accumulator: Operand = { k: 'register', name: { 1: 'al', 2: 'ax', 4: 'eax', 8: 'rax' }[width] };
  switch (semantics) {
    case 'movs':
      return operands.length > 0 ? operands : [memory('si'), memory('di')];
    case 'cmps':
      return operands.length > 0 ? operands : [memory('di'), memory('si')];
    case 'stos':
      return operands.length > 1 ? operands : [accumulator, operands[0] ?? memory('di')];
    case 'lods':
      return operands.length > 1 ? operands : [operands[0] ?? memory('si'), accumulator];
    case 'scas':
      return operands.length > 1 ? operands : [operands[0] ?? memory('di'), accumulator];
    case 'xlat':
      return operands.length > 0 ? operands : [memory('bx')];
    case 'imulTwo': {
      const [first, second] = operands;
      return operands.length === 2 && first?.k === 'immediate' && second ? [first, second, second] : operands;
    }
    case 'loadSegment':
      return operands.map((operand) =>
        operand.k === 'register' && registerNamed(operand.name)?.kind === 'general'
          ? { k: 'register', name: registerNamed(operand.name)?.whole ?? '' }
          : operand,
      );
    case 'mul':
    case 'imul':
    case 'div':
    case 'idiv':
      return operands.slice(0, 1);
    case 'aam':
    case 'aad':
      return operands.length > 0 ? operands : [one(10n)];
    default:
      return SHIFTS.has(semantics) && operands.length === 1 ? [one(1n), ...operands] : operands;
  }
}

const SHIFTS = new Set(['shl', 'shr', 'sar', 'rol', 'ror', 'rcl', 'rcr']);

function one(value: bigint): Operand {
  return { k: 'immediate', value: { k: 'int', value } };
}

/** `xchg` and `test` of a register and memory are the same either way. */
function ordered(name: string, operands: readonly Operand[]): readonly Operand[] {
  const [first, second] = operands;
  if ((name !== 'xchg' && name !== 'test') || !first || !second || first.k === 'immediate') return operands;
  const key = (operand: Operand): string => (operand.k === 'register' ? operand.name : '');
  return key(first) <= key(second) ? operands : [second, first];
}

function operandText(operand: Operand, width: Width, mode: Mode, kind: string): string {
  switch (operand.k) {
    case 'register':
      return `%${operand.name}`;
    case 'immediate':
      return `$${value(operand.value, kind === 'i8' || kind === 'i16' ? 16 : width * 8)}`;
    case 'memory':
      return memoryText(operand, mode);
    case 'target':
      return value(operand.value, mode === 'i386' ? 32 : 64);
    case 'indirect':
      return `*${operandText(operand.through, width, mode, kind)}`;
    case 'rounding':
      return operand.mode;
    case 'placeholder':
      return operand.text;
  }
}

function memoryText({ segment, displacement, base, index, scale }: MemoryOperand, mode: Mode): string {
  const real = index !== undefined && registerNamed(index)?.whole === 'riz' ? undefined : index;
  const bits = base === undefined && real === undefined ? (mode === 'i386' ? 32 : 64) : 32;
  const distance = displacement ? value(displacement, bits) : '0';
  // The defaults say nothing: `%ds`, or `%ss` where the base is the stack's or the frame's, and `%es`
  // with the destination of string operations (elsewhere it makes no difference to a flat address).
  const usual = /^[er]?[sb]p$/.test(base ?? '') ? 'ss' : 'ds';
  const isUsual = segment === undefined || segment === usual || (segment === 'es' && /^[er]?di$/.test(base ?? ''));
  const shown = isUsual ? '' : `%${segment}:`;
  return `${shown}${distance}(${base ?? ''},${real ?? ''},${real === undefined ? 1 : scale})`;
}

/** Numbers alike whatever their sign; anything with a symbol is `?`. */
function value(expr: AsmExpr, bits: number): string {
  const number = evaluate(expr, () => undefined);
  return number === undefined ? '?' : String(BigInt.asUintN(bits, number));
}
