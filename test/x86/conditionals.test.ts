import { shown } from './support.js';

const choose = (condition: string, before = ''): string[] => shown(`${before}\n${condition}\nret\n.else\nhlt\n.endif`);

test.each([
  ['.if 1', true],
  ['.if 2 > 3', false],
  ['.if (1 << 3) == 8', true],
  ['.ifeq 0', true],
  ['.ifne 0', false],
  ['.ifge 0', true],
  ['.ifgt 0', false],
  ['.ifle 0', true],
  ['.iflt -1', true],
  ['.ifc a b,a b', true],
  ['.ifnc a,a', false],
  ['.ifc "a",a', true],
  ['.ifeqs "x","x"', true],
  ['.ifb', true],
  ['.ifnb x', true],
  ['.ifdef nothing', false],
  ['.ifndef nothing', true],
])('%s', (condition, holds) => {
  expect(choose(condition)).toEqual([holds ? 'ret' : 'hlt']);
});

test('symbols that were set or defined before', () => {
  expect(choose('.ifdef f', 'f:').at(-1)).toBe('ret');
  expect(choose('.if n == 3', 'n = 3').at(-1)).toBe('ret');
});

test('.elseif, and conditionals inside dead ones', () => {
  const text = (n: number) => `n=${String(n)}\n.if n==1\nret\n.elseif n==2\nhlt\n.elseif n==2\nnop\n.else\nud2\n.endif`;
  expect(shown(text(1)).slice(1)).toEqual(['ret']);
  expect(shown(text(2)).slice(1)).toEqual(['hlt']);
  expect(shown(text(3)).slice(1)).toEqual(['ud2']);
  expect(shown('.if 0\n.if 1\nret\n.else\nret\n.endif\n???\n.else\nhlt\n.endif')).toEqual(['hlt']);
});

test('a condition that cannot be decided makes one unknown statement, and neither arm is taken for true', () => {
  expect(choose('.if 1f - 0b > 5')).toEqual(['?? condition cannot be decided']);
  expect(choose('.if SOME_CONSTANT')).toEqual(['?? condition cannot be decided']);
});

test('what does not match up is told', () => {
  expect(shown('.endif')).toEqual(['?? .endif without .if']);
  expect(shown('.else')).toEqual(['?? .else without .if']);
  expect(shown('.endm\n.endr\n.exitm')).toEqual([
    '?? .endm without its beginning',
    '?? .endr without its beginning',
    '?? .exitm outside a macro',
  ]);
});
