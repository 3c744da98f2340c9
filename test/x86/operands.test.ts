import { operands, shown } from './support.js';

const register = (name: string) => ({ k: 'register', name });
const int = (value: bigint) => ({ k: 'int', value });
const symbol = (name: string) => ({ k: 'symbol', name });

test('immediates', () => {
  expect(operands('int $128')).toEqual([{ k: 'immediate', value: int(128n) }]);
  expect(operands('cmp $-4095, %eax')[0]).toEqual({
    k: 'immediate',
    value: { k: 'unary', operator: '-', of: int(4095n) },
  });
  expect(operands('testb $MASK, (%eax)')[0]).toEqual({ k: 'immediate', value: symbol('MASK') });
  expect(operands('andl $~MASK, %eax')[0]).toEqual({
    k: 'immediate',
    value: { k: 'unary', operator: '~', of: symbol('MASK') },
  });
  expect(operands('andl $(A|B), %eax')[0]).toMatchObject({ value: { operator: '|', left: symbol('A') } });
  expect(operands('movl $((1 << 0) | (1 << 2)), %eax')[0]).toMatchObject({ value: { operator: '|' } });
  expect(operands('addl $[1f-1b],(%esp)')[0]).toMatchObject({ value: { operator: '-' } });
  expect(operands('addl $4f-1b,(%esp)')[0]).toMatchObject({ value: { left: { label: '4', direction: 'f' } } });
});

test.each([
  ['(%ecx)', { base: 'ecx', scale: 1 }],
  ['4(%esp)', { displacement: int(4n), base: 'esp', scale: 1 }],
  ['-8(%ebp)', { displacement: { k: 'unary', operator: '-', of: int(8n) }, base: 'ebp', scale: 1 }],
  ['sym(%ebx)', { displacement: symbol('sym'), base: 'ebx', scale: 1 }],
  ['(%eax,%ebx)', { base: 'eax', index: 'ebx', scale: 1 }],
  ['(%eax,%ebx,)', { base: 'eax', index: 'ebx', scale: 1 }],
  ['3(,%edx,8)', { displacement: int(3n), index: 'edx', scale: 8 }],
  ['( %eax , %ebx , 4 )', { base: 'eax', index: 'ebx', scale: 4 }],
  ['table(,1)', { displacement: symbol('table'), scale: 1 }],
  ['%gs:16', { segment: 'gs', displacement: int(16n), scale: 1 }],
  ['%fs:(%rax)', { segment: 'fs', base: 'rax', scale: 1 }],
  ['%fs:x@tpoff', { segment: 'fs', displacement: { k: 'symbol', name: 'x', modifier: 'tpoff' }, scale: 1 }],
  ['x@GOTPCREL(%rip)', { displacement: { k: 'symbol', name: 'x', modifier: 'gotpcrel' }, base: 'rip', scale: 1 }],
  ['sym', { displacement: symbol('sym'), scale: 1 }],
  ['0x10', { displacement: int(16n), scale: 1 }],
])('memory %s', (text, expected) => {
  expect(operands(`mov ${text}, %eax`)[0]).toEqual({ k: 'memory', ...expected });
});

test('a parenthesis may open a displacement instead of an address', () => {
  expect(operands('mov (4*(n)+24)(%esp), %eax')[0]).toMatchObject({
    k: 'memory',
    base: 'esp',
    displacement: { operator: '+' },
  });
  expect(operands('mov 5*4(%edi), %eax')[0]).toMatchObject({
    k: 'memory',
    base: 'edi',
    displacement: { operator: '*' },
  });
  expect(operands('mov (8), %eax')[0]).toEqual({ k: 'memory', displacement: int(8n), scale: 1 });
});

test('targets of jumps and calls', () => {
  expect(operands('jmp __cancel')).toEqual([{ k: 'target', value: symbol('__cancel') }]);
  expect(operands('call f@PLT')).toEqual([{ k: 'target', value: { k: 'symbol', name: 'f', modifier: 'plt' } }]);
  expect(operands('jnz 1f')).toEqual([{ k: 'target', value: { k: 'numeric', label: '1', direction: 'f' } }]);
  expect(operands('jmp *%eax')).toEqual([{ k: 'indirect', through: register('eax') }]);
  expect(operands('call * %gs:16')).toEqual([
    { k: 'indirect', through: { k: 'memory', segment: 'gs', displacement: int(16n), scale: 1 } },
  ]);
  expect(operands('jmp *table(,%eax,4)')).toEqual([
    { k: 'indirect', through: { k: 'memory', displacement: symbol('table'), index: 'eax', scale: 4 } },
  ]);
});

test('registers', () => {
  expect(operands('fxch %st(1)')).toEqual([register('st(1)')]);
  expect(operands('fxch %st ( 3 )')).toEqual([register('st(3)')]);
  expect(operands('fld %st')).toEqual([register('st')]);
  expect(operands('mov %GS, %AX')).toEqual([register('gs'), register('ax')]);
  expect(operands('mov % eax, %r10d')).toEqual([register('eax'), register('r10d')]);
});

test('AVX-512 decorations and rounding', () => {
  expect(operands('vmovdqu8 (%rsi), %zmm16{%k1}{z}')).toEqual([
    { k: 'memory', base: 'rsi', scale: 1 },
    { k: 'register', name: 'zmm16', decorations: ['k1', 'z'] },
  ]);
  expect(operands('vaddps (%rax){1to16}, %zmm0, %zmm1')[0]).toMatchObject({ decorations: ['1to16'] });
  expect(operands('vaddps {rn-sae}, %zmm0, %zmm1, %zmm2')[0]).toEqual({ k: 'rounding', mode: 'rn-sae' });
  expect(shown('vaddps %zmm0, %zmm1{%k9}')).toEqual(['?? unknown decoration {k9}']);
});

test.each([
  ['mov %foo, %eax', 'unknown register %foo'],
  ['mov (%eax, %ebx', 'missing )'],
  ['mov (%eax,%ebx,3), %ecx', 'scale must be 1, 2, 4 or 8'],
  ['mov (), %ecx', 'empty address'],
  ['mov %eax:4, %ecx', '%eax is no segment register'],
  ['mov %eax %ebx', 'text after an operand'],
  ['mov %eax,', 'missing expression'],
  ['mov , %eax', 'not an expression'],
  ['mov $, %eax', 'not an expression'],
])('%s is unknown: %s', (text, reason) => {
  expect(shown(text)).toEqual([`?? ${reason}`]);
});
