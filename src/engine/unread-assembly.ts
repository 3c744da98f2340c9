/**
 * Assembly of architectures that is not read: each routine stands in the program as one that was not understood, so that
 * nothing is said of it, nor of what depends on it. Only the labels of a window are told.
 */
import type { LineMaps } from '../cpp/preprocess.js';
import { FunctionBuilder } from '../ir/builder.js';
import type { LiftedFile, Lifted, Target } from '../ir/types.js';
import type { Libc } from '../libc/types.js';
import { outlineAssembly } from './outline-assembly.js';

export const NOT_READ = 'the assembly of this architecture is not read';

const LABEL = /^([A-Za-z_]\w*):/gm;

export interface UnreadRequest {
  readonly file: string;
  readonly text: string;
  readonly targets: readonly Target[];
  readonly libc: Libc;
  readonly lines: LineMaps;
}

export function standForAssembly({ file, text, targets, libc, lines }: UnreadRequest): LiftedFile {
  const marks = new Set(libc.windows.flatMap((w) => [w.start, w.end, ...(w.cancel === undefined ? [] : [w.cancel])]));
  const routines = outlineAssembly(text).functions.filter((f) => !marks.has(f.name));
  const labels = [...text.matchAll(LABEL)].filter((m) => marks.has(m[1] ?? ''));
  const map = lines(file);
  const functions = (map ? routines : []).map((f, i): Lifted => {
    const from = i === 0 ? 0 : f.at;
    const to = routines[i + 1]?.at ?? text.length;
    const place = (start: number, length: number) => map?.region(file, start, start + length);
    const nameAt = place(f.at, f.name.length) ?? { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    const builder = new FunctionBuilder();
    builder.emit({ op: 'not-understood', text: f.name, reason: NOT_READ, origin: { at: nameAt } });
    for (const m of labels) {
      const name = m[1] ?? '';
      if (m.index < from || m.index >= to) continue;
      builder.emit({ op: 'label', name, origin: { at: place(m.index, name.length) ?? nameAt } });
      builder.emit({ op: 'not-understood', text: name, reason: NOT_READ, origin: { at: nameAt } });
    }
    builder.end({ t: 'return', origin: { at: nameAt } });
    return {
      kind: 'assembly',
      name: f.name,
      params: [],
      returns: '',
      types: {},
      nameAt,
      extent: nameAt,
      isStatic: false,
      targets,
      blocks: builder.finish({ at: nameAt }),
      notUnderstood: 1,
    };
  });
  return { file, functions, aliases: [], problems: [] };
}
