/** Which instructions some way from the routine's entry leads to, whatever the values that decide its branches. */
import { flowOf } from '../flow.js';
import { Declined } from '../simulator/fault.js';
import { valueOf, type SymbolResolver } from '../simulator/values.js';
import type { AsmExpr } from '../syntax.js';
import type { Listed, Listing } from './listing.js';

/** Addresses. A call is taken to come back; a computed jump leads nowhere that is known. */
export function reachableFrom(
  entries: readonly number[],
  listing: Listing,
  resolve: SymbolResolver | undefined,
): ReadonlySet<number> {
  const seen = new Set<number>();
  const work = [...entries];
  for (let address = work.pop(); address !== undefined; address = work.pop()) {
    const listed = listing.at(address);
    if (!listed || seen.has(address)) continue;
    seen.add(address);
    work.push(...successors(listed, resolve));
  }
  return seen;
}

function successors({ address, after, instruction }: Listed, resolve: SymbolResolver | undefined): number[] {
  const flow = flowOf(instruction);
  const to = (target: AsmExpr | undefined): number[] => (target ? placeOf(target, address, resolve) : []);
  switch (flow.f) {
    case 'next':
      return [after];
    case 'call':
    case 'branch':
      return [after, ...to(flow.target)];
    case 'jump':
      return to(flow.target);
    case 'return':
    case 'stop':
      return [];
  }
}

/** Nowhere, when the target has no address here. */
function placeOf(target: AsmExpr, address: number, resolve: SymbolResolver | undefined): number[] {
  try {
    return [Number(valueOf(target, address, resolve))];
  } catch (error) {
    if (error instanceof Declined) return [];
    throw error;
  }
}
