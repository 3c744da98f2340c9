/** Small trees in memory, for tests of the preprocessor and the C front end. */
import { Knowledge } from '../../src/c/knowledge.js';
import { liftC, liftMacro } from '../../src/c/front-end.js';
import { scanDirectives } from '../../src/cpp/definitions.js';
import { MacroTable } from '../../src/cpp/macro-table.js';
import { LineMap, type PreparedText } from '../../src/cpp/prepared.js';
import {
  preprocess,
  toText,
  type LineMaps,
  type Preprocessed,
  type PreprocessRequest,
} from '../../src/cpp/preprocess.js';
import { printLifted } from '../../src/ir/print.js';
import type { Lifted, LiftedFile, Region, Target } from '../../src/ir/types.js';
import { musl } from '../../src/libc/musl.js';
import { Roles } from '../../src/libc/roles.js';
import type { Libc } from '../../src/libc/types.js';

type Files = Readonly<Record<string, string>>;

/** A few files and all that is known about them. */
export class Sources {
  readonly table: MacroTable;
  readonly knowledge: Knowledge;
  private readonly maps = new Map<string, LineMap>();

  constructor(
    readonly files: Files,
    readonly libc: Libc = musl,
  ) {
    const definitions = Object.entries(files).flatMap(([file, text]) => scanDirectives(file, text).definitions);
    this.table = new MacroTable(definitions, libc);
    this.knowledge = new Knowledge(this.table, new Roles(libc));
  }

  readonly lines: LineMaps = (file) => {
    const text = this.files[file];
    if (text === undefined) return undefined;
    let map = this.maps.get(file);
    if (!map) this.maps.set(file, (map = new LineMap(text)));
    return map;
  };

  text(file: string): string {
    const text = this.files[file];
    if (text === undefined) throw new Error(`no file ${file}`);
    return text;
  }

  /** Everything is expanded unless the request says otherwise. */
  preprocess(file: string, request: Partial<PreprocessRequest> & { readonly target?: Target } = {}): Preprocessed {
    const { target = 'x86_64', dialect = 'c', ...rest } = request;
    const view = this.table.view(target, dialect);
    return preprocess({ file, text: this.text(file), dialect, view, variant: 0, expands: () => true, ...rest });
  }

  prepare(file: string, request: Parameters<Sources['preprocess']>[1] = {}): PreparedText {
    return toText(file, this.preprocess(file, request).tokens, this.lines);
  }

  lift(file: string, targets: readonly Target[] = ['x86_64']): LiftedFile {
    const { knowledge, lines } = this;
    return liftC({ file, text: this.text(file), targets, knowledge, lines });
  }

  liftMacro(name: string, targets: readonly Target[] = ['x86_64']): Lifted | undefined {
    const [definition] = this.table.all(name);
    return definition && liftMacro(definition, targets, this.knowledge, this.lines);
  }

  /** What stands in a file at a region: read anew, so that a wrong line or column shows. */
  at(region: Region): string {
    const lines = this.text(region.file).split('\n');
    const [first, last] = [region.line - 1, region.endLine - 1];
    if (first === last) return lines[first]!.slice(region.column - 1, region.endColumn - 1);
    return [
      lines[first]!.slice(region.column - 1),
      ...lines.slice(first + 1, last),
      lines[last]!.slice(0, region.endColumn - 1),
    ].join('\n');
  }
}

/** The dumps of a file's functions without the places, for tests that are about what is done and not where. */
export function dump(lifted: LiftedFile): string {
  return lifted.functions.map(dumpOne).join('\n');
}

/** Blocks only: `b0:`, operations, terminators. */
export function dumpOne(lifted: Lifted): string {
  return body(lifted).join('\n');
}

export function body(lifted: Lifted): string[] {
  return printLifted(lifted)
    .trimEnd()
    .split('\n')
    .filter((line) => /^(b\d+:| {2}.* ; )/.test(line))
    .map((line) => line.replace(/ +; \S+( in .*)?( from .*)?$/, '').trim());
}

/** Lifts one function of musl's kind and gives its blocks. The text needs a word that concerns cancellation. */
export function lowered(text: string, target: Target = 'x86_64'): string[] {
  const { functions } = new Sources({ 'src/f.c': text }).lift('src/f.c', [target]);
  if (functions.length !== 1) throw new Error(`${String(functions.length)} functions`);
  return body(functions[0]!);
}
