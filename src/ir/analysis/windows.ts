/**
 * Labelled windows as they lie in an assembly routine: instructions and labels in address order, where the window
 * begins and ends, where the flag is read and where the kernel is entered. What the order alone decides is decided
 * here; stack, registers and handler are the simulator's.
 */
import { some } from '../expressions.js';
import { reach } from './reach.js';
import type { BlockId, Expr, InstructionOp, LabelOp, Lifted, LoadFlagOp, Op, SyscallOp, Terminator } from '../types.js';

/** One thing that has an address: a label, an instruction, or the jump that ends a block. */
export type Line =
  | { readonly kind: 'label'; readonly op: LabelOp }
  | { readonly kind: 'operation'; readonly op: Exclude<Op, LabelOp> }
  | { readonly kind: 'jump'; readonly end: Terminator; readonly from: Lifted };

/** The routine in address order. Falling through to the next block is no instruction. */
export function listing(f: Lifted): Line[] {
  const lines: Line[] = [];
  f.blocks.forEach((block) => {
    for (const op of block.ops) lines.push(op.op === 'label' ? { kind: 'label', op } : { kind: 'operation', op });
    const falls = block.end.t === 'goto' && block.end.to === block.id + 1;
    if (!falls) lines.push({ kind: 'jump', end: block.end, from: f });
  });
  return lines;
}

export interface WindowLayout {
  readonly lines: readonly Line[];
  /** Indexes into `lines`; -1 where there is none. */
  readonly start: number;
  readonly end: number;
  /** The last read of the flag before the kernel is entered: a request that an earlier one misses is found by it. */
  readonly flagRead: number;
  /** The jump that this read decides. */
  readonly branch: number;
  /** The instruction that enters the kernel: the one inside the window, else the first behind it, else the last before it. */
  readonly kernel: number;
}

export function layoutOf(f: Lifted, start: string, end: string): WindowLayout {
  const lines = listing(f);
  const label = (name: string): number => lines.findIndex((l) => l.kind === 'label' && l.op.name === name);
  const [from, to] = [label(start), label(end)];
  const kernels = lines.flatMap((l, i) => (l.kind === 'operation' && l.op.op === 'syscall' ? [i] : []));
  const kernel =
    kernels.find((k) => k > from && k < to) ?? kernels.find((k) => k > Math.max(from, to)) ?? kernels.at(-1) ?? -1;
  const entered = lines[kernel];
  const leaves = entered?.kind === 'operation' ? leavesBefore(f, (op) => op === entered.op) : (): boolean => true;
  let [branch, read] = [-1, -1];
  lines.forEach((line, i) => {
    if ((kernel !== -1 && i > kernel) || line.kind !== 'jump' || !leaves(line.end)) return;
    const found = flagRead(lines, i);
    if (found !== -1) [branch, read] = [i, found];
  });
  return { lines, start: from, end: to, flagRead: read, branch, kernel };
}

/** Tells whether a conditional jump decides if the operation is reached: one of its two ways goes there, the other does not. */
function leavesBefore(f: Lifted, is: (op: Op) => boolean): (end: Terminator) => boolean {
  const reaches = (block: BlockId): boolean => reach(f, { block, index: 0 }).some((r) => is(r.op));
  return (end) => {
    if (end.t === 'tail') return end.condition !== undefined;
    return end.t === 'branch' && reaches(end.then) !== reaches(end.otherwise);
  };
}

const isMemory = (e: Expr): boolean => e.k === 'memory' || e.k === 'deref' || e.k === 'member';

/** The instruction whose load decides the branch: the comparison itself, or the load of the register it compares. */
function flagRead(lines: readonly Line[], branch: number): number {
  for (let i = branch - 1; i >= 0; i--) {
    const line = lines[i];
    if (line?.kind !== 'operation') continue;
    const { op } = line;
    if (op.op === 'load-flag') return i;
    if (op.op !== 'instruction') return -1;
    if (!/^(test|cmp|and|or|bt)/.test(op.mnemonic)) continue;
    if (op.operands.some((o) => some(o, isMemory))) return i;
    return Math.max(-1, ...op.operands.map((o) => (o.k === 'register' ? loadOf(lines, i, o.name) : -1)));
  }
  return -1;
}

/** Registers of one family share their last letters (`rax`, `eax`, `ax`, `al`). */
export function family(register: string): string {
  const m = /^[re]?([abcd])[xlh]$|^[re]?(si|di|bp|sp)l?$|^(r\d+)[dwb]?$/.exec(register);
  return m?.[1] ?? m?.[2] ?? m?.[3] ?? register;
}

function loadOf(lines: readonly Line[], before: number, register: string): number {
  for (let i = before - 1; i >= 0; i--) {
    const line = lines[i];
    if (line?.kind !== 'operation') continue;
    const { op } = line;
    if (op.op === 'load-flag') return i;
    if (op.op !== 'instruction') return -1;
    const target = op.operands[op.operands.length - 1];
    if (target?.k !== 'register' || family(target.name) !== family(register)) continue;
    const [source] = op.operands;
    if (op.mnemonic.startsWith('mov') && source?.k === 'register') return loadOf(lines, i, source.name);
    return op.operands.slice(0, -1).some((o) => some(o, isMemory)) ? i : -1;
  }
  return -1;
}

/** The instructions between two indexes, both exclusive. */
export function instructionsBetween(
  layout: WindowLayout,
  from: number,
  to: number,
): (InstructionOp | LoadFlagOp | SyscallOp | Op)[] {
  return layout.lines.slice(from + 1, to).flatMap((l) => (l.kind === 'operation' ? [l.op] : []));
}
