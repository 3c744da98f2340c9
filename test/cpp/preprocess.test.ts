import { Sources } from '../support/sources.js';
import type { PreprocessRequest } from '../../src/cpp/preprocess.js';

/** The text that is left of a file, blanks and empty lines squeezed. */
function left(
  text: string,
  request: Partial<PreprocessRequest> = {},
  others: Readonly<Record<string, string>> = {},
): string {
  const sources = new Sources({ ...others, 'src/f.c': text });
  return sources.prepare('src/f.c', request).text.replace(/\s+/g, ' ').trim();
}

const arms = (text: string): number => new Sources({ 'src/f.c': text }).preprocess('src/f.c').arms;
const variants = (text: string, count: number): string[] =>
  Array.from({ length: count }, (_, variant) => left(text, { variant }));

describe('conditionals', () => {
  test.each<[string, string]>([
    ['#if 1\na\n#else\nb\n#endif\nc', 'a c'],
    ['#if 0\na\n#else\nb\n#endif\nc', 'b c'],
    ['#if 0\na\n#elif 1\nb\n#elif 1\nc\n#else\nd\n#endif', 'b'],
    ['#ifdef __x86_64__\na\n#endif\n#ifndef __x86_64__\nb\n#endif', 'a'],
    ['#if 0\n#if 1\na\n#else\nb\n#endif\nc\n#else\nd\n#endif', 'd'],
    ['#if 1 \\\n && 0\na\n#endif\nb', 'b'],
    ['#if 1 /* x\n y */ && 0\na\n#endif\nb', 'b'],
    ['#if 1 // no\na\n#endif', 'a'],
    ['#if 0 // no\na\n#endif // x\nb', 'b'],
    ['#ifdef /* the target */ __x86_64__ // is it\na\n#endif', 'a'],
    ['/* c */ #if 0\na\n#endif\nb', 'b'],
    ['a\n#endif\nb\n#else\nc', 'a b c'],
    ['#if 1\na', 'a'],
    ['#if 0\na', ''],
    ['# 1 "x.c"\n#\n#pragma once\n#include <x.h>\n#error don\'t\na', 'a'],
    ['int f(int a\n#if 0\n, int b\n#endif\n);', 'int f(int a );'],
  ])('%j leaves %j', (text, expected) => {
    expect(left(text)).toBe(expected);
  });

  test('that are all decided have one meaning', () => {
    expect(arms('#if 1\na\n#else\nb\n#endif')).toBe(0);
  });

  test('that nothing decides have a meaning for each arm', () => {
    const text = '#if X\na\n#elif Y\nb\n#else\nc\n#endif\nd';
    expect(arms(text)).toBe(3);
    expect(variants(text, 4)).toEqual(['a d', 'b d', 'c d', 'c d']);
  });

  test('without #else have the meaning of nothing too', () => {
    expect(arms('#if X\na\n#endif')).toBe(2);
    expect(variants('#if X\na\n#endif\nb', 3)).toEqual(['a b', 'b', 'b']);
  });

  test('with an arm that certainly holds have no meaning behind it', () => {
    const text = '#if X\na\n#elif 1\nb\n#elif Y\nc\n#else\nd\n#endif';
    expect(arms(text)).toBe(2);
    expect(variants(text, 3)).toEqual(['a', 'b', 'b']);
  });

  test.each<[string, string[], number]>([
    ['if (c)\n#if X\na;\n#elif Y\nb;\n#endif\nd;', ['if (c) a; d;', 'if (c) b; d;', 'if (c) b; d;'], 2],
    ['else\n#if X\na;\n#endif\nd;', ['else a; d;', 'else a; d;'], 1],
    ['if (c)\n#if X\na; else\n#endif\nd;', ['if (c) a; else d;', 'if (c) d;'], 2],
    ['MACRO (c)\n#if X\na;\n#endif\nd;', ['MACRO (c) a; d;', 'MACRO (c) d;'], 2],
  ])('the body of an if is there whatever is decided: %j', (text, meanings, count) => {
    expect(variants(text, meanings.length)).toEqual(meanings);
    expect(arms(text)).toBe(count);
  });

  test('with an arm that certainly does not hold skip it', () => {
    expect(variants('#if X\na\n#elif 0\nb\n#elif Y\nc\n#endif', 3)).toEqual(['a', 'c', '']);
  });

  test('take the same number of arm in each group, the last where there are fewer', () => {
    const text = '#if X\na\n#else\nb\n#endif\n#if Y\nc\n#elif Z\nd\n#else\ne\n#endif';
    expect(arms(text)).toBe(3);
    expect(variants(text, 3)).toEqual(['a c', 'b d', 'b e']);
  });

  test.each<[string, string[], number]>([
    ['#ifdef X\na\n#else\n# error "no"\n#endif', ['a', 'a'], 1],
    ['#if X\na\n#elif Y\nb\n#else\n#error\n#endif', ['a', 'b', 'b'], 2],
    ['#if X\n#error\n#endif\na', ['a', 'a'], 0],
    ['#if X\n#error\n#else\na\n#endif', ['a', 'a'], 0],
    ['#if X\n#if Y\n#error\n#endif\na\n#endif', ['a', ''], 2],
    ['#if 1\na\n#error\n#endif', ['a', 'a'], 0],
  ])('an undecided arm in which the build stops is none: %j', (text, meanings, count) => {
    expect(variants(text, meanings.length)).toEqual(meanings);
    expect(arms(text)).toBe(count);
  });

  test('inside an arm that is not taken have no meanings', () => {
    expect(arms('#if 0\n#if X\na\n#endif\n#endif')).toBe(0);
    expect(arms('#if X\n#if Y\na\n#elif Z\nb\n#endif\n#endif')).toBe(3);
  });

  test('that the file does not close have their meanings all the same', () => {
    expect(arms('#if X\na\n#else\nb')).toBe(2);
    expect(variants('#if X\na\n#else\nb', 2)).toEqual(['a', 'b']);
  });

  test('of an include guard hold, even when other files define the name', () => {
    expect(left('#ifndef F_H\n#define F_H\na\n#endif', {}, { 'src/g.h': '#define F_H' })).toBe('a');
    expect(arms('#ifndef F_H /* x */\n\n# define F_H 1\na\n#endif')).toBe(0);
    expect(arms('#ifndef F_H\n#define G_H\na\n#endif')).toBe(2);
  });
});

