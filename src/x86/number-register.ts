/** Follows the value of the system call number's register (`eax`, `rax`) through straight code. */
import type { Expr } from '../ir/types.js';
import { registerNamed } from './registers.js';
import type { Instruction, Operand } from './syntax.js';
import { exprOf, operandExprs } from './to-expr.js';

const UNKNOWN: Expr = { k: 'unknown', text: '%eax' };

const READS_ONLY = new Set(
  'cmp test push bt nop out outs cmps scas fnstenv prefetchnta cld std clc stc cmc pause lfence mfence sfence'.split(
    ' ',
  ),
);
/** Instructions that write the accumulator without naming it. */
const IMPLICIT = new Set(
  (
    'mul div idiv cbw cwde cdqe cbtw cwtl cltq lods slod in xlat xlatb lahf cmpxchg cmpxchg8b cmpxchg16b cpuid rdtsc rdtscp ' +
    'rdpmc rdmsr xgetbv aaa aas aam aad daa das popa'
  ).split(' '),
);

export class NumberRegister {
  value: Expr = UNKNOWN;
  private pushed: Expr | undefined;

  forget(): void {
    this.value = UNKNOWN;
    this.pushed = undefined;
  }

  /** Takes the effect of an instruction that is no call and no system call. */
  step(instruction: Instruction): void {
    const pushed = this.pushed;
    this.pushed = undefined;
    const { base, operands } = instruction;
    const source = operands[0];
    const target = operands[operands.length - 1];
    if (base === 'push') {
      if (source?.k === 'immediate') this.pushed = exprOf(source.value);
      return;
    }
    if (IMPLICIT.has(base) || (base === 'imul' && operands.length === 1)) return this.forget();
    if ((base === 'xchg' || base === 'xadd') && operands.some(isAccumulator)) return this.forget();
    if (READS_ONLY.has(base) || !target || !isAccumulator(target)) return;
    if (base === 'pop') {
      this.value = pushed ?? UNKNOWN;
      return;
    }
    const given = operandExprs(instruction)[0];
    const width = registerNamed(target.name)?.width ?? 0;
    if (operands.length === 1 && (base === 'inc' || base === 'dec') && this.value.k === 'int') {
      this.value = { k: 'int', value: this.value.value + (base === 'inc' ? 1n : -1n) };
    } else if (operands.length === 2 && given) this.value = this.combine(base, given, source, width) ?? UNKNOWN;
    else this.value = UNKNOWN;
  }

  private combine(base: string, given: Expr, source: Operand | undefined, width: number): Expr | undefined {
    const same = source?.k === 'register' && isAccumulator(source);
    switch (base) {
      case 'mov':
      case 'movabs':
        if (width >= 4) return same ? undefined : given;
        // The low byte of a register that was cleared before.
        if (this.value.k !== 'int' || source?.k !== 'immediate') return undefined;
        if (given.k === 'int') {
          const mask = (1n << BigInt(width * 8)) - 1n;
          return { k: 'int', value: (this.value.value & ~mask) | (given.value & mask) };
        }
        return this.value.value === 0n ? given : undefined;
      case 'xor':
      case 'sub':
        return same && width >= 4 ? { k: 'int', value: 0n } : undefined;
      case 'lea':
        return given.k === 'memory' && !given.base && !given.index && given.displacement
          ? given.displacement
          : undefined;
      case 'or':
      case 'add':
        if (source?.k !== 'immediate' || width < 4 || (this.value.k !== 'int' && this.value.k !== 'name'))
          return undefined;
        return { k: 'binary', operator: base === 'or' ? '|' : '+', left: this.value, right: given };
      default:
        return undefined;
    }
  }
}

function isAccumulator(operand: Operand): operand is Extract<Operand, { k: 'register' }> {
  return operand.k === 'register' && registerNamed(operand.name)?.whole === 'rax';
}
