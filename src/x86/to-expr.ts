/** Operands and assembler expressions as expressions of the intermediate representation. */
import type { Expr } from '../ir/types.js';
import { registerNamed } from './registers.js';
import type { AsmExpr, Instruction, MemoryOperand, Operand, Width } from './syntax.js';

/** A symbol keeps its relocation, except `@PLT`, which changes the way and not the place. */
export function exprOf(expr: AsmExpr): Expr {
  switch (expr.k) {
    case 'int':
      return { k: 'int', value: expr.value };
    case 'symbol':
      return { k: 'name', name: plainName(expr) };
    case 'numeric':
      return { k: 'name', name: expr.label + expr.direction };
    case 'here':
      return { k: 'name', name: '.' };
    case 'placeholder':
      return { k: 'unknown', text: expr.text };
    case 'unary': {
      const of = exprOf(expr.of);
      if (expr.operator === '-' && of.k === 'int') return { k: 'int', value: -of.value };
      return { k: 'unary', operator: expr.operator, of };
    }
    case 'binary':
      return { k: 'binary', operator: expr.operator, left: exprOf(expr.left), right: exprOf(expr.right) };
  }
}

export function plainName(symbol: { readonly name: string; readonly modifier?: string }): string {
  return symbol.modifier === undefined || symbol.modifier === 'plt' ? symbol.name : `${symbol.name}@${symbol.modifier}`;
}

/** The operands of an instruction, source first. Rounding modes are part of the text only. */
export function operandExprs(instruction: Instruction): Expr[] {
  return instruction.operands.flatMap((operand, index) => {
    const expr = operandExpr(operand, memoryWidth(instruction, index));
    return expr ? [expr] : [];
  });
}

function operandExpr(operand: Operand, width: Width | undefined): Expr | undefined {
  switch (operand.k) {
    case 'register':
      return { k: 'register', name: operand.name };
    case 'immediate':
    case 'target':
      return exprOf(operand.value);
    case 'memory':
      return memoryExpr(operand, width);
    case 'indirect':
      return operandExpr(operand.through, width);
    case 'placeholder':
      return { k: 'unknown', text: operand.text };
    case 'rounding':
      return undefined;
  }
}

function memoryExpr(memory: MemoryOperand, width: Width | undefined): Expr {
  return {
    k: 'memory',
    ...(memory.segment !== undefined && { segment: memory.segment }),
    ...(memory.displacement && { displacement: exprOf(memory.displacement) }),
    ...(memory.base !== undefined && { base: memory.base }),
    ...(memory.index !== undefined && { index: memory.index, scale: memory.scale }),
    ...(width !== undefined && { width }),
  };
}

const EXTENDING = /^mov[sz]x?([bw])(?:[wlq])?$/;
const COUNTED = /^(?:sh[lr]d?|sa[lr]|ro[lr]|rc[lr])$/;

/** Bytes that the instruction reads or writes at its memory operand, where its suffix or its registers tell. */
export function memoryWidth(instruction: Instruction, operand: number): Width | undefined {
  const extending = instruction.operands.length === 2 ? EXTENDING.exec(instruction.base) : undefined;
  if (extending && operand === 0) return extending[1] === 'b' ? 1 : 2;
  if (instruction.width !== undefined) return instruction.width;
  if (instruction.base === 'cmpxchg8b') return 8;
  if (instruction.base === 'lea') return undefined;
  const { operands } = instruction;
  // A shift's count register says nothing about what is shifted.
  const telling = COUNTED.test(instruction.base) ? operands.slice(-1) : [...operands].reverse();
  for (const other of telling) {
    const register = other.k === 'register' ? registerNamed(other.name) : undefined;
    if (register?.kind === 'general') return register.width;
    if (register?.kind === 'segment') return 2;
  }
  return undefined;
}
