/** Spoilt machine code as the input of a run: it ends, with findings or lines, and nothing is thrown. */
import fc from 'fast-check';
import { libcs } from '../../../src/libc/index.js';
import { findWindows } from '../../../src/x86/binary/file-windows.js';
import { proveCode } from '../../../src/x86/binary/prove.js';
import { loadDecoder } from '../../../src/x86/decode/decoder.js';
import { ObjectError } from '../../../src/x86/object/error.js';
import { FIXTURES, fixture } from './support.js';

const objects = FIXTURES.map((file) => ({ file, data: fixture(file) }));
const decoders = { i386: await loadDecoder(32), x86_64: await loadDecoder(64) };

const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) });

test('any byte may be any other', async () => {
  let windows = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...objects),
      fc.array(change, { minLength: 1, maxLength: 12 }),
      async ({ file, data }, changes) => {
        const spoilt = data.slice();
        for (const { at, byte } of changes) spoilt[Math.floor(at * (spoilt.length - 1))] = byte;
        const found = await findWindows([{ file, data: spoilt }, ...objects.slice(0, 1)], libcs);
        for (const { message } of found.problems) expect(message).not.toContain('\n');
        for (const { window, libc, name, at } of found.windows.filter((one) => one.file === file).slice(0, 2)) {
          const decoder = decoders[window.map.object.machine];
          try {
            proveCode({ window, decoder, libc, file: name, container: { file, at } });
            windows++;
          } catch (error) {
            expect(error).toBeInstanceOf(ObjectError);
          }
        }
      },
    ),
    { numRuns: 250 },
  );
  expect(windows).toBeGreaterThan(20);
});
