/** The regions of an image as memory of whole pages. */
import { pageDown, pageUp, type ImageRegion } from '../x86/load/image.js';
import { EXECUTE, READ, WRITE, type Region } from '../x86/simulator/memory.js';

/**
 * A page on which several regions lie holds the bytes of all, with the permissions of the last, as when a kernel maps
 * a file's pages one segment after another.
 */
export function memoryOf(regions: readonly ImageRegion[]): readonly Region[] {
  const sorted = regions.filter((one) => one.size > 0).sort((a, b) => a.address - b.address);
  const made: Region[] = [];
  let end = 0;
  for (const { address, size, data, writable, executable } of sorted) {
    const before = made[made.length - 1];
    const start = pageDown(address);
    const inFront = before && start < end ? before.fill : undefined;
    made.push({
      start,
      size: pageUp(address + size) - start,
      permissions: READ | (writable ? WRITE : 0) | (executable ? EXECUTE : 0),
      fill: (at) => (at < address ? (inFront?.(at) ?? 0) : (data[at - address] ?? 0)),
    });
    end = pageUp(address + size);
  }
  return made;
}
