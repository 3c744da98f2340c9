/** The instructions of a routine by address, with their places and texts in the source. */
import type { Region } from '../../ir/types.js';
import type { Image } from '../load/image.js';
import type { AssemblyUnit, Instruction, InstructionStatement } from '../syntax.js';

export interface Listed {
  readonly address: number;
  /** Address of what follows. */
  readonly after: number;
  readonly instruction: Instruction;
  readonly text: string;
  readonly at: Region;
}

export class Listing {
  private readonly byAddress = new Map<number, Listed>();

  constructor(unit: AssemblyUnit, image: Image) {
    const statements = new Map<Instruction, InstructionStatement>();
    for (const s of unit.statements) if (s.kind === 'instruction') statements.set(s.instruction, s);
    for (const { address, length, instruction } of image.source?.instructions ?? []) {
      const statement = statements.get(instruction);
      if (!statement) continue;
      const { at } = unit.origin(statement.span);
      this.byAddress.set(address, {
        address,
        after: address + length,
        instruction: statement.instruction,
        text: statement.text,
        at,
      });
    }
  }

  at(address: number): Listed | undefined {
    return this.byAddress.get(address);
  }

  /** Those whose addresses lie in [start, end), in order. */
  between(start: number, end: number): readonly Listed[] {
    return [...this.byAddress.values()]
      .filter((i) => i.address >= start && i.address < end)
      .sort((a, b) => a.address - b.address);
  }
}
