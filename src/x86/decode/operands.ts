/** Operands of decoded instructions in the form that the parser gives. */
import type { AsmExpr, MemoryOperand, Operand, RegisterOperand, Width } from '../syntax.js';
import type { IcedInstruction, IcedModule, OpKind, Register } from './iced.js';

/** Operations whose immediate is a count, a number or a size and never negative, whatever their width. */
const UNSIGNED = new Set(
  (
    'in out int aam aad xabort enter ret lret shl sal shr sar rol ror rcl rcr shld shrd bt bts btr btc ' +
    'extrq insertq'
  ).split(' '),
);

/** Operations whose operands stand in AT&T syntax in the same order as in Intel's. */
const SAME_ORDER = new Set(['enter', 'bound', 'ljmp', 'lcall']);

/** Operations that read a port or write to one: AT&T writes `(%dx)`. */
const PORT = new Set(['in', 'out', 'ins', 'outs']);

export interface Subject {
  readonly instruction: IcedInstruction;
  readonly base: string;
  readonly width: Width | undefined;
  readonly bits: 32 | 64;
  /** Address behind the instruction. */
  readonly next: bigint;
}

/** The operands in AT&T order. */
export function operandsOf(iced: IcedModule, subject: Subject): readonly Operand[] {
  const { instruction, base } = subject;
  const list: Operand[] = [];
  const count = instruction.opCount;
  // `xchg %ax,%ax` is a nop with an operand size prefix.
  if (base === 'xchg' && count === 0) {
    const name = subject.width === 8 ? 'rax' : subject.width === 2 ? 'ax' : 'eax';
    return [register(name), register(name)];
  }
  for (let n = 0; n < count; n++) list.push(...operand(iced, subject, n));
  // `shl %eax`: the one is part of the operation, as opposed to that of `shl $1,%eax`.
  if (count === 2 && iced.Code[instruction.code].endsWith('_1')) list.pop();
  return SAME_ORDER.has(base) ? list : list.reverse();
}

function operand(iced: IcedModule, subject: Subject, n: number): readonly Operand[] {
  const { instruction, base } = subject;
  const { OpKind } = iced;
  const kind = instruction.opKind(n);
  switch (kind) {
    case OpKind.Register: {
      const named = registerName(iced, instruction.opRegister(n));
      // The decoder gives `arpl` the width of its encoding; it only ever uses 16 bits.
      const name = base === 'arpl' ? named.replace(/^e/, '') : named;
      if (PORT.has(base) && name === 'dx') return [{ k: 'memory', base: 'dx', scale: 1 }];
      return [isIndirect(iced, instruction) ? { k: 'indirect', through: register(name) } : register(name)];
    }
    case OpKind.NearBranch16:
    case OpKind.NearBranch32:
    case OpKind.NearBranch64:
      return [{ k: 'target', value: int(instruction.nearBranchTarget) }];
    case OpKind.FarBranch16:
      return far(instruction.farBranchSelector, instruction.farBranch16);
    case OpKind.FarBranch32:
      return far(instruction.farBranchSelector, instruction.farBranch32);
    case OpKind.Immediate8:
    case OpKind.Immediate8_2nd:
    case OpKind.Immediate16:
    case OpKind.Immediate32:
    case OpKind.Immediate64:
    case OpKind.Immediate8to16:
    case OpKind.Immediate8to32:
    case OpKind.Immediate8to64:
    case OpKind.Immediate32to64:
      return [{ k: 'immediate', value: int(immediate(subject, instruction.immediate(n))) }];
    case OpKind.Memory: {
      const through = memory(iced, subject);
      return [isIndirect(iced, instruction) ? { k: 'indirect', through } : through];
    }
    default:
      return [string(iced, instruction, kind)];
  }
}

function far(selector: number, offset: number): readonly Operand[] {
  return [
    { k: 'immediate', value: int(BigInt(selector)) },
    { k: 'immediate', value: int(BigInt(offset >>> 0)) },
  ];
}

