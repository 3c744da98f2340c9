/**
 * Which register of the interrupted thread an expression takes from the context that the kernel saves for a handler.
 * Source: Linux's <sys/ucontext.h>, where `uc_mcontext` begins with the array `gregs`.
 */
import { bare } from '../../ir/expressions.js';
import type { Expr, Lifted, Origin, Target } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';

const LONG = 'R8 R9 R10 R11 R12 R13 R14 R15 RDI RSI RBP RBX RDX RAX RCX RSP RIP EFL CSGSFS ERR TRAPNO OLDMASK CR2';

interface Layout {
  /** In the order of `gregs`; the constants of their indexes have `REG_` in front. */
  readonly registers: readonly string[];
  /** Bytes of an element of `gregs`, and of a pointer. */
  readonly width: number;
  readonly pointer: number;
  readonly pc: string;
}

/** The targets whose context is known. */
const LAYOUTS: Readonly<Partial<Record<Target, Layout>>> = {
  i386: {
    registers: 'GS FS ES DS EDI ESI EBP ESP EBX EDX ECX EAX TRAPNO ERR EIP CS EFL UESP SS'.split(' '),
    ...{ width: 4, pointer: 4, pc: 'EIP' },
  },
  x86_64: { registers: LONG.split(' '), width: 8, pointer: 8, pc: 'RIP' },
  x32: { registers: LONG.split(' '), width: 8, pointer: 4, pc: 'RIP' },
};

/** An element of an array, and the macro that says which, where one does. */
interface Index {
  readonly value: number;
  readonly macro?: string;
}

/** The register that an expression names in place of the PC, and by which macro; undefined where it is the PC, or cannot be told. */
export function otherThanPc(
  expr: Expr,
  target: Target,
  project: Project,
): { readonly register: string; readonly macro?: string } | undefined {
  const layout = LAYOUTS[target];
  if (!layout) return undefined;
  const { registers, width, pc } = layout;
  const found = offsetOf(expr, layout, target, project);
  if (found === undefined || found.value === registers.indexOf(pc) * width) return undefined;
  const { value: offset, macro } = found;
  const name = registers[Math.floor(offset / width)];
  const part = offset % width === 0 ? '' : 'a part of ';
  const register = name === undefined ? 'what lies behind the registers' : `${part}REG_${name}`;
  return { register, ...(macro === undefined ? {} : { macro }) };
}

/** Bytes from the start of `uc_mcontext`. */
function offsetOf(expr: Expr, layout: Layout, target: Target, project: Project): Index | undefined {
  const { width, pointer } = layout;
  const e = bare(expr);
  const at = (index: Index | undefined, size: number): Index | undefined =>
    index && { ...index, value: index.value * size };
  // `uc->uc_mcontext.MC_PC`: the macro says which element.
  if (e.k === 'member' && isContext(e.base)) {
    const name = /^gregs ?\[ ?(\w+) ?\]$/.exec(project.macroBody(e.field, target) ?? '')?.[1];
    const index = name === undefined ? undefined : indexNamed(name, layout, target, project);
    return at(index && { macro: e.field, ...index }, width);
  }
  if (e.k !== 'index') return undefined;
  const index = indexOf(e.index, layout, target, project);
  const { base } = e;
  if (base.k === 'member' && base.field === 'gregs' && isContext(base.base)) return at(index, width);
  // `((char **)&uc->uc_mcontext)[N]`: the context as an array of words.
  const isWords = base.k === 'cast' && base.of.k === 'address' && isContext(base.of.of) && WORDS.test(base.type);
  return isWords ? at(index, pointer) : undefined;
}

/** Pointers to what has the size of a pointer. */
const WORDS =
  /^(?:const )?(?:(?:char|void) \*(?: ?const)? ?\*|(?:unsigned )?long(?: int)? \*|u?intptr_t \*|size_t \*)$/;

const isContext = (e: Expr): boolean => e.k === 'member' && e.field === 'uc_mcontext';

function indexOf(e: Expr, layout: Layout, target: Target, project: Project): Index | undefined {
  if (e.k === 'int') return { value: Number(e.value) };
  return e.k === 'name' ? indexNamed(e.name, layout, target, project) : undefined;
}

function indexNamed(name: string, layout: Layout, target: Target, project: Project): Index | undefined {
  if (/^\d+$/.test(name)) return { value: Number(name) };
  const body = project.macroBody(name, target);
  // Headers define an enumerator as itself, to be asked for by `#ifdef`.
  const by = body === undefined || body === name ? {} : { macro: name };
  if (body !== undefined && /^\d+$/.test(body)) return { value: Number(body), ...by };
  const register = /^REG_(\w+)$/.exec(body ?? name)?.[1];
  const index = register === undefined ? -1 : layout.registers.indexOf(register);
  return index === -1 ? undefined : { value: index, ...by };
}

/** Where the value of a variable comes from that is assigned once; anything else is what it is. */
export function sourceOf(f: Lifted, expr: Expr, origin: Origin): { readonly expr: Expr; readonly origin: Origin } {
  const e = bare(expr);
  if (e.k !== 'name') return { expr: e, origin };
  const assigned = f.blocks.flatMap(({ ops }) =>
    ops.flatMap((op) => (op.op === 'assign' && op.target.k === 'name' && op.target.name === e.name ? [op] : [])),
  );
  const [only, ...others] = assigned;
  return only && others.length === 0 ? { expr: bare(only.value), origin: only.origin } : { expr: e, origin };
}
