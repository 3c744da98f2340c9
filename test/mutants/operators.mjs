/** What is done to a correct wrapper: each operator yields mutants of its lines, with a name of their own. */

import { OWN } from './handler.mjs';

export const isLabel = (line) => line.endsWith(':');
const isCode = (line) => !isLabel(line);

/** Registers that stand in for each other, in rings. */
const RINGS = {
  i386: [['%eax', '%ebx', '%ecx', '%edx', '%esi', '%edi', '%ebp']],
  x86_64: [
    ['%rax', '%rbx', '%rcx', '%rdx', '%rsi', '%rdi', '%rbp', '%r8', '%r9', '%r10', '%r11', '%r12', '%r13', '%r14'],
    ['%eax', '%ebx', '%ecx', '%edx', '%r8d', '%r10d', '%r11d', '%r12d'],
  ],
};
const WORD = { i386: 4, x86_64: 8 };
const SYSCALL = { i386: 'int $0x80', x86_64: 'syscall' };

function without(lines, i) {
  return [...lines.slice(0, i), ...lines.slice(i + 1)];
}
function inserted(lines, i, ...more) {
  return [...lines.slice(0, i), ...more, ...lines.slice(i)];
}
const positions = (lines, wanted = isCode) => lines.flatMap((line, i) => (wanted(line) ? [i] : []));

/** Labels stand some instructions earlier or later. */
function* labelsMoved(lines) {
  for (const [label, most] of [
    ['__cp_begin:', 3],
    ['__cp_end:', 4],
    ['__cp_cancel:', 2],
  ]) {
    const from = lines.indexOf(label);
    const rest = without(lines, from);
    for (let by = -most; by <= most; by++) {
      if (by === 0) continue;
      /* Over so many instructions; labels on the way are stepped over. */
      let at = from;
      for (let left = Math.abs(by); left > 0 && at >= 0 && at <= rest.length;) {
        const over = by > 0 ? rest[at] : rest[at - 1];
        if (over === undefined || over === '__syscall_cp_asm:') at = -1;
        else {
          if (isCode(over)) left--;
          at += Math.sign(by);
        }
      }
      if (at >= 0 && at <= rest.length)
        yield [`${label.slice(2, -1)}${by > 0 ? '+' : ''}${by}`, inserted(rest, at, label)];
    }
  }
}

function* removed(lines) {
  for (const i of positions(lines)) yield [`remove-${i}`, without(lines, i)];
}

function* swapped(lines) {
  for (let i = 0; i + 1 < lines.length; i++) {
    if (isLabel(lines[i]) || isLabel(lines[i + 1]) || lines[i] === lines[i + 1]) continue;
    yield [`swap-${i}`, [...lines.slice(0, i), lines[i + 1], lines[i], ...lines.slice(i + 2)]];
  }
}

function* duplicated(lines) {
  for (const i of positions(lines)) {
    if (!/^(jmp|ret|test|cmp)/.test(lines[i])) yield [`twice-${i}`, inserted(lines, i, lines[i])];
  }
}

function* registersReplaced(lines, target) {
  for (const i of positions(lines)) {
    for (const [n, register] of [...lines[i].matchAll(/%\w+/g)].map((match, k) => [k, match])) {
      const ring = RINGS[target].find((one) => one.includes(register[0]));
      if (ring === undefined) continue;
      const other = ring[(ring.indexOf(register[0]) + 1 + (i % 3)) % ring.length];
      const { index } = register;
      yield [
        `register-${i}.${n}`,
        lines.with(i, lines[i].slice(0, index) + other + lines[i].slice(index + register[0].length)),
      ];
    }
  }
}

