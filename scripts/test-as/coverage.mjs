/**
 * (d) Which mnemonics of a libc's text the table has, and which class the others are of: what the processor calls the
 * extension that brought them (its CPUID feature, as iced-x86 knows it) decides, so that no list here can hide a hole.
 * Everything without a row must stop the simulator with its name.
 */
import { CpuidFeature, Decoder, DecoderOptions, Instruction } from 'iced-x86';
import { disassembledLines, parseLines } from './disassembly.mjs';

/** What an i686 has, and what every x86_64 processor has, without x87, MMX and SSE. */
const BASE = new Set(
  [
    ...['INTEL8086', 'INTEL8086_ONLY', 'INTEL186', 'INTEL286', 'INTEL386', 'INTEL486', 'X64', 'CMOV', 'CX8'],
    ...['CMPXCHG16B', 'MULTIBYTENOP', 'PAUSE', 'CET_IBT', 'SYSCALL', 'INTEL386_ONLY'],
  ].map((name) => CpuidFeature[name]),
);

/** Instructions of the base that ask or set the system, which no program's own arithmetic needs. */
const SYSTEM = /^(?:in|ins|out|outs|cli|sti|iret|lret|sysret|sysexit|sysenter|cpuid|rdtsc|wbinvd|invd)$/;

function classOf(features, word) {
  const names = features.map((one) => CpuidFeature[one]);
  // `fwait` is as old as the processor, and `fstcw` is `fwait` and another: no integer instruction begins with an f.
  if (word.startsWith('f') || names.some((name) => /^(?:FPU|INTEL8087|INTEL287|INTEL387)/.test(name))) return 'x87';
  if (names.some((name) => /^(?:MMX|SSE|SSSE|AVX|AES|PCLMUL|SHA|FMA|F16C|FXSR)/.test(name))) return 'vector';
  if (features.every((one) => BASE.has(one))) return SYSTEM.test(word) ? 'system' : 'integer';
  return names.some((name) => /^(?:BMI|LZCNT|POPCNT|MOVBE|ADX)/.test(name)) ? 'later integer' : 'system';
}

function featuresOf(bytes, target) {
  const decoder = new Decoder(target === 'i386' ? 32 : 64, bytes, DecoderOptions.None);
  const instruction = new Instruction();
  decoder.decodeOut(instruction);
  const features = [...instruction.cpuidFeatures()];
  decoder.free();
  instruction.free();
  return features;
}

/** What the simulator answers to the bytes. */
function refusalOf(bytes, mode, decoder, { createMachine, READ, EXECUTE }) {
  const memory = [
    { start: 0x1000, size: 0x1000, permissions: READ | EXECUTE, fill: (at) => bytes[at - 0x1000] ?? 0x90 },
  ];
  const machine = createMachine({ mode, memory, decode: (code, address) => decoder.decode(code, address) });
  machine.pc = 0x1000;
  const event = machine.step();
  return event?.kind === 'unknown' ? event.reason : undefined;
}

/** Counts of mnemonics (without size suffix) and of lines, by class; what is missing or not refused by its name. */
export function checkCoverage(archive, decoders, library) {
  const { lines, target } = disassembledLines(archive);
  const mode = target === 'i386' ? 'i386' : 'x86_64';
  const texts = lines.map((one) => one.text);
  const statements = parseLines(texts, library);
  const covered = new Set();
  const outside = new Map();
  const failures = [];
  lines.forEach((line, n) => {
    const { instruction } = statements[n] ?? {};
    if (!instruction || line.text.includes('(bad)')) return;
    const checked = library.check(instruction, mode);
    if (checked.ok) {
      covered.add(checked.match.row.name);
      return;
    }
    const { mnemonic } = instruction;
    const kind = classOf(featuresOf(line.bytes, target), instruction.base);
    if (kind === 'integer') failures.push(`no row for ${line.text}`);
    const known = outside.get(kind) ?? { words: new Set(), lines: 0 };
    outside.set(kind, known);
    known.lines += line.times;
    if (known.words.has(mnemonic)) return;
    known.words.add(mnemonic);
    const reason = refusalOf(line.bytes, mode, decoders[mode], library);
    if (reason === undefined || !/^unknown instruction \w+$/.test(reason)) {
      failures.push(`the simulator does not refuse ${line.text} by its name: ${reason}`);
    }
  });
  return { target, covered: covered.size, outside, failures };
}
