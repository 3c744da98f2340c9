/** Recognises the instructions that enter the kernel. */
import type { KernelEntry } from '../ir/types.js';
import type { AsmExpr, Instruction } from './syntax.js';

/** Variables that hold the address of the vDSO's entry. */
const ENTRY_VARIABLES = new Set(['_dl_sysinfo', '__sysinfo']);
const VDSO_ENTRIES = new Set(['__kernel_vsyscall', '__kernel_syscall']);

/** How the instruction enters the kernel, or undefined when it does not. */
export function kernelEntry(instruction: Instruction): KernelEntry | undefined {
  const operand = instruction.operands[0];
  switch (instruction.base) {
    case 'syscall':
    case 'sysenter':
      return instruction.base;
    case 'int':
      return operand?.k === 'immediate' && operand.value.k === 'int' && operand.value.value === 0x80n
        ? 'int80'
        : undefined;
    case 'call': {
      if (operand?.k === 'target') return directEntry(operand.value);
      if (operand?.k !== 'indirect' || operand.through.k !== 'memory') return undefined;
      const { segment, displacement, base, index } = operand.through;
      // The thread structure's copy of the entry; its offset is a generated constant, so any offset counts.
      if (segment === 'gs' && base === undefined && index === undefined) return 'vdso';
      return displacement?.k === 'symbol' && ENTRY_VARIABLES.has(displacement.name) ? 'vdso' : undefined;
    }
    default:
      return undefined;
  }
}

function directEntry(target: AsmExpr): KernelEntry | undefined {
  if (target.k !== 'symbol') return undefined;
  if (VDSO_ENTRIES.has(target.name)) return 'vdso';
  // glibc's i386 helpers for calls with six arguments: the trap is inside them.
  return /^__libc_do_syscall(?:_|$)/.test(target.name) ? 'wrapper' : undefined;
}