describe('definitions', () => {
  test('hold from where they stand', () => {
    expect(left('#define A 1\nA\n#undef A\nA\n#define A 2\nA')).toBe('1 A 2');
  });

  test('of other files hold everywhere, until the file says otherwise', () => {
    expect(left('A\n#undef A\nA', {}, { 'src/a.h': '#define A 1' })).toBe('1 A');
  });

  test('in an arm that is not taken do not hold', () => {
    expect(left('#if 0\n#define A 1\n#undef B\n#endif\nA B', {}, { 'src/b.h': '#define B 2' })).toBe('A 2');
  });

  test('may go over lines', () => {
    expect(left('#define F(x) x \\\n + 1\n#define G 2 /* x\n y */ + 3\nF(1) G')).toBe('1 + 1 2 + 3');
  });

  test('decide the conditionals behind them', () => {
    expect(left('#define A\n#ifdef A\na\n#endif\n#undef A\n#ifdef A\nb\n#endif')).toBe('a');
    expect(left('#define A 0x10\n#if A == 16\na\n#endif\n#define B (2) /* x */\n#if B > 1\nb\n#endif')).toBe('a b');
    expect(left('#define A 010\n#if A == 8\na\n#endif')).toBe('a');
    expect(left('#undef A\n#if A\na\n#else\nb\n#endif', {}, { 'src/a.h': '#define A 1' })).toBe('b');
  });

  test('of the file decide before those of the tree', () => {
    expect(left('#define A 1\n#if A == 1\na\n#endif', {}, { 'src/a.h': '#define A 2' })).toBe('a');
    // Twice defined with one value elsewhere: the file's own is still what holds.
    expect(left('#undef A\n#define A 3\n#if A == 3\na\n#endif', {}, { 'src/a.h': '#define A 2' })).toBe('a');
  });

  test('are expanded only as the caller wants', () => {
    const others = { 'src/a.h': '#define A B\n#define B 1' };
    expect(left('A B', { expands: (d) => d.name === 'A' }, others)).toBe('B B');
    expect(left('A B', { expands: (_, inside) => !inside }, others)).toBe('B 1');
    expect(left('A', { visible: () => false }, others)).toBe('A');
  });
});

describe('in assembly', () => {
  test('a # is a directive only before the name of one', () => {
    const text = "# a comment, isn't it\n#define A 1\n#if 0\nx\n#endif\nmov $A, %eax # if A\n";
    expect(left(text, { dialect: 'asm' })).toBe("# a comment, isn't it mov $1, %eax # if 1");
  });

  test('what only another source defines is not defined, unlike what the build may give', () => {
    const others = { 'src/recv.S': '#define NEED_CANCELLATION 1', 'src/a.h': '#define OWN 1' };
    const text = '#ifdef NEED_CANCELLATION\nb\n#else\nc\n#endif\n#ifdef OWN\nd\n#endif\n#ifdef NOBODY\ne\n#endif\n';
    const asked = { dialect: 'asm', visible: (d: { file: string }) => d.file === 'src/a.h' } as const;
    expect(left(text, asked, others)).toBe('c d e');
    expect(left(text, { dialect: 'asm' }, others)).toBe('b d e');
  });

  test('a line ends a macro that is used without brackets', () => {
    expect(left('#define F(x) <x>\nF\n(1)', { dialect: 'asm' })).toBe('F (1)');
  });
});
