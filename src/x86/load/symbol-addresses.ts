/** What the symbols of an object tell whoever looks on: addresses by name, and which of them are functions. */
import type { ObjectSymbol } from '../object/symbols.js';

/** Names of the functions that are defined, each once. */
export function functionNames(symbols: readonly ObjectSymbol[]): readonly string[] {
  const defined = symbols.filter(
    (one) => (one.type === 'func' || one.type === 'ifunc') && typeof one.section === 'number' && one.name !== '',
  );
  return [...new Set(defined.map((one) => one.name))];
}

/** Addresses of all symbols that have one; of several with a name that of the one which is seen from outside. */
export function addressesByName(
  symbols: readonly ObjectSymbol[],
  addressOf: (symbol: ObjectSymbol) => number | undefined,
): ReadonlyMap<string, number> {
  const addresses = new Map<string, number>();
  const seenFromOutside = symbols.filter((one) => one.binding !== 'local');
  const local = symbols.filter((one) => one.binding === 'local');
  for (const symbol of [...seenFromOutside, ...local]) {
    const { name, type, section } = symbol;
    if (name === '' || addresses.has(name) || section === 'undefined') continue;
    if (type === 'file' || type === 'section' || type === 'tls') continue;
    const address = addressOf(symbol);
    if (address !== undefined) addresses.set(name, address);
  }
  return addresses;
}
