/** Reads and writes the lines of vectors and answers (test/oracle/README.md), and those of the stored vectors. */
import { DEFAULTS, NAMES, START } from './layout.mjs';

/** What an answer can say besides registers; the undefined parts of an answer are `{ flags, registers, memory }`. */
export const NOTHING_UNDEFINED = { flags: 0, registers: [], memory: [] };

/** The state that a vector's line describes, as far as an answer can change it. */
export function readVector(line) {
  const [, code = '', ...words] = line.split(' ');
  const bits = words.includes('bits=64') ? 64 : 32;
  const registers = DEFAULTS.slice(0, NAMES[bits].length);
  let flags = 0x202;
  for (const word of words) {
    const [name, value] = word.split('=');
    const register = NAMES[bits].indexOf(name);
    if (register >= 0) registers[register] = BigInt(`0x${value}`);
    else if (name === 'fl') flags = (parseInt(value, 16) & 0xcd5) | 0x202;
  }
  return { bits, next: BigInt(START + code.length / 2), registers, flags };
}

/** The parts of an answer's line. Words that it leaves out are taken from `before`, when that is given. */
export function readAnswer(line, before) {
  const [id, outcome = '', ...words] = line.split(' ');
  const answer = {
    id,
    outcome,
    error: '',
    cr2: undefined,
    ip: before?.next,
    registers: before ? [...before.registers] : [],
    flags: before?.flags ?? 0,
    steps: undefined,
    memory: new Map(),
    /** Of a stored answer. */
    undefined: { flags: 0, registers: [], memory: [] },
    rest: [],
  };
  if (outcome === 'unknown') {
    answer.rest = words;
    return answer;
  }
  for (const word of words) readWord(answer, word);
  return answer;
}

function readWord(answer, word) {
  const equals = word.indexOf('=');
  const name = word.slice(0, equals);
  const value = word.slice(equals + 1);
  const colon = value.indexOf(':');
  const register = Math.max(NAMES[32].indexOf(name), NAMES[64].indexOf(name));
  if (register >= 0) answer.registers[register] = BigInt(`0x${value}`);
  else if (name === 'm') {
    const address = parseInt(value, 16);
    for (let i = colon + 1, n = 0; i < value.length; i += 2, n++) {
      answer.memory.set(address + n, parseInt(value.slice(i, i + 2), 16));
    }
  } else if (name === 'eip' || name === 'rip') answer.ip = BigInt(`0x${value}`);
  else if (name === 'fl') answer.flags = parseInt(value, 16);
  else if (name === 'err') answer.error = parseInt(value, 16).toString(16);
  else if (name === 'cr2') answer.cr2 = BigInt(`0x${value}`);
  else if (name === 'steps') answer.steps = parseInt(value, 16);
  else if (name === 'uf') answer.undefined.flags = parseInt(value, 16);
  else if (name === 'ur') {
    answer.undefined.registers.push({ name: value.slice(0, colon), mask: BigInt(`0x${value.slice(colon + 1)}`) });
  } else if (name === 'um') {
    answer.undefined.memory.push({ address: parseInt(value, 16), length: parseInt(value.slice(colon + 1), 16) });
  } else answer.rest.push(word);
}

/** What of an answer is undefined: nothing after a fault, which leaves everything as it was. */
export function undefinedIn(answer, undefined_) {
  return answer.outcome === 'ok' ? undefined_ : NOTHING_UNDEFINED;
}

/** Takes out of an answer, in place, what is undefined in it. */
export function mask(answer, bits, undefined_) {
  answer.flags &= ~undefined_.flags;
  for (const { name, mask } of undefined_.registers) answer.registers[NAMES[bits].indexOf(name)] &= ~mask;
  for (const { address, length } of undefined_.memory) {
    for (let i = 0; i < length; i++) answer.memory.delete(address + i);
  }
}

const hex = (value) => value?.toString(16);

