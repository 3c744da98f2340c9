/**
 * Long loops that give the event loop a turn now and then: signals are heard, progress is drawn, and the parser's
 * trees are freed.
 */

/** Calls `each` for every item in order. `every`: number of items between two turns. */
export async function inTurns<T>(
  items: Iterable<T>,
  every: number,
  each: (item: T, index: number) => void,
): Promise<void> {
  let index = 0;
  for (const item of items) {
    if (index % every === every - 1) await new Promise((resolve) => setImmediate(resolve));
    each(item, index++);
  }
}
