/** A source laid out by us against the object that GNU as makes of it, and what a source does not tell. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutRelocatable } from '../../../src/x86/load/relocatable.js';
import { readElf } from '../../../src/x86/object/elf.js';
import { removeTrees } from '../../cli/program.js';
import type { Simulation } from '../../../src/simulate/simulation.js';
import { assembled, needsBinutils, run, source, withBinutils, word, type Bits, type Finished } from './support.js';

afterAll(removeTrees);

const BUFFER = 0x100000;

/** Buffers with text, and small numbers for the third and fourth arguments. */
function withArguments(simulation: Simulation): void {
  const { machine, mode } = simulation;
  const text = Buffer.from('some text of forty characters and then so \0more');
  simulation.poke(BUFFER, text);
  simulation.poke(BUFFER + 0x1000, Buffer.alloc(256, 0x5a));
  const values = [BUFFER, BUFFER + 0x1000, 37, 9];
  if (mode === 'i386') {
    const words = Uint32Array.from(values);
    simulation.poke(Number(machine.register('esp')) + 4, new Uint8Array(words.buffer));
  } else {
    values.forEach((value, n) => {
      machine.setRegister(['rdi', 'rsi', 'rdx', 'rcx'][n] ?? '', value);
    });
  }
}

/** The registers after each step. Addresses of the image differ: they are only known to be some. */
function registers({ simulation, steps, stop }: Finished): readonly string[] {
  const start = simulation.mode === 'i386' ? 0x08048000n : 0x400000n;
  const shown = (value: bigint): string => (value >= start && value < start + 0x20000n ? 'image' : value.toString(16));
  const lines = steps.map((step) =>
    step.registers.map(({ name, now, undefined: bits }) => `${name}=${shown(now)}/${bits.toString(16)}`).join(' '),
  );
  return [...lines, stop.reason];
}

const MUSL = 'trees/musl-1.2.5/src';

function routines(arch: string): readonly string[] {
  return existsSync(MUSL)
    ? (readdirSync(MUSL, { recursive: true }) as string[])
        .filter((name) => new RegExp(`^(?:string|setjmp|signal|thread)/${arch}/[^/]*\\.s$`).test(name))
        .sort()
    : [];
}

withBinutils.each([
  ['i386', 32],
  ['x86_64', 64],
] as const)('a source for %s and its object', (target, bits: Bits) => {
  const program = `.text
.globl f
f: mov $3, %eax
mov $5, %ecx
1: dec %ecx
jnz 1b
call g
lea 3(%ecx), %edx
ret
g: mov $value, %esi
mov (%esi), %eax
cmp $7, %eax
jb 2f
add $k, %eax
2: ret
k = 9
.data
.byte 1, 2
.balign 8
value: .long 1f-0f
0: .asciz "a\\tb\\x41\\101" "c", "d"
1: .fill 2
`;

  it('give the same registers', () => {
    const [ours, theirs] = [source(program, target), layOutRelocatable(readElf(assembled(program, bits).bytes))].map(
      (image) => run(image, 'f'),
    );
    expect(ours?.stop.reason).toBe('return');
    expect(ours?.steps).toHaveLength(theirs?.steps.length ?? 0);
    expect(ours?.simulation.machine.register('eax')).toBe(theirs?.simulation.machine.register('eax'));
    expect(ours?.simulation.machine.register('eax')).toBe(18n);
  });

  const files = routines(target);
  (files.length > 0 ? it.each(files) : it.skip.each(['(no trees/musl-1.2.5 here)']))('%s', (file) => {
    const text = readFileSync(join(MUSL, file), 'utf8');
    const image = source(text, target);
    const object = layOutRelocatable(readElf(assembled(text, bits).bytes));
    for (const name of image.functions) {
      if (!object.symbols.has(name)) continue;
      const one = run(image, name, withArguments, 3000);
      expect(registers(one)).toEqual(registers(run(object, name, withArguments, 3000)));
      expect(one.stop.reason).not.toBe('unknown');
    }
  });
});

describe('what a source does not tell stops the run', () => {
  const stopOf = (text: string): unknown => {
    const { stop } = run(source(`.globl f\nf: ${text}`), 'f');
    return 'what' in stop ? stop.what : stop.reason;
  };

  it.each([
    ['mov $g+1, %eax\njmp *%eax\ng: ret', 'a jump to an address that was computed'],
    ['mov f, %eax', 'it reads the bytes of instructions, which a source does not have'],
    ['mov elsewhere, %eax', 'it reads elsewhere, which is defined elsewhere'],
    ['mov %eax, elsewhere+4', 'it writes elsewhere, which is defined elsewhere'],
    ['mov $SYS_exit, %eax', 'the value of SYS_exit is not known'],
    ['mov x, %eax\n.data\nx: .float 1.5', 'it reads what is not known: the bytes of .float'],
    ['nop\n.long 5', 'the code runs into data here'],
    ['nop', 'section .text ends here'],
    ['fld1\nret', expect.stringContaining('fld1')],
    ['mov a, %eax\n.set a, b\n.set b, a', 'the value of a is not known'],
    ['mov %gs:t@ntpoff, %eax\n.section .tbss\nt: .long 0', 'the value of t is not known'],
    ['mov %gs:t@ntpoff, %eax', 'it reads what is not known: the value of t, which is defined elsewhere'],
    ['call elsewhere', 'outside'],
    ['ret', 'return'],
  ])('%s', (text, expected) => {
    expect(stopOf(text)).toEqual(expected);
  });
});

it('takes the value that a name had where it is used', () => {
  const text = '.globl f\nf: .set n, 1\nmov $n, %eax\n.set n, 2\nmov $n, %ecx\nret';
  const { machine } = run(source(text), 'f').simulation;
  expect([machine.register('eax'), machine.register('ecx')]).toEqual([1n, 2n]);
});

it('refuses data without end', () => {
  expect(() => source('.data\n.rept 100\n.skip 16000000\n.endr\n')).toThrow('its data takes too much memory');
});

withBinutils(`data directives${needsBinutils}`, () => {
  const text = String.raw`.globl f
f: ret
.data
.globl d
d: .byte 1, -1, 'a
.balign 4
.short 0x1234
.p2align 3
.long 1, d+4-d
.quad -2
.ascii "x\"y\\\n\0\08", "z"
.asciz "a" "b", "c"
.string "\x1234"
.skip 3, 0x77
.zero 2
.octa 0x112233445566778899
`;

  it('make the bytes that GNU as makes', () => {
    const bytes = layOutRelocatable(readElf(assembled(text, 32).bytes)).regions.find((one) => one.name === '.data');
    const ours = source(text).regions.find((one) => one.name === '.data');
    expect(Buffer.from(ours?.data ?? []).toString('hex')).toBe(Buffer.from(bytes?.data ?? []).toString('hex'));
    expect(word(run(source(text), 'f').simulation, ours?.address ?? 0)).toBe(0x0061ff01n);
  });
});
