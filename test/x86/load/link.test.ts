/** Relocations against GNU ld: what a program computes when we link its object, and when ld does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutRelocatable } from '../../../src/x86/load/relocatable.js';
import { relocate } from '../../../src/x86/load/relocate.js';
import { loadProgram } from '../../../src/x86/load/program.js';
import type { ElfObject } from '../../../src/x86/object/elf.js';
import { readElf } from '../../../src/x86/object/elf.js';
import { nameOfType, relocationTables } from '../../../src/x86/object/relocations.js';
import { output } from '../object/support.js';
import { removeTrees } from '../../cli/program.js';
import { assembled, needsBinutils, run, withBinutils, word, type Bits } from './support.js';

afterAll(removeTrees);

/** Each line leaves a value in the accumulator, which is then stored at `out`. */
const I386 = [
  ['mov $data+4, %eax', 'R_386_32'],
  ['mov data+8, %eax', 'R_386_32'],
  ['call here\nhere: pop %eax\nadd $far-here, %eax', ''],
  ['call get', 'R_386_PC32'],
  ['call other@PLT', 'R_386_PLT32'],
  ['mov data@GOT(%ebx), %eax\nmov (%eax), %eax', 'R_386_GOT32X'],
  ['mov data@GOT, %eax', 'R_386_GOT32'],
  ['push data@GOT(%ebx)\npop %eax', 'R_386_GOT32X'],
  ['cmp data@GOT(%ebx), %ecx\nadc data@GOT(%ebx), %eax', 'R_386_GOT32X'],
  ['lea data@GOTOFF(%ebx), %eax', 'R_386_GOTOFF'],
  ['mov %gs:variable@NTPOFF, %eax', 'R_386_TLS_LE'],
  ['mov $variable@TPOFF, %ecx\nmov %gs:0, %eax\nsub %ecx, %eax\nmov (%eax), %eax', 'R_386_TLS_LE_32'],
  ['mov variable@INDNTPOFF, %eax\nmov %gs:(%eax), %eax', 'R_386_TLS_IE'],
  ['mov second@GOTNTPOFF(%ebx), %eax\nmov %gs:(%eax), %eax', 'R_386_TLS_GOTIE'],
  ['mov $data@SIZE, %eax', 'R_386_SIZE32'],
  ['mov table+4, %eax', 'R_386_32'],
];

const X86_64 = [
  ['mov $data+4, %eax', 'R_X86_64_32'],
  ['mov $data+4, %rax', 'R_X86_64_32S'],
  ['movabs $data+4, %rax', 'R_X86_64_64'],
  ['mov data+8(%rip), %rax', 'R_X86_64_PC32'],
  ['call get', ''],
  ['call other@PLT', 'R_X86_64_PLT32'],
  ['mov data@GOTPCREL(%rip), %rax\nmov (%rax), %rax', 'R_X86_64_REX_GOTPCRELX'],
  ['mov data@GOTPCREL(%rip), %eax', 'R_X86_64_GOTPCRELX'],
  ['movzwl data@GOTPCREL(%rip), %eax', 'R_X86_64_GOTPCREL'],
  ['mov %fs:variable@TPOFF, %rax', 'R_X86_64_TPOFF32'],
  ['mov second@GOTTPOFF(%rip), %rax\nmov %fs:(%rax), %rax', 'R_X86_64_GOTTPOFF'],
  ['movabs $variable@TPOFF, %rax\nmov %fs:(%rax), %rax', 'R_X86_64_TPOFF64'],
  ['lea _GLOBAL_OFFSET_TABLE_(%rip), %rcx\nmovabs $data@GOTOFF, %rax\nadd %rcx, %rax', 'R_X86_64_GOTOFF64'],
  ['lea _GLOBAL_OFFSET_TABLE_(%rip), %rcx\nmovabs $data@GOT, %rax\nmov (%rcx,%rax), %rax', 'R_X86_64_GOT64'],
  ['mov distance(%rip), %rax', 'R_X86_64_PC64'],
  ['mov $data@SIZE, %eax', 'R_X86_64_SIZE32'],
  ['movabs $data@SIZE, %rax', 'R_X86_64_SIZE64'],
  ['mov table+4(%rip), %rax', 'R_X86_64_64'],
];

function program(bits: Bits): string {
  const [lines, wide, a] = bits === 32 ? [I386, 4, 'eax'] : [X86_64, 8, 'rax'];
  const body = lines.map(([line = ''], n) => `${line}\nmov %${a}, out+${n * 8}${bits === 32 ? '' : '(%rip)'}`);
  return `.text
.globl f
.type f, @function
f:
${bits === 32 ? 'call 1f\n1: pop %ebx\nadd $_GLOBAL_OFFSET_TABLE_+(.-1b), %ebx' : ''}
${body.join('\n')}
ret
.section .init,"ax"
get: mov $7, %eax
ret
.text
.globl other
other: mov $9, %eax
ret
far: nop
.data
.globl data
.type data, @object
.size data, 24
data: .quad 0x1122334455667788, 0x99aabbccddeeff00, 3
${bits === 64 ? 'distance: .quad far-.' : ''}
${bits === 32 ? 'table: .long 1, f, get' : 'table: .long 1\n.quad f, get'}
.bss
.globl out
out: .skip 512
.section .tdata,"awT",@progbits
.balign 16
.globl variable, second
variable: .${wide === 4 ? 'long' : 'quad'} 0x41424344
second: .${wide === 4 ? 'long' : 'quad'} 0x51525354
.balign 16
`;
}

