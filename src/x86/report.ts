/** Collects the problems of one parse. A broken file has very many: the first are told, the others counted. */
import type { PreparedText } from '../cpp/prepared.js';
import type { Problem } from '../ir/types.js';
import { originOf } from './origin.js';
import type { Span } from './syntax.js';

/** So many more of the important ones are told. */
const MORE = 100;

export class Report {
  private readonly list: Problem[] = [];
  private readonly once = new Set<string>();
  private silenced = 0;

  constructor(
    private readonly prepared: PreparedText,
    private readonly limit: number,
  ) {}

  add(kind: Problem['kind'], message: string, span: Span): void {
    // What is incomplete says that more is missing than the statements named, so it is told even late.
    const limit = this.limit + (kind === 'analysis-incomplete' ? MORE : 0);
    if (this.list.length >= limit) this.silenced++;
    else this.list.push({ kind, message, at: originOf(this.prepared, span).at });
  }

  incomplete(message: string, span: Span): void {
    this.add('analysis-incomplete', message, span);
  }

  /** Tells a message at the first place it is true of. */
  incompleteOnce(message: string, span: Span): void {
    if (this.once.has(message)) return;
    this.once.add(message);
    this.incomplete(message, span);
  }

  problems(): readonly Problem[] {
    const last = this.list[this.list.length - 1];
    if (this.silenced === 0 || !last) return this.list;
    const message = `${String(this.silenced)} more problems in this file`;
    return [...this.list, { kind: 'analysis-incomplete', message, at: last.at }];
  }
}
