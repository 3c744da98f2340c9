/** The operation that one instruction is, for routines and for inline assembly. */
import type { OpDraft } from '../ir/builder.js';
import type { Expr, Origin } from '../ir/types.js';
import type { Roles } from '../libc/roles.js';
import { callOp } from './call-op.js';
import { flowOf } from './flow.js';
import { kernelEntry } from './kernel-entry.js';
import type { NumberRegister } from './number-register.js';
import type { InstructionStatement } from './syntax.js';
import { exprOf, operandExprs, plainName } from './to-expr.js';

export interface LiftedInstruction {
  readonly op: OpDraft;
  /** Control does not go on after it. */
  readonly stops: boolean;
}

/** Jumps come out as plain instructions: who builds blocks asks `flowOf` first. Steps the number's register. */
export function instructionOp(
  statement: InstructionStatement,
  roles: Roles,
  number: NumberRegister,
  origin: Origin,
): LiftedInstruction {
  const { instruction, text } = statement;
  const flow = flowOf(instruction);
  if (flow.f === 'call') {
    const name = flow.target?.k === 'symbol' ? plainName(flow.target) : undefined;
    const known = name !== undefined && roles.of(name).length > 0;
    const entry = known ? undefined : kernelEntry(instruction);
    const value = number.value;
    number.forget();
    if (entry) return { op: syscallOp(entry, text, value, origin), stops: false };
    const target: Expr = flow.target ? exprOf(flow.target) : (operandExprs(instruction)[0] ?? { k: 'unknown', text });
    return callOp(roles, name, target, value, origin);
  }
  const entry = kernelEntry(instruction);
  if (entry) {
    const value = number.value;
    number.forget();
    return { op: syscallOp(entry, text, value, origin), stops: false };
  }
  number.step(instruction);
  const operands = operandExprs(instruction);
  return {
    op: { op: 'instruction', mnemonic: instruction.mnemonic, operands, text, origin },
    stops: flow.f === 'stop',
  };
}

function syscallOp(
  entry: Extract<OpDraft, { op: 'syscall' }>['entry'],
  via: string,
  number: Expr,
  origin: Origin,
): OpDraft {
  return { op: 'syscall', number, args: [], cancellable: false, via, entry, returns: 'kernel', origin };
}
