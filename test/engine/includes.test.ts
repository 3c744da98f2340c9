import { Includes } from '../../src/engine/includes.js';

const closure = (files: Readonly<Record<string, string>>, ...from: string[]): string[] =>
  [...new Includes(new Map(Object.entries(files))).closure(...from)].sort();

describe('the files that a file may include', () => {
  test('are those whose paths end in the name, and the file itself', () => {
    const files = {
      'src/a.S': '#include <sys/asm.h>\n#include "b.h"\n',
      'include/sys/asm.h': '',
      'arch/i386/sys/asm.h': '',
      'include/asm.h': '',
      'src/b.h': '',
      'src/xb.h': '',
    };
    expect(closure(files, 'src/a.S')).toEqual(['arch/i386/sys/asm.h', 'include/sys/asm.h', 'src/a.S', 'src/b.h']);
  });

  test('are found through others, and in circles', () => {
    const files = {
      'a.h': '#include "b.h"',
      'b.h': '#include_next <c.h>',
      'c.h': '#include "a.h"',
      'd.h': '#include "a.h"',
    };
    expect(closure(files, 'a.h')).toEqual(['a.h', 'b.h', 'c.h']);
  });

  test('may be written in any way', () => {
    const files = {
      'a.S': ' # include "../x/one.h"\r\n#include\t<./two.h>\n\t#\tinclude_next <three.h> /* why */\n',
      'x/one.h': '',
      'two.h': '',
      'three.h': '',
    };
    expect(closure(files, 'a.S')).toEqual(['a.S', 'three.h', 'two.h', 'x/one.h']);
  });

  test('may lie in the tree as the template that they are made from', () => {
    expect(closure({ 'a.S': '#include <bits/syscall.h>', 'arch/i386/bits/syscall.h.in': '' }, 'a.S')).toEqual([
      'a.S',
      'arch/i386/bits/syscall.h.in',
    ]);
  });

  test('are none for a macro, a name that is not there, and a word in a comment', () => {
    const files = {
      'a.S': '#include HEADER\n#include <none.h>\nno #include "b.h"\n#included "b.h"\n#include "b.h\n',
      'b.h': '',
    };
    expect(closure(files, 'a.S')).toEqual(['a.S']);
  });

  test('may be asked for several at once, present or not', () => {
    expect(closure({ 'a.h': '', 'b.h': '#include "c.h"', 'c.h': '' }, 'a.h', 'b.h', 'none.h')).toEqual([
      'a.h',
      'b.h',
      'c.h',
      'none.h',
    ]);
  });
});
