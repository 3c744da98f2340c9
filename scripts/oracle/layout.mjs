/** Where the memory of vectors lies and what it holds: the same facts as in test/oracle/step.c and lines.c. */

export const PAGE = 4096;
export const CODE = 0x08048000;
export const DATA = 0x10000000;
export const STACK = 0xbfff0000;
export const TLS = 0xb7f00000;

/** Where the instruction lies unless a vector says otherwise. */
export const START = CODE + PAGE / 2;

export const NAMES = {
  32: ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'],
  64: [
    ...['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi'],
    ...['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'],
  ],
};

export const AX = 0;
export const CX = 1;
export const DX = 2;
export const BX = 3;
export const SP = 4;
export const BP = 5;
export const SI = 6;
export const DI = 7;

/** What registers hold that a vector leaves out. */
export const DEFAULTS = [
  ...[0x11111111n, 0x22222222n, 0x33333333n, 0x44444444n, 0xbfff0800n, 0xbfff0900n, 0x10000100n, 0x10000200n],
  ...[0x8888888888888888n, 0x9999999999999999n, 0xaaaaaaaaaaaaaaaan, 0xbbbbbbbbbbbbbbbbn],
  ...[0xccccccccccccccccn, 0xddddddddddddddddn, 0xeeeeeeeeeeeeeeeen, 0xffffffffffffffffn],
];

/** The selectors that a vector starts with. `%gs` of 32-bit mode is the kernel's first thread-local descriptor. */
export const SELECTORS = {
  32: { es: 0x2b, cs: 0x23, ss: 0x2b, ds: 0x2b, fs: 0, gs: 0x63 },
  64: { es: 0, cs: 0x33, ss: 0x2b, ds: 0, fs: 0, gs: 0 },
};

/** The byte at an address before a vector's own bytes are put there; undefined where nothing is mapped. */
export function background(address) {
  if (address >= CODE && address < CODE + PAGE) return 0xcc;
  if ([DATA, STACK, TLS].some((base) => address >= base && address < base + PAGE)) {
    return Math.imul(address, 0x9e3779b1) >>> 24;
  }
  return undefined;
}