withBinutils.each([32, 64] as const)(`an object of %i bits${needsBinutils}`, (bits) => {
  let folder = '';
  let object: ElfObject;
  beforeAll(() => {
    const made = assembled(program(bits), bits);
    folder = made.folder;
    object = readElf(made.bytes);
  });

  it('gives what ld gives', () => {
    const ours = layOutRelocatable(object);
    const places = ours.regions
      .filter(({ name }) => /^\.(?:text|init|data|bss)$/.test(name))
      .map(({ name, address }) => `${name} ${address} : { *(${name}) }`);
    const end = Math.max(...ours.regions.filter(({ name }) => name === '.bss').map((one) => one.address + one.size));
    writeFileSync(
      join(folder, 't.ld'),
      `SECTIONS { ${places.join('\n')}\n.tdata ${end + 0x10000} : { *(.tdata) } .got : { *(.got) } .got.plt : { *(.got.plt) } }`,
    );
    const emulation = bits === 32 ? 'elf_i386' : 'elf_x86_64';
    output('ld', ['-m', emulation, '--no-relax', '-T', 't.ld', '-e', 'f', '-o', 't', 't.o'], folder);
    const theirs = loadProgram(readElf(readFileSync(join(folder, 't'))));
    const lines = bits === 32 ? I386 : X86_64;
    const results = [ours, theirs].map((image) => {
      const done = run(image, 'f');
      expect(done.stop).toMatchObject({ reason: 'return' });
      const out = image.symbols.get('out') ?? 0;
      return lines.map(
        ([line = ''], n) => `${line.replaceAll('\n', '; ')}: ${hex(word(done.simulation, out + n * 8, 8))}`,
      );
    });
    expect(results[0]).toEqual(results[1]);
  });

  it('has all those relocations', () => {
    const types = new Set(
      relocationTables(object).flatMap((t) => t.entries.map((one) => nameOfType(object, one.type))),
    );
    const wanted = (bits === 32 ? I386 : X86_64).map(([, type = '']) => type).filter((type) => type !== '');
    expect(wanted.filter((type) => !types.has(type))).toEqual([]);
  });
});

function hex(value: bigint): string {
  return value.toString(16);
}

/** Narrow places hold what lies near enough, which sections of their own never do: by the numbers of the psABI. */
it.each([
  ['i386', 'R_386_16', 0xfff0, 0, 2, 0xfff0n],
  ['i386', 'R_386_16', 0x1_0000, 0, 2, 'R_386_16 against s does not fit its place'],
  ['i386', 'R_386_PC16', 0x1000, 0xf00, 2, 0x100n],
  ['i386', 'R_386_8', 0xff, 0, 1, 0xffn],
  ['i386', 'R_386_PC8', 0x1000, 0x1080, 1, -0x80n],
  ['i386', 'R_386_PC8', 0x1080, 0x1000, 1, 'R_386_PC8 against s does not fit its place'],
  ['x86_64', 'R_X86_64_16', 0xfff0, 0, 2, 0xfff0n],
  ['x86_64', 'R_X86_64_PC16', 0x1000, 0xf00, 2, 0x100n],
  ['x86_64', 'R_X86_64_8', 0x7f, 0, 1, 0x7fn],
  ['x86_64', 'R_X86_64_PC8', 0x1000, 0x1080, 1, -0x80n],
  ['x86_64', 'R_X86_64_32', 0x8000_0000, 0, 4, 0x8000_0000n],
  ['x86_64', 'R_X86_64_32S', 0x8000_0000, 0, 4, 'R_X86_64_32S against s does not fit its place'],
  ['x86_64', 'R_X86_64_PC32', 0x1_8000_0000, 0, 4, 'R_X86_64_PC32 against s does not fit its place'],
  ['x86_64', 'R_X86_64_TLSGD', 0x1000, 0, 4, 'R_X86_64_TLSGD against s'],
] as const)('%s %s of %d at %d', (machine, type, symbol, address, size, expected) => {
  const place = { address, addend: 0n, symbol: { name: 's', address: symbol, size: 8n, threadOffset: undefined } };
  const tables = { got: 0, base: 0, entry: () => 0 };
  const found = relocate(machine, type, place, tables, false);
  expect(found).toEqual(typeof expected === 'string' ? expected : { size, value: expected });
});
