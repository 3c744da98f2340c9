/** Spoilt objects: whatever the bytes are, the answer is an object or one line, soon. */
import fc from 'fast-check';
import { ObjectError } from '../../../src/x86/object/error.js';
import { readAll } from '../../../src/x86/object/open.js';
import { FIXTURES, fixture } from './fixtures.js';

const objects = FIXTURES.map(fixture);

/** Places that matter more than others: headers and the tables at the end. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc
      .constantFrom([0, 0, 0, 0], [255, 255, 255, 255], [255, 255, 255, 127], [0, 0, 0, 128], [1, 0, 0, 0])
      .map((b) => Uint8Array.from(b)),
  ),
});

test('mutated objects', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...objects),
      fc.array(change, { maxLength: 6 }),
      fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      (object, changes, cut) => {
        const copy = object.slice();
        for (const { at, bytes } of changes) {
          const start = Math.min(Math.floor(at * copy.length), copy.length - bytes.length);
          copy.set(bytes, Math.max(0, start));
        }
        const data = cut === null ? copy : copy.subarray(0, Math.floor(cut * copy.length));
        try {
          for (const one of readAll(data)) expect(one.object.size).toBeLessThanOrEqual(data.length);
        } catch (error) {
          expect(error).toBeInstanceOf(ObjectError);
          expect(String(error)).not.toContain('\n');
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test('any bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom('\x7fELF\x01\x01\x01', '!<arch>\n', ''),
      (bytes, head) => {
        const data = Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
        try {
          Array.from(readAll(data));
        } catch (error) {
          expect(error).toBeInstanceOf(ObjectError);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