function* offsetsMoved(lines, target) {
  for (const i of positions(lines, (line) => /\(%/.test(line))) {
    for (const by of [-WORD[target], WORD[target]]) {
      const line = lines[i].replace(/(-?\d*)\(/, (_, old) => `${Number(old) + by}(`);
      yield [`offset-${i}${by > 0 ? '+' : ''}${by}`, lines.with(i, line)];
    }
  }
}

/** What is read of the flag, and how wide moves and comparisons are. */
function* widths(lines, target) {
  for (const i of positions(lines)) {
    const line = lines[i];
    const load = /^mov (\(%\w+\)),%(\w+)$/.exec(line);
    const compare = /^cmpl (.*)$/.exec(line);
    const move = /^mov %(r\w+),%(r\w+)$/.exec(line);
    if (compare) {
      for (const suffix of target === 'i386' ? ['b', 'w'] : ['b', 'w', 'q']) {
        yield [`width-${i}${suffix}`, lines.with(i, `cmp${suffix} ${compare[1]}`)];
      }
    } else if (load && /^(e|r11d)/.test(load[2])) {
      yield [`width-${i}b`, lines.with(i, `movzbl ${load[1]},%${load[2]}`)];
      yield [`width-${i}w`, lines.with(i, `movzwl ${load[1]},%${load[2]}`)];
      yield [`width-${i}sb`, lines.with(i, `movsbl ${load[1]},%${load[2]}`)];
      if (target === 'x86_64') {
        const wide = load[2] === 'eax' ? 'rax' : load[2].replace(/d$/, '');
        const next = lines[i + 1].replaceAll(`%${load[2]}`, `%${wide}`);
        yield [`width-${i}q`, lines.with(i, `mov ${load[1]},%${wide}`).with(i + 1, next)];
      }
    } else if (move) {
      const half = (name) => (/^r\d+$/.test(name) ? `${name}d` : `e${name.slice(1)}`);
      yield [`width-${i}l`, lines.with(i, `mov %${half(move[1])},%${half(move[2])}`)];
    } else if (target === 'x86_64' && /^mov \d+\(%\w+\),%r\d$/.test(line)) {
      yield [`width-${i}l`, lines.with(i, `${line}d`)];
    } else if (/^mov \d+\(%\w+\),%e/.test(line)) {
      yield [`width-${i}w`, lines.with(i, line.replace(/^mov (.*),%e/, 'mov $1,%'))];
    } else if (/^test %e/.test(line)) {
      yield [`width-${i}b`, lines.with(i, 'test %al,%al')];
      yield [`width-${i}h`, lines.with(i, 'test %ah,%ah')];
    }
  }
}

function* conditions(lines) {
  for (const i of positions(lines, (line) => /^j(n?[ez]) /.test(line))) {
    const [mnemonic, to] = lines[i].split(' ');
    const opposite = mnemonic[1] === 'n' ? 'je' : 'jne';
    for (const other of [opposite, 'js', 'jg', 'jc', 'jmp'])
      yield [`condition-${i}${other}`, lines.with(i, `${other} ${to}`)];
  }
  for (const i of positions(lines, (line) => /^j\w+ __cp_cancel$/.test(line))) {
    for (const label of ['__cp_begin', '__cp_end', '__cancel']) {
      yield [`jump-${i}${label}`, lines.with(i, lines[i].replace('__cp_cancel', label))];
    }
  }
}

/** The flag is not asked. */
function* untested(lines) {
  const jump = lines.findIndex((line) => /^j\w+ __cp_cancel$/.test(line));
  const end = jump + 1;
  for (let from = jump - 1; from > 0 && isCode(lines[from]); from--) {
    yield [`untested-${from}`, [...lines.slice(0, from), ...lines.slice(end)]];
  }
}

/** Something more stands in the window, or around it. */
function* inserts(lines, target) {
  const flag = /\((%\w+)\)/.exec(lines.find((line) => /^(mov|cmpl \$0,) ?\((%\w+)\)/.test(line)) ?? '')?.[1] ?? '%rdi';
  const begin = lines.indexOf('__cp_begin:');
  const end = lines.indexOf('__cp_end:');
  const cancel = lines.indexOf('__cp_cancel:');
  const jump = lines.findIndex((line) => /^j\w+ __cp_cancel$/.test(line));
  /* Behind the test, whichever way it jumps. */
  const tested = lines[jump].startsWith('jmp ') ? jump + 2 : jump + 1;
  const places = { begin: begin + 1, tested, before: end - 1, behind: end, after: end + 1, cancel: cancel + 1 };
  const [sp, ax, bx] = target === 'i386' ? ['%esp', '%eax', '%ebx'] : ['%rsp', '%rax', '%rbx'];
  const word = WORD[target];
  for (const [name, at] of Object.entries(places)) {
    const also = (what, ...more) => [`${what}-${name}`, inserted(lines, at, ...more)];
    yield also('nop', 'nop');
    yield also('std', 'std');
    yield also('push', `push ${bx}`);
    yield also('drop', `lea ${word}(${sp}),${sp}`);
    yield also('clobber', `mov $7,${bx}`);
    yield also('count', 'incl __cp_calls');
    yield also('store', `mov ${ax},__cp_calls+${word}`);
    /* What a function of another file does to the caller cannot be known outside the window. */
    if (name !== 'after' && name !== 'cancel') yield also('call', 'call __cp_trace');
    yield also('note', `call ${OWN}`);
    yield also('padding', '.balign 64');
    yield also('syscall', SYSCALL[target]);
    yield also('pushed', `push ${bx}`, `pop ${bx}`);
    yield also('moved', `sub $${4 * word},${sp}`, `add $${4 * word},${sp}`);
    if (name === 'begin' || name === 'tested') yield also('own-flag', `orl $0x100,8(${flag})`);
  }
  yield ['stale', inserted(lines, begin, `mov (${flag}),%eax`, 'test %eax,%eax', 'jne __cp_cancel')];
  const entry = lines.findIndex((line) => line === SYSCALL[target]);
  if (target === 'i386') yield ['vdso', lines.with(entry, 'call *%gs:16')];
  yield ['skipped', inserted(lines, entry, `jmp 3f`).toSpliced(entry + 2, 0, '3:')];
  yield ['cld-std', inserted(lines, entry, 'std').toSpliced(entry + 2, 0, 'cld')];
  yield ['no-jump', lines.with(-1, 'call __cancel')];
  yield ['cancel-returns', lines.with(-1, 'ret')];
  yield ['result-32', inserted(lines, end + 1, 'mov %eax,%eax')];
  yield ['result-lost', inserted(lines, end + 1, 'xor %eax,%eax')];
}

/** By name, in the order in which they are applied. */
export const OPERATORS = {
  labelsMoved,
  removed,
  swapped,
  duplicated,
  registersReplaced,
  offsetsMoved,
  widths,
  conditions,
  untested,
  inserts,
};