/** Signed, of the operation's width: what is added or moved has no other sign. */
function immediate({ base, width }: Subject, value: bigint): bigint {
  return width === undefined || UNSIGNED.has(base) ? value : BigInt.asIntN(width * 8, value);
}

function isIndirect(iced: IcedModule, { flowControl, mnemonic }: IcedInstruction): boolean {
  const { FlowControl, Mnemonic } = iced;
  if (flowControl === FlowControl.IndirectBranch) return true;
  return flowControl === FlowControl.IndirectCall && mnemonic === Mnemonic.Call;
}

function memory(iced: IcedModule, { instruction, base: operation, bits, next }: Subject): MemoryOperand {
  const base = named(iced, instruction.memoryBase);
  // `xlat` adds `%al` by itself.
  const index = operation === 'xlat' ? undefined : named(iced, instruction.memoryIndex);
  const size = base === undefined ? 0 : addressBits(base);
  const value = instruction.memoryDisplacement;
  let displacement: bigint | undefined;
  // The library gives the address that is meant; the form has the distance.
  if (base === 'rip' || base === 'eip') displacement = BigInt.asIntN(32, value - next);
  else if (base === undefined && index === undefined) displacement = BigInt.asUintN(64, value);
  else {
    const signed = BigInt.asIntN(size || (index === undefined ? bits : addressBits(index)), value);
    if (signed !== 0n || base === undefined) displacement = signed;
  }
  const scale = instruction.memoryIndexScale;
  return {
    k: 'memory',
    ...segment(iced, instruction, bits),
    ...(displacement === undefined ? {} : { displacement: int(displacement) }),
    ...(base === undefined ? {} : { base }),
    ...(index === undefined ? {} : { index }),
    scale: scale === 2 || scale === 4 || scale === 8 ? scale : 1,
  };
}

function addressBits(register: string): number {
  return /^e|^r\d+d$/.test(register) ? 32 : register.startsWith('r') ? 64 : /^[xyz]mm/.test(register) ? 64 : 16;
}

/** What an override says. In 64-bit mode only those of `%fs` and `%gs` mean anything (AMD64 APM volume 1, 2.1.3). */
function segment(iced: IcedModule, instruction: IcedInstruction, bits: 32 | 64): { segment?: string } {
  if (!instruction.hasSegmentPrefix) return {};
  const name = registerName(iced, instruction.segmentPrefix);
  // On a jump through memory `ds` stands for `notrack`.
  if (name === 'ds' && isIndirect(iced, instruction)) return {};
  return bits === 64 && name !== 'fs' && name !== 'gs' ? {} : { segment: name };
}

/** Operands of string instructions, whose registers the operation itself names. */
function string(iced: IcedModule, instruction: IcedInstruction, kind: OpKind): MemoryOperand {
  const name = iced.OpKind[kind];
  const [, source, base] = /^Memory(Seg|ES)([ER]?[SD]I)$/.exec(name) ?? [];
  if (base === undefined) throw new Error(`unknown kind of operand ${name}`);
  const bits = base.startsWith('R') ? 64 : 32;
  const over = source === 'ES' ? { segment: 'es' } : segment(iced, instruction, bits);
  return { k: 'memory', ...over, base: base.toLowerCase(), scale: 1 };
}

function named(iced: IcedModule, value: Register): string | undefined {
  return value === iced.Register.None ? undefined : registerName(iced, value);
}

const names = new Map<Register, string>();

/** `R8L` is AT&T's `%r8b`, `ST1` is `%st(1)`. */
function registerName(iced: IcedModule, value: Register): string {
  let name = names.get(value);
  if (name === undefined) {
    name = iced.Register[value]
      .toLowerCase()
      .replace(/^(r\d+)l$/, '$1b')
      .replace(/^st(\d)$/, (_, digit: string) => (digit === '0' ? 'st' : `st(${digit})`));
    names.set(value, name);
  }
  return name;
}

function register(name: string): RegisterOperand {
  return { k: 'register', name };
}

function int(value: bigint): AsmExpr {
  return { k: 'int', value };
}
