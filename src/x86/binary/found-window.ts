/** A window in laid-out machine code, by the addresses of its labels. */
import type { Roles } from '../../libc/roles.js';
import type { WindowConvention } from '../../libc/types.js';
import type { CodeMap } from './code-map.js';

export interface FoundWindow {
  readonly map: CodeMap;
  readonly convention: WindowConvention;
  /** Addresses of the labels that the convention names, as far as they are known. */
  readonly labels: ReadonlyMap<string, number>;
  /** The function that holds the window. */
  readonly routine: { readonly name: string; readonly address: number } | undefined;
  /** Functions by address. */
  readonly functions: ReadonlyMap<number, string>;
  /** Those that act upon a request: what they do is not looked into. */
  readonly acting: ReadonlyMap<number, string>;
}

export function labelNames({ start, end, cancel }: WindowConvention): readonly string[] {
  return cancel === undefined ? [start, end] : [start, end, cancel];
}

/** The windows whose labels the object's symbols name. */
export function windowsBySymbols(map: CodeMap, roles: Roles): readonly FoundWindow[] {
  return roles.libc.windows.flatMap((convention) => {
    const names = new Set(labelNames(convention));
    const labels = new Map<string, number>();
    const functions = new Map<number, string>();
    const acting = new Map<number, string>();
    for (const { symbol, address } of map.symbols) {
      const { name } = symbol;
      if (names.has(name)) labels.set(name, labels.get(name) ?? address);
      else if (symbol.type === 'func') {
        // Of several names of a function the libc's own one says more.
        if (!functions.has(address) || name === convention.routine) functions.set(address, name);
        if (roles.has(name, 'act')) acting.set(address, name);
      }
    }
    const [start, end] = [labels.get(convention.start), labels.get(convention.end)];
    if (start === undefined || end === undefined) return [];
    const own = map.find(start)?.section;
    // The window may end with its section.
    if (map.find(end - 1)?.section !== own) return [];
    const before = [...functions.keys()].filter((at) => at <= start && map.find(at)?.section === own);
    const at = Math.max(...before);
    const name = functions.get(at);
    const routine = name === undefined ? routineByName(map, convention) : { name, address: at };
    return [{ map, convention, labels, routine, functions, acting }];
  });
}

/** Where nothing says what is a function, the routine's own name does. */
function routineByName(map: CodeMap, { routine }: WindowConvention): FoundWindow['routine'] {
  const found = map.symbols.find(({ symbol }) => symbol.name === routine);
  return found && { name: routine, address: found.address };
}
