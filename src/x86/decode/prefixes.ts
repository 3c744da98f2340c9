/** Prefixes of decoded instructions: those that change what happens, in the order in which they are written. */
import type { IcedInstruction, IcedModule } from './iced.js';

/** What stands in front of the opcode. */
export interface BytePrefixes {
  readonly operandSize: boolean;
  readonly rexW: boolean;
}

const LEGACY = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]);

/** Looks at the bytes in front of the opcode: the library does not tell about a prefix without effect. */
export function bytePrefixes(code: Uint8Array, bits: 32 | 64): BytePrefixes {
  let at = 0;
  let operandSize = false;
  while (LEGACY.has(code[at] ?? 0)) {
    if (code[at] === 0x66) operandSize = true;
    at++;
  }
  const rex = bits === 64 ? (code[at] ?? 0) : 0;
  return { operandSize, rexW: (rex & 0xf8) === 0x48 };
}

const STRINGS = new Set(['movs', 'stos', 'lods', 'ins', 'outs']);
const COMPARING = new Set(['cmps', 'scas']);

export function prefixesOf(
  iced: IcedModule,
  instruction: IcedInstruction,
  before: BytePrefixes,
  base: string,
  bits: 32 | 64,
): readonly string[] {
  const list: string[] = [];
  const { FlowControl } = iced;
  const flow = instruction.flowControl;
  const isBranch = flow !== FlowControl.Next && flow !== FlowControl.Interrupt && flow !== FlowControl.Exception;
  if (instruction.hasRepPrefix) {
    if (instruction.hasLockPrefix) list.push('xrelease');
    else list.push(STRINGS.has(base) ? 'rep' : 'repz');
  }
  if (instruction.hasRepnePrefix) {
    if (instruction.hasLockPrefix) list.push('xacquire');
    else if (STRINGS.has(base) || COMPARING.has(base) || !isBranch) list.push('repnz');
    else list.push('bnd');
  }
  if (instruction.hasLockPrefix) list.push('lock');
  const isIndirect = flow === FlowControl.IndirectBranch || flow === FlowControl.IndirectCall;
  if (isIndirect && instruction.segmentPrefix === iced.Register.DS) list.push('notrack');
  // Processors differ: some take it for a 16-bit branch, some ignore it (AMD64 APM volume 3, "Call (Near)").
  if (bits === 64 && isBranch && isNear(base) && before.operandSize && !before.rexW) list.push('data16');
  const address = addressPrefix(iced, instruction, base, bits);
  if (address !== undefined) list.push(address);
  return list;
}

function isNear(base: string): boolean {
  return base === 'call' || base === 'ret' || base.startsWith('j') || base.startsWith('loop');
}

/** An address size prefix that the operands do not show. */
function addressPrefix(
  iced: IcedModule,
  instruction: IcedInstruction,
  base: string,
  bits: 32 | 64,
): string | undefined {
  const name = bits === 64 ? 'addr32' : 'addr16';
  if (base.startsWith('loop')) {
    // The name of the opcode ends in the counter: `Loop_rel8_32_CX`.
    const counter = /_([ER]?CX)$/.exec(iced.Code[instruction.code])?.[1];
    return counter === (bits === 64 ? 'RCX' : 'ECX') ? undefined : name;
  }
  const { Register } = iced;
  if (instruction.memoryDisplSize === 0) return undefined;
  if (instruction.memoryBase !== Register.None || instruction.memoryIndex !== Register.None) return undefined;
  return instruction.memoryDisplSize < bits / 8 ? name : undefined;
}
