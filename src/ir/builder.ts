/** Builds a lifted function block by block. Blocks come out in the order in which they were started. */
import type { Block, BlockId, Expr, Op, OpId, Origin, Terminator } from './types.js';

/** An operation before it has its id. Distributes over the union, so that each keeps its own fields. */
export type OpDraft = Op extends infer O ? (O extends Op ? Omit<O, 'id'> : never) : never;

interface OpenBlock {
  readonly id: BlockId;
  readonly ops: Op[];
  /** It has its place in the order. */
  placed: boolean;
  end: Terminator | undefined;
}

export class FunctionBuilder {
  private readonly blocks: OpenBlock[] = [];
  private readonly order: OpenBlock[] = [];
  private nextOp = 0;
  private at: OpenBlock;
  /** Operations and jumps that could not be understood. */
  notUnderstood = 0;

  constructor() {
    this.at = this.create();
    this.place(this.at);
  }

  private create(): OpenBlock {
    const block: OpenBlock = { id: this.blocks.length, ops: [], placed: false, end: undefined };
    this.blocks.push(block);
    return block;
  }

  private place(block: OpenBlock): void {
    if (block.placed) return;
    block.placed = true;
    this.order.push(block);
  }

  /** A block to jump to later; it has no place in the order until it is started. */
  reserve(): BlockId {
    return this.create().id;
  }

  /** Makes a reserved block the current one. */
  start(id: BlockId): void {
    const block = this.blocks[id];
    if (!block) throw new Error(`no block ${String(id)}`);
    this.at = block;
    this.place(block);
  }

  get current(): BlockId {
    return this.at.id;
  }

  /** Code behind a jump that nothing leads to is still lowered, into a block of its own. */
  get isOpen(): boolean {
    return this.at.end === undefined;
  }

  emit(draft: OpDraft): OpId {
    if (this.at.end !== undefined) this.start(this.reserve());
    const id = this.nextOp++;
    this.at.ops.push({ ...draft, id });
    if (draft.op === 'not-understood') this.notUnderstood++;
    return id;
  }

  result(op: OpId): Expr {
    return { k: 'result', op };
  }

  end(terminator: Terminator): void {
    if (this.at.end !== undefined) return;
    this.at.end = terminator;
    if (terminator.t === 'unknown') this.notUnderstood++;
  }

  goto(to: BlockId, origin: Origin): void {
    this.end({ t: 'goto', to, origin });
  }

  /** Blocks without an end leave the function. Unreachable ones are dropped; ids are made dense again. */
  finish(origin: Origin): Block[] {
    for (const block of this.order) block.end ??= { t: 'return', origin };
    const reached = new Set<BlockId>();
    const work: BlockId[] = [0];
    for (let id = work.pop(); id !== undefined; id = work.pop()) {
      if (reached.has(id)) continue;
      reached.add(id);
      const block = this.blocks[id];
      if (!block) continue;
      block.end ??= { t: 'return', origin };
      this.place(block);
      work.push(...successors(block.end));
    }
    const kept = this.order.filter((b) => reached.has(b.id));
    const renumbered = new Map(kept.map((b, i) => [b.id, i]));
    const to = (id: BlockId): BlockId => renumbered.get(id) ?? 0;
    return kept.map((b, i) => ({ id: i, ops: b.ops, end: redirect(b.end ?? { t: 'return', origin }, to) }));
  }
}

/** Blocks that control may go to next within the function. */
export function successors(end: Terminator): readonly BlockId[] {
  switch (end.t) {
    case 'goto':
      return [end.to];
    case 'branch':
      return [end.then, end.otherwise];
    case 'switch':
      return end.cases.map((c) => c.to);
    case 'return':
    case 'tail':
    case 'unreachable':
    case 'unknown':
      return [];
  }
}

function redirect(end: Terminator, to: (id: BlockId) => BlockId): Terminator {
  switch (end.t) {
    case 'goto':
      return { ...end, to: to(end.to) };
    case 'branch':
      return { ...end, then: to(end.then), otherwise: to(end.otherwise) };
    case 'switch':
      return { ...end, cases: end.cases.map((c) => ({ ...c, to: to(c.to) })) };
    case 'return':
    case 'tail':
    case 'unreachable':
    case 'unknown':
      return end;
  }
}
