/** Holds parsed instructions to the table: operands that no row takes are a mistake, which the assembler would refuse. */
import { registerNamed } from './registers.js';
import type { Instruction, Operand } from './syntax.js';
import { check, type Match, type Mode } from './table/match.js';

export const MODES: readonly Mode[] = ['i386', 'x86_64'];

/** Directives that change what code follows. Of 16-bit code the table says nothing. */
const CODE: ReadonlyMap<string, readonly Mode[]> = new Map([
  ['.code32', ['i386']],
  ['.code64', ['x86_64']],
  ['.code16', []],
  ['.code16gcc', []],
]);

export class OperandCheck {
  private here: readonly Mode[];

  /** @param modes what the code may be for; what one of them takes is in order. None: no check. */
  constructor(private readonly modes: readonly Mode[]) {
    this.here = modes;
  }

  /** To be told of each directive. */
  directive(name: string): void {
    if (this.modes.length > 0) this.here = CODE.get(name) ?? this.here;
  }

  /** Why the instruction cannot be; undefined where it can, or where the table does not know it. */
  refusal(instruction: Instruction): string | undefined {
    if (instruction.operands.some(isOpen)) return undefined;
    let reason: string | undefined;
    for (const mode of this.here) {
      const checked = check(instruction, mode);
      const refused = checked.ok ? badRepeat(instruction, checked.match) : checked.known ? checked.reason : undefined;
      if (refused === undefined) return undefined;
      reason ??= refused;
    }
    return reason;
  }
}

/**
 * What GNU as takes a repeat prefix on: string instructions, and those where processors read the byte as something
 * else (`rep bsf` is `tzcnt`, `rep nop` is `pause`, `repne` before a branch is `bnd`) or as nothing.
 */
const REPEATED = new Set(['movs', 'cmps', 'stos', 'lods', 'scas', 'bsf', 'bsr', 'nop', 'ret', 'call', 'jmp', 'jcc']);

function badRepeat({ mnemonic, prefixes }: Instruction, { row }: Match): string | undefined {
  const prefix = prefixes.find((one) => one.startsWith('rep'));
  return prefix === undefined || REPEATED.has(row.semantics) ? undefined : `${prefix} before ${mnemonic}`;
}

/** True for what the compiler fills in, the whole of it or a register of its address. */
function isOpen(operand: Operand): boolean {
  if (operand.k === 'indirect') return isOpen(operand.through);
  if (operand.k === 'memory') return [operand.base, operand.index].some((r) => r !== undefined && !registerNamed(r));
  return operand.k === 'placeholder';
}
