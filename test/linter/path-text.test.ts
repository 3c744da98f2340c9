import fc from 'fast-check';
import { fsPath, pathFromBytes, pathToBytes } from '../../src/linter/path-text.js';

describe('names as text', () => {
  it('have their way back to bytes, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const name = Buffer.from(bytes);
        expect(pathToBytes(pathFromBytes(name)).equals(name)).toBe(true);
      }),
      {
        numRuns: 500,
        examples: [[Uint8Array.from([0xed, 0xb3, 0xbf, 0xff, 0x41])], [Uint8Array.from([0xf0, 0x9f, 0x92])]],
      },
    );
  });

  it('are themselves where they are UTF-8', () => {
    expect(pathFromBytes(Buffer.from('é𝒳'))).toBe('é𝒳');
    expect(fsPath('é𝒳')).toBe('é𝒳');
    expect(fsPath(pathFromBytes(Buffer.from([0x61, 0xff])))).toEqual(Buffer.from([0x61, 0xff]));
  });
});
