/** Lifts the template of an inline assembly statement to operations, in order and without control flow of its own. */
import type { OpDraft } from '../ir/builder.js';
import type { PreparedText } from '../cpp/prepared.js';
import type { Op, OpId } from '../ir/types.js';
import type { Libc } from '../libc/types.js';
import { instructionOp } from './instruction-op.js';
import { layOut } from './layout.js';
import { rolesOf } from './lift.js';
import { NumberRegister } from './number-register.js';
import { parseAssembly } from './parser.js';
import { chooseDialect } from './template.js';

export interface InlineRequest {
  readonly libc: Libc;
  /** Id of the first operation; the others follow. */
  readonly firstId?: OpId;
}

/**
 * The operations of a template (see `pasteTemplate`). Labels of code are `label`, traps are `syscall`, calls what their name
 * is to the libc; jumps are plain instructions. What stands in other sections (notes, tables) is no code and is left out.
 */
export function liftInlineAssembly(template: PreparedText, request: InlineRequest): Op[] {
  const text = chooseDialect(template.text);
  const unit = parseAssembly(
    { ...template, text, origin: (start, end) => template.origin(start, end) },
    { template: true },
  );
  const roles = rolesOf(request.libc);
  const number = new NumberRegister();
  const ops: Op[] = [];
  let id = request.firstId ?? 0;
  const push = (draft: OpDraft): void => {
    ops.push({ ...draft, id: id++ });
  };
  const items = layOut(unit)
    .streams.flatMap((stream) => (stream.executable ? stream.items : stream.items.filter((i) => i.kind === 'unknown')))
    .sort((a, b) => a.index - b.index);
  for (const { statement } of items) {
    const origin = unit.origin(statement.span);
    switch (statement.kind) {
      case 'label':
        push({ op: 'label', name: statement.name, origin });
        number.forget();
        break;
      case 'instruction':
        push(instructionOp(statement, roles, number, origin).op);
        break;
      case 'unknown':
        push({ op: 'not-understood', text: statement.text, reason: statement.reason, origin });
        number.forget();
        break;
      case 'directive':
        if (statement.name === '.size') break;
        // Bytes among instructions are instructions that somebody encoded by hand.
        push({ op: 'not-understood', text: statement.name, reason: 'data where instructions run', origin });
        number.forget();
        break;
      case 'assignment':
        break;
    }
  }
  return ops;
}
