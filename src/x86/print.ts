/** Writes operands and instructions in AT&T syntax, so that parsing the text gives the same value again. */
import type { AsmExpr, Instruction, MemoryOperand, Operand } from './syntax.js';

export function printOperand(operand: Operand): string {
  switch (operand.k) {
    case 'register':
      return `%${operand.name}${decorations(operand.decorations)}`;
    case 'immediate':
      return `$${printAsmExpr(operand.value)}`;
    case 'memory':
      return printMemory(operand) + decorations(operand.decorations);
    case 'target':
      return printAsmExpr(operand.value);
    case 'indirect':
      return `*${printOperand(operand.through)}`;
    case 'rounding':
      return `{${operand.mode}}`;
    case 'placeholder':
      return operand.text + decorations(operand.decorations);
  }
}

function decorations(list: readonly string[] | undefined): string {
  return (list ?? []).map((text) => (/^k\d$/.test(text) ? `{%${text}}` : `{${text}}`)).join('');
}

function printMemory({ segment, displacement, base, index, scale }: MemoryOperand): string {
  const prefix = segment === undefined ? '' : `%${segment}:`;
  const offset = displacement ? printAsmExpr(displacement) : '';
  if (base === undefined && index === undefined) return prefix + offset;
  const inner = index === undefined ? register(base) : `${register(base)},${register(index)},${String(scale)}`;
  return `${prefix}${offset}(${inner})`;
}

function register(name: string | undefined): string {
  return name === undefined ? '' : name.startsWith('%') ? name : `%${name}`;
}

/** Every operation in parentheses: the assembler's ranks are not worth remembering. */
export function printAsmExpr(expr: AsmExpr): string {
  switch (expr.k) {
    case 'int':
      return String(expr.value);
    case 'symbol': {
      const name = /^[A-Za-z_.][\w.$]*$/.test(expr.name) ? expr.name : `"${expr.name}"`;
      return expr.modifier === undefined ? name : `${name}@${expr.modifier}`;
    }
    case 'numeric':
      return expr.label + expr.direction;
    case 'here':
      return '.';
    case 'placeholder':
      return expr.text;
    case 'unary':
      return `${expr.operator}${wrapped(expr.of)}`;
    case 'binary':
      return `${wrapped(expr.left)}${expr.operator}${wrapped(expr.right)}`;
  }
}

function wrapped(expr: AsmExpr): string {
  return expr.k === 'binary' || expr.k === 'unary' ? `(${printAsmExpr(expr)})` : printAsmExpr(expr);
}

export function printInstruction(instruction: Instruction): string {
  const hint = instruction.hint === undefined ? '' : `,${instruction.hint}`;
  const words = [...instruction.prefixes, instruction.mnemonic + hint].join(' ');
  const operands = instruction.operands.map(printOperand).join(', ');
  return operands === '' ? words : `${words} ${operands}`;
}
