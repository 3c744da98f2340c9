/**
 * The compiled signal handler of a libc: the function of an object that is not linked whose code refers to the labels
 * of the window.
 */
import type { WindowFault } from '../../ir/proof.js';
import type { Region } from '../../ir/types.js';
import type { Libc } from '../../libc/types.js';
import type { WindowConvention } from '../../libc/types.js';
import type { CodeDecoder } from '../decode/decoder.js';
import { layOutRelocatable } from '../load/relocatable.js';
import { FLAG } from '../object/elf.js';
import { ObjectError } from '../object/error.js';
import { relocationTables } from '../object/relocations.js';
import { readSymbols, symbolSections } from '../object/symbols.js';
import { rolesOf } from '../lift.js';
import { decideHandler, type HandlerVerdict } from '../window/handler.js';
import { SENT } from '../window/trial.js';
import { CodeMap } from './code-map.js';
import { labelNames } from './found-window.js';
import { imageAt } from './prove.js';
import type { OpenedObject } from './open-objects.js';

export interface FoundHandler {
  readonly libc: Libc;
  readonly convention: WindowConvention;
  /** What the object is called: `libc.a(pthread_cancel.lo)`. */
  readonly name: string;
  readonly file: string;
  readonly object: OpenedObject;
  readonly function: string;
}

/** The functions of an object whose code refers to a bound of the libc's window and that do not hold it. */
export function handlersIn(object: OpenedObject, name: string, file: string, libc: Libc): readonly FoundHandler[] {
  return libc.windows.flatMap((convention) =>
    functionsReferringTo(object.map, [convention.start, convention.end]).map((f) => ({
      ...{ libc, convention, name, file, object },
      function: f,
    })),
  );
}

function functionsReferringTo({ object }: CodeMap, labels: readonly string[]): readonly string[] {
  const [table] = symbolSections(object);
  if (object.type !== 'relocatable' || !table) return [];
  const symbols = readSymbols(object, table);
  const functions = symbols.filter((one) => one.type === 'func' && typeof one.section === 'number');
  const found = new Set<string>();
  for (const { target, entries } of relocationTables(object)) {
    if (((object.sections[target]?.flags ?? 0n) & FLAG.exec) === 0n) continue;
    for (const { offset, symbol } of entries) {
      if (!labels.includes(symbols[symbol]?.name ?? '')) continue;
      const holder = functions.find(
        (one) => one.section === target && one.value <= offset && offset < one.value + one.size,
      );
      if (holder) found.add(holder.name);
    }
  }
  return [...found];
}

export interface JudgedHandler {
  readonly found: FoundHandler;
  readonly verdict: HandlerVerdict;
  /** What is wrong with it, as a fault of the window. */
  readonly fault: WindowFault | undefined;
}

/** The handler's verdict as a fault of the window that it checks for. */
function faultOf(found: FoundHandler, verdict: HandlerVerdict, at: Region): WindowFault | undefined {
  if (verdict.is !== 'wrong') return undefined;
  const { messageId } = verdict;
  const data = { handler: found.function, ...verdict.data };
  const place =
    verdict.data.place ??
    (messageId === 'codeUnguarded'
      ? 'an instruction outside the window, in asynchronous mode'
      : 'an instruction inside the window');
  const does = {
    codeMisses: 'does nothing',
    codeTakes: 'acts',
    codeTarget: 'changes the PC',
    codeSlot: 'looks elsewhere',
    codeUnguarded: 'sets the PC to the cancel target, which takes the stack for that of the window',
  };
  const flow = [
    { at, thread: 'canceller', message: `${SENT} while the PC is at ${place}` },
    { at, thread: 'victim', message: `the handler, run with that PC, ${does[messageId]}` },
  ] as const;
  return { kind: 'handler', messageId, data, at, anchor: found.function, flow };
}

/**
 * Runs a handler. The labels that its object does not define are given addresses, in their order. Throws an
 * `ObjectError` where that cannot be done.
 */
export function judgeHandler(found: FoundHandler, decoder: CodeDecoder): JudgedHandler {
  const { libc, convention, name, file, object } = found;
  const names = labelNames(convention);
  const map = new CodeMap(object.map.object, layOutRelocatable(object.map.object, names));
  const addressOf = (label: string): number | undefined =>
    map.symbols.find(({ symbol }) => symbol.name === label)?.address ??
    [...map.image.outside].find(([, one]) => one === label)?.[0];
  const labels = new Map(
    names.flatMap((one) => {
      const at = addressOf(one);
      return at === undefined ? [] : [[one, at] as const];
    }),
  );
  const address = addressOf(found.function);
  const [start, end] = [labels.get(convention.start), labels.get(convention.end)];
  if (address === undefined || start === undefined || end === undefined)
    throw new ObjectError('a label has no address');
  const roles = rolesOf(libc);
  const functions = new Map(
    map.symbols.filter(({ symbol }) => symbol.type === 'func').map((one) => [one.address, one.symbol.name]),
  );
  const acting = new Map([...functions].filter(([, one]) => roles.has(one, 'act')));
  const routine = { name: found.function, address };
  const window = { map, convention, labels, routine, functions, acting };
  const image = imageAt({ window, decoder, file: name, container: { file, at: object.at } });
  const verdict = decideHandler({
    ...{ image, target: image.target, convention, handler: address },
    labels: { start, end, cancel: convention.cancel === undefined ? undefined : labels.get(convention.cancel) },
    acts: (one) => roles.has(one, 'act'),
  });
  const place = map.find(address);
  const column = object.at + (place ? place.section.offset + place.at : 0) + 1;
  const code = { file, name: found.function };
  const at = { file: name, line: 1, column, endLine: 1, endColumn: column, code };
  return { found, verdict, fault: faultOf(found, verdict, at) };
}
