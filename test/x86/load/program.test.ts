/** Programs as GNU ld makes them, and damaged ones. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCode } from '../../../src/x86/load/open.js';
import { ObjectError } from '../../../src/x86/object/error.js';
import { output } from '../object/support.js';
import { removeTrees } from '../../cli/program.js';
import { assembled, needsBinutils, run, withBinutils } from './support.js';

afterAll(removeTrees);

const TEXT = `.globl f
.type f,@function
f: mov pointer+8(%rip), %rax
mov (%rax), %eax
add %fs:second@TPOFF, %eax
ret
.data
.balign 8
value: .long 40
.balign 8
pointer: .quad 0, value, 5, pointer
.section .tdata,"awT",@progbits
.balign 32
.long 1
second: .long 2
`;

withBinutils(`a program of GNU ld${needsBinutils}`, () => {
  it.each([
    ['static', []],
    ['position-independent', ['-pie', '--no-dynamic-linker']],
    ['with packed relocations', ['-pie', '--no-dynamic-linker', '-z', 'pack-relative-relocs']],
    ['on shared pages', ['-N']],
  ])('%s', (_, options) => {
    const { folder } = assembled(TEXT, 64);
    output('ld', [...options, '-e', 'f', '-o', 't', 't.o'], folder);
    const { image } = openCode(readFileSync(join(folder, 't')), { member: undefined, symbol: 'f' });
    expect(image.entry).toBe(image.symbols.get('f'));
    const { simulation, stop } = run(image, 'f');
    expect({ stop: stop.reason, rax: simulation.machine.register('rax') }).toEqual({ stop: 'return', rax: 42n });
  });
});

const OBJECTS = ['window-i386.o', 'window-x86_64.o', 'window-x32.o', 'program-i386', 'two.a'].map((name) =>
  Buffer.from(readFileSync(`fixtures/x86/objects/${name}.base64`, 'utf8'), 'base64'),
);

it('a damaged object is refused in one line, or stops somewhere', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let n = 0; n < 3000; n++) {
    const bytes = Buffer.from(OBJECTS[n % OBJECTS.length] ?? []);
    for (let k = random(6); k >= 0; k--) bytes[random(random(2) ? bytes.length : 64)] = random(3) ? random(256) : 255;
    const data = random(5) ? bytes : bytes.subarray(0, random(bytes.length));
    try {
      const { image } = openCode(data, { member: undefined, symbol: 'window' });
      if (image.symbols.has('window')) run(image, 'window', undefined, 100);
    } catch (error) {
      expect(error).toBeInstanceOf(ObjectError);
      expect((error as Error).message).not.toContain('\n');
    }
  }
});
