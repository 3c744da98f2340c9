/** What a source has said so far about its symbols: defined or not, their value, or the register they stand for. */
import { evaluate } from './expressions.js';
import type { AsmExpr, RegisterOperand } from './syntax.js';

export class Symbols {
  /** Undefined for a symbol whose value is no known number: a label, or an address. */
  private readonly values = new Map<string, bigint | undefined>();
  readonly registers = new Map<string, string>();

  isDefined(name: string): boolean {
    return this.values.has(name) || this.registers.has(name);
  }

  label(name: string): void {
    if (!this.values.has(name)) this.values.set(name, undefined);
  }

  assign(name: string, value: AsmExpr | RegisterOperand): void {
    this.registers.delete(name);
    if (value.k === 'register') this.registers.set(name, value.name);
    else this.values.set(name, this.evaluate(value));
  }

  value(name: string): bigint | undefined {
    return this.values.get(name);
  }

  evaluate(expr: AsmExpr): bigint | undefined {
    return evaluate(expr, (name) => this.values.get(name));
  }
}
