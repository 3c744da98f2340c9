/** Where control goes after an instruction, by the instruction alone. */
import type { AsmExpr, Instruction } from './syntax.js';

export type Flow =
  | { readonly f: 'next' }
  | { readonly f: 'call'; readonly target: AsmExpr | undefined }
  | { readonly f: 'jump'; readonly target: AsmExpr | undefined }
  | { readonly f: 'branch'; readonly target: AsmExpr | undefined }
  | { readonly f: 'return' }
  /** Traps: control does not go on. */
  | { readonly f: 'stop' };

const NEXT: Flow = { f: 'next' };

/** `target` is undefined for a computed jump or call. A jump through the symbol's GOT entry goes to the symbol. */
export function flowOf(instruction: Instruction): Flow {
  const { base } = instruction;
  switch (base) {
    case 'call':
    case 'lcall':
      return { f: 'call', target: targetOf(instruction) };
    case 'jmp':
    case 'ljmp':
      return { f: 'jump', target: targetOf(instruction) };
    case 'ret':
    case 'lret':
    case 'retf':
    case 'iret':
    case 'sysret':
    case 'sysexit':
    case 'uiret':
      return { f: 'return' };
    case 'hlt':
    case 'ud2':
    case 'ud2a':
    case 'ud2b':
    case 'ud1':
    case 'ud0':
      return { f: 'stop' };
    default:
      if (base.startsWith('j') || base.startsWith('loop') || base === 'xbegin') {
        return { f: 'branch', target: targetOf(instruction) };
      }
      return NEXT;
  }
}

function targetOf(instruction: Instruction): AsmExpr | undefined {
  const operand = instruction.operands[instruction.operands.length - 1];
  if (operand?.k === 'target') return operand.value;
  if (operand?.k !== 'indirect' || operand.through.k !== 'memory') return undefined;
  const { displacement, index } = operand.through;
  const throughGot =
    displacement?.k === 'symbol' && index === undefined && /^got(?:pcrel|plt)?$/.test(displacement.modifier ?? '');
  return throughGot ? { k: 'symbol', name: displacement.name } : undefined;
}
