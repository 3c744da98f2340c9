/**
 * glibc's `syscalls.list` files: functions that its build makes from a line each (sysdeps/unix/make-syscalls.sh). A line
 * has the source's name, its caller, the system call, the signature, the strong name and other names; a signature that
 * begins with `C` makes a cancellation point. A file of that name in a folder that comes earlier is built instead, which
 * is the linker's to decide.
 */
import { FunctionBuilder } from '../ir/builder.js';
import type { Lifted, Region, Target } from '../ir/types.js';
import type { FileSelection } from '../libc/types.js';
import type { OtherName } from '../points/program.js';

export interface SyscallList {
  readonly functions: readonly Lifted[];
  readonly names: readonly OtherName[];
}

/** A name as it is linked: `name@@GLIBC_2.0` and `name@GLIBC_2.0:GLIBC_2.1` have versions, `!name` is hidden too. */
const plain = (name: string): string => name.replace(/^!/, '').replace(/@.*$/, '');
const NAME = /^[A-Za-z_]\w*$/;

/** `makes`: whether a line is built for a target. */
export function readSyscallList(
  file: string,
  text: string,
  targets: readonly Target[],
  makes: FileSelection['makes'] = () => true,
): SyscallList {
  const functions: Lifted[] = [];
  const names: OtherName[] = [];
  text.split('\n').forEach((raw, index) => {
    const line = raw.replace(/#.*$/, '').trimEnd();
    const [source, caller, call, signature, strong = '', ...weak] = line.trim().split(/\s+/);
    if (source === undefined || caller === undefined || call === undefined || signature === undefined) return;
    const name = plain(strong);
    const on = targets.filter((target) => makes(file, source, target));
    if (!NAME.test(name) || on.length === 0) return;
    const start = line.length - line.trimStart().length;
    const at: Region = { file, line: index + 1, column: start + 1, endLine: index + 1, endColumn: line.length + 1 };
    functions.push(stub(name, call, /^[EV]*C/.test(signature), at, on));
    for (const other of weak) {
      const alias = plain(other);
      if (NAME.test(alias)) names.push({ alias, of: name, weak: true, compat: /^[^@]+@[^@]/.test(other), file });
    }
  });
  return { functions, names };
}

function stub(name: string, call: string, cancellable: boolean, at: Region, targets: readonly Target[]): Lifted {
  const builder = new FunctionBuilder();
  const origin = { at };
  const result = builder.emit({
    op: 'syscall',
    number: { k: 'name', name: `__NR_${call}` },
    args: [],
    cancellable,
    via: call,
    entry: 'wrapper',
    returns: 'errno',
    origin,
  });
  builder.end({ t: 'return', value: builder.result(result), origin });
  return {
    kind: 'generated',
    name,
    params: [],
    returns: '',
    types: {},
    nameAt: at,
    extent: at,
    isStatic: false,
    targets,
    blocks: builder.finish(origin),
    notUnderstood: 0,
  };
}