/** How two answers to one vector differ outside what is undefined: a list of `what: native, simulated`. */
export function differences(native, simulated, bits, undefined_) {
  const found = [];
  const compare = (what, a, b) => {
    if (a !== b) found.push(`${what}: processor ${a ?? 'nothing'}, simulator ${b ?? 'nothing'}`);
  };
  if (simulated.outcome === 'unknown') return [`the simulator declines: ${simulated.rest.join(' ')}`];
  compare('outcome', native.outcome, simulated.outcome);
  compare('error code', native.error, simulated.error);
  compare('cr2', hex(native.cr2), hex(simulated.cr2));
  compare('ip', hex(native.ip), hex(simulated.ip));
  compare('steps', native.steps, simulated.steps);
  mask(native, bits, undefined_);
  mask(simulated, bits, undefined_);
  compare('flags', hex(native.flags), hex(simulated.flags));
  NAMES[bits].forEach((name, i) => compare(name, hex(native.registers[i]), hex(simulated.registers[i])));
  for (const address of new Set([...native.memory.keys(), ...simulated.memory.keys()])) {
    compare(`memory ${hex(address)}`, hex(native.memory.get(address)), hex(simulated.memory.get(address)));
  }
  if (simulated.rest.length > 0) found.push(`the simulator also says ${simulated.rest.join(' ')}`);
  return found;
}

/** What the simulator says is undefined after a vector, in the form of an answer. */
export function undefinedOf(result) {
  const names = NAMES[result.vector.mode === 'i386' ? 32 : 64];
  return {
    flags: result.undefinedFlags,
    registers: names.map((name, i) => ({ name, mask: result.undefinedRegisters[i] })).filter(({ mask }) => mask !== 0n),
    memory: [...result.undefinedMemory].map((address) => ({ address, length: 1 })),
  };
}

/** How what the manuals leave undefined differs from what the simulator says is. */
export function undefinedDifferences(manuals, simulator) {
  const [wanted, given] = [manuals, simulator].map(({ flags, registers, memory }) =>
    [
      `flags ${hex(flags)}`,
      ...registers.map(({ name, mask }) => `${name} ${hex(mask)}`).sort(),
      ...memory.flatMap(({ address, length }) => Array.from({ length }, (_, i) => hex(address + i))).sort(),
    ].join(', '),
  );
  return wanted === given ? [] : [`undefined: by the manuals ${wanted}, in the simulator ${given}`];
}

/** One stored line: the vector without its name, `>`, and what the answer changes, without what is undefined in it. */
export function storedLine(vectorLine, answerLine, undefined_) {
  const before = readVector(vectorLine);
  const { bits } = before;
  const answer = readAnswer(answerLine);
  const unknown = undefinedIn(answer, undefined_);
  mask(answer, bits, unknown);
  mask({ ...before, memory: answer.memory }, bits, unknown);
  const words = [vectorLine.slice(vectorLine.indexOf(' ') + 1), '>', answer.outcome];
  if (answer.error !== '') words.push(`err=${answer.error}`);
  if (answer.cr2 !== undefined) words.push(`cr2=${hex(answer.cr2)}`);
  if (answer.ip !== before.next) words.push(`${bits === 64 ? 'rip' : 'eip'}=${hex(answer.ip)}`);
  answer.registers.forEach((value, i) => {
    if (value !== before.registers[i]) words.push(`${NAMES[bits][i]}=${hex(value)}`);
  });
  if (answer.flags !== before.flags) words.push(`fl=${hex(answer.flags)}`);
  if (answer.steps !== undefined) words.push(`steps=${hex(answer.steps)}`);
  words.push(...changes(answer.memory));
  if (unknown.flags !== 0) words.push(`uf=${hex(unknown.flags)}`);
  for (const { name, mask: m } of unknown.registers) words.push(`ur=${name}:${hex(m)}`);
  for (const { address, length } of unknown.memory) words.push(`um=${hex(address)}:${hex(length)}`);
  return words.join(' ');
}

/** Memory as words of runs of bytes. */
function changes(memory) {
  const runs = [];
  let end = -1;
  for (const [address, byte] of [...memory].sort(([a], [b]) => a - b)) {
    if (address !== end) runs.push(`m=${address.toString(16)}:`);
    runs[runs.length - 1] += byte.toString(16).padStart(2, '0');
    end = address + 1;
  }
  return runs;
}

/** A stored line's vector, under a name, and its answer. */
export function readStored(line, id) {
  const [vector, answer] = line.split(' > ');
  const named = `${id} ${vector}`;
  const before = readVector(named);
  return { line: named, bits: before.bits, answer: readAnswer(`${id} ${answer}`, before) };
}
