/** Processor exceptions: thrown by whatever meets them, before anything of the instruction has been committed. */

export const VECTORS = {
  '#DE': 0x00,
  '#BP': 0x03,
  '#OF': 0x04,
  '#BR': 0x05,
  '#UD': 0x06,
  '#SS': 0x0c,
  '#GP': 0x0d,
  '#PF': 0x0e,
} as const;

export type FaultName = keyof typeof VECTORS;

/** Bits of a page fault's error code. */
export const PRESENT = 0x01;
export const WRITING = 0x02;
export const FROM_USER = 0x04;
export const FETCHING = 0x10;

export class Fault extends Error {
  override readonly name: FaultName;
  readonly errorCode: number;
  /** Of a page fault (cr2); negative for the kernel's half of a 64-bit address space. */
  readonly address: number | undefined;

  constructor(name: FaultName, errorCode = 0, address?: number) {
    super(name);
    this.name = name;
    this.errorCode = errorCode;
    this.address = address;
  }
}

/** Thrown when an instruction cannot be carried out exactly: nothing has been committed. */
export class Declined extends Error {}
