/** Short ways to ask the assembly front end. */
import { readFileSync } from 'node:fs';
import { asItIs } from '../../src/cpp/prepared.js';
import { musl } from '../../src/libc/musl.js';
import type { Lifted, LiftedFile } from '../../src/ir/types.js';
import type { Libc } from '../../src/libc/types.js';
import { printAsmExpr, printInstruction } from '../../src/x86/print.js';
import { liftAssembly } from '../../src/x86/lift.js';
import { parseAssembly, type ParseOptions } from '../../src/x86/parser.js';
import type { AssemblyUnit, Operand, Statement } from '../../src/x86/syntax.js';

export function parse(text: string, options?: ParseOptions): AssemblyUnit {
  return parseAssembly(asItIs('t.s', text), options);
}

/** One statement as one line: `label`, `mnemonic operands`, `.directive args`, `name = value`, `?? reason`. */
export function show(statement: Statement): string {
  switch (statement.kind) {
    case 'label':
      return `${statement.name}:`;
    case 'instruction':
      return printInstruction(statement.instruction);
    case 'directive':
      return [statement.name, statement.args.map((a) => a.text).join(' | ')].join(' ').trim();
    case 'assignment': {
      const { value } = statement;
      return `${statement.name} = ${value.k === 'register' ? `%${value.name}` : printAsmExpr(value)}`;
    }
    case 'unknown':
      return `?? ${statement.reason}`;
  }
}

export function shown(text: string): string[] {
  return parse(text).statements.map(show);
}

/** The operands of a text that holds one instruction, whether it takes them or not. */
export function operands(text: string): readonly Operand[] {
  const [statement, ...more] = parse(text, { modes: [] }).statements;
  if (statement?.kind !== 'instruction' || more.length > 0)
    throw new Error(`no single instruction: ${shown(text).join(' ; ')}`);
  return statement.instruction.operands;
}

export function lift(text: string, libc: Libc = musl): LiftedFile {
  return liftAssembly(parse(text), { file: 't.s', targets: ['i386'], libc });
}

/** The routine of that name. */
export function routine(file: LiftedFile, name: string): Lifted {
  const found = file.functions.find((f) => f.name === name);
  if (!found) throw new Error(`no routine ${name} among ${file.functions.map((f) => f.name).join(', ')}`);
  return found;
}

export function fixture(name: string): string {
  return readFileSync(`fixtures/x86/${name}`, 'utf8');
}

/** Each block as its operations in short and its end. */
export function blocks(lifted: Lifted): string[][] {
  return lifted.blocks.map(({ ops, end }) => {
    const lines = ops.map((op) => {
      switch (op.op) {
        case 'label':
          return `${op.name}:`;
        case 'instruction':
          return op.text;
        case 'syscall':
          return `<${op.entry}> ${op.via}`;
        case 'call':
          return `call ${op.callee ?? '*'}`;
        case 'not-understood':
          return `?? ${op.reason}`;
        default:
          return op.op;
      }
    });
    switch (end.t) {
      case 'goto':
        return [...lines, `-> ${String(end.to)}`];
      case 'branch':
        return [
          ...lines,
          `${end.condition.k === 'unknown' ? end.condition.text : '?'} ${String(end.then)} else ${String(end.otherwise)}`,
        ];
      case 'tail':
        return [...lines, `tail ${end.target.k === 'name' ? end.target.name : '?'}`];
      case 'unknown':
        return [...lines, `unknown ${end.text}`];
      default:
        return [...lines, end.t];
    }
  });
}
