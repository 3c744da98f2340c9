/** Call-frame instructions (DWARF 5, 6.4.2) as rows: where the CFA is and where registers are kept, from which address on. */
import { Reader } from './frame-reader.js';
import { registerByNumber, type FrameRow } from '../window/cfi.js';

export interface FrameCode {
  readonly instructions: Uint8Array;
  readonly codeFactor: number;
  readonly dataFactor: number;
}

export interface RowFrom {
  readonly from: number;
  readonly row: FrameRow;
}

/** Runs the instructions of an entry from its first address on. `initial`: the row that its common part leaves. */
export function rowsOf(code: FrameCode, from: number, initial: FrameRow, word: 4 | 8): readonly RowFrom[] {
  const run = new FrameRun(code, from, initial, word);
  run.toEnd();
  return run.rows;
}

class FrameRun {
  readonly rows: RowFrom[] = [];
  private readonly in: Reader;
  private readonly remembered: FrameRow[] = [];
  private row: FrameRow;

  constructor(
    private readonly code: FrameCode,
    private at: number,
    private readonly initial: FrameRow,
    private readonly word: 4 | 8,
  ) {
    this.in = new Reader(code.instructions);
    this.row = initial;
  }

  toEnd(): void {
    while (!this.in.atEnd) this.step(this.in.u8());
    this.rows.push({ from: this.at, row: this.row });
  }

  private advance(by: number): void {
    this.rows.push({ from: this.at, row: this.row });
    this.at += by * this.code.codeFactor;
  }

  private step(op: number): void {
    const low = op & 0x3f;
    switch (op >> 6) {
      case 1:
        return this.advance(low);
      case 2:
        return this.saved(low, this.in.unsigned() * this.code.dataFactor);
      case 3:
        return this.restored(low);
      default:
        return this.extended(op);
    }
  }

  private extended(op: number): void {
    const { in: input, code, row } = this;
    switch (op) {
      case 0x00: // nop
        return;
      case 0x02:
        return this.advance(input.u8());
      case 0x03:
        return this.advance(input.u16());
      case 0x04:
        return this.advance(input.u32());
      case 0x05:
        return this.saved(input.unsigned(), input.unsigned() * code.dataFactor);
      case 0x06: // restore_extended
        return this.restored(input.unsigned());
      case 0x08: // same_value
        return this.unsaved(input.unsigned());
      case 0x0a:
        this.remembered.push(row);
        return;
      case 0x0b:
        this.row = this.remembered.pop() ?? this.refused('a state that was not remembered');
        return;
      case 0x0c:
        return this.frame(input.unsigned(), input.unsigned());
      case 0x0d:
        return this.frame(input.unsigned(), row.offset);
      case 0x0e:
        this.row = { ...row, offset: input.unsigned() };
        return;
      case 0x11:
        return this.saved(input.unsigned(), input.signed() * code.dataFactor);
      case 0x12:
        return this.frame(input.unsigned(), input.signed() * code.dataFactor);
      case 0x13:
        this.row = { ...row, offset: input.signed() * code.dataFactor };
        return;
      case 0x2e: // GNU_args_size moves nothing
        input.unsigned();
        return;
      default:
        // Expressions and registers kept in registers, which no window needs. What follows cannot be told apart.
        this.row = this.refused(`DW_CFA 0x${op.toString(16)}`);
        input.skipAll();
    }
  }

  private refused(what: string): FrameRow {
    return { ...this.row, unknown: what };
  }

  private frame(number: number, offset: number): void {
    const register = registerByNumber(number, this.word);
    this.row = register === undefined ? this.refused(`register ${String(number)}`) : { ...this.row, register, offset };
  }

  private saved(number: number, offset: number): void {
    if (number === returnColumn(this.word)) {
      // An unwinder takes the return address from there; where it lies is the ABI's.
      if (offset !== -this.word) this.row = this.refused('another place of the return address');
      return;
    }
    const register = registerByNumber(number, this.word);
    if (register !== undefined) this.row = { ...this.row, saved: new Map([...this.row.saved, [register, offset]]) };
  }

  private unsaved(number: number): void {
    const saved = new Map(this.row.saved);
    saved.delete(registerByNumber(number, this.word) ?? '');
    this.row = { ...this.row, saved };
  }

  private restored(number: number): void {
    const register = registerByNumber(number, this.word);
    const offset = register === undefined ? undefined : this.initial.saved.get(register);
    if (register !== undefined && offset !== undefined)
      this.row = { ...this.row, saved: new Map([...this.row.saved, [register, offset]]) };
    else this.unsaved(number);
  }
}

/** The column of the return address (System V ABI, i386 and AMD64 supplements). */
export function returnColumn(word: 4 | 8): number {
  return word === 4 ? 8 : 16;
}
