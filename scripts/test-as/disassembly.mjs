/** (a) Every line that objdump prints for a libc's text: parsed, printed, assembled, compared with its bytes. */
import { assemble, run } from './assembler.mjs';

const LINE = /^ *([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *(?:\t([^\t]*))?(.*)$/;

/** Each different line of the archive: bytes, text and where it is relocated. */
export function disassembledLines(archive) {
  const { stdout } = run('objdump', ['-drwz', archive]);
  const lines = new Map();
  let total = 0;
  let target = 'x86_64';
  for (const line of stdout.split('\n')) {
    const format = /file format (\S+)$/.exec(line)?.[1];
    if (format !== undefined) target = format === 'elf32-i386' ? 'i386' : format === 'elf32-x86-64' ? 'x32' : 'x86_64';
    const found = LINE.exec(line);
    if (!found) continue;
    total++;
    const [, address, hex, text = '', rest] = found;
    const at = parseInt(address, 16);
    const relocated = [...rest.matchAll(/\t([0-9a-f]+): (R_\w+)/g)]
      .filter(([, , name]) => !name.endsWith('_NONE'))
      .map(([, where, name]) => ({ at: parseInt(where, 16) - at, name }));
    const bytes = hex.replace(/ /g, '');
    const clean = plain(text, at);
    const key = `${bytes} ${clean} ${relocated.map((one) => one.at).join()}`;
    const known = lines.get(key);
    if (known) known.times++;
    else lines.set(key, { bytes: Buffer.from(bytes, 'hex'), text: clean, address: at, relocated, times: 1 });
  }
  return { lines: [...lines.values()], total, target };
}

/** Without comments and names; targets of branches as the distance from here. */
function plain(text, at) {
  const short = text
    .replace(/ *#.*$/, '')
    .replace(/ *<.*>$/, '')
    .trim();
  const branch =
    /^((?:[a-z0-9.]+ +)*?(?:j[a-z]+|call[lqw]?|loop[a-z]*|xbegin)(?:,p[nt])?) +([0-9a-f]+|0x[0-9a-f]+)$/.exec(short);
  if (!branch) return short.replace(/ +/g, ' ');
  const distance = parseInt(branch[2], 16) - at;
  return `${branch[1]} .${distance < 0 ? '-' : '+'}${Math.abs(distance)}`;
}

/** The statements of many lines, one each; undefined where a line was not understood. */
export function parseLines(texts, library) {
  const { asItIs, parseAssembly } = library;
  const text = `${texts.join('\n')}\n`;
  const unit = parseAssembly(asItIs('lines.s', text), { limits: { statements: 1e8, problems: 1e3 } });
  const made = new Array(texts.length);
  const starts = new Map();
  let offset = 0;
  texts.forEach((one, n) => {
    starts.set(offset, n);
    offset += one.length + 1;
  });
  for (const statement of unit.statements) {
    const n = starts.get(statement.span.start);
    if (n !== undefined && statement.kind !== 'label') made[n] = statement;
  }
  return made;
}

/** What is relocated becomes a symbol, which the assembler then leaves room for. */
function withSymbols(instruction, relocated, places) {
  if (relocated.length === 0) return instruction;
  const symbol = { k: 'symbol', name: 'X' };
  const isAt = ({ at, size }) => size > 0 && relocated.some((one) => one.at === at);
  const inDisplacement = isAt(places.displacement);
  const inImmediate = isAt(places.immediate);
  const memory = (one) => (inDisplacement ? { ...one, displacement: symbol } : one);
  return {
    ...instruction,
    operands: instruction.operands.map((one) => {
      if (one.k === 'target') return { ...one, value: symbol };
      if (one.k === 'immediate' && inImmediate) return { ...one, value: symbol };
      if (one.k === 'memory') return memory(one);
      if (one.k === 'indirect' && one.through.k === 'memory') return { ...one, through: memory(one.through) };
      return one;
    }),
  };
}

/** Ways to ask for another encoding of the same instruction, tried where the usual one differs. */
const HINTS = [
  ['{load}'],
  ['{disp8}'],
  ['{disp32}'],
  ['{load}', '{disp8}'],
  ['{load}', '{disp32}'],
  ['{vex3}'],
  ['{evex}'],
];

/** Compares one archive. Counts are of lines as objdump prints them, each time that it prints them. */
export function checkArchive(archive, decoders, library) {
  const { lines, total, target } = disassembledLines(archive);
  const mode = target === 'i386' ? 'i386' : 'x86_64';
  const decoder = decoders[mode];
  const report = {
    target,
    total,
    different: lines.length,
    bad: 0,
    integer: 0,
    same: 0,
    hinted: {},
    failures: [],
    forms: 0,
    text: { integer: 0, other: 0 },
    textLines: new Set(),
  };
  const statements = parseLines(
    lines.map((one) => one.text),
    library,
  );
  const jobs = [];
  lines.forEach((line, n) => {
    const statement = statements[n];
    if (line.text.includes('(bad)') || line.text === '') {
      report.bad += line.times;
      return;
    }
    if (statement?.kind !== 'instruction') {
      report.failures.push(`not parsed: ${line.text}${statement ? ` (${statement.reason})` : ''}`);
      return;
    }
    const { instruction } = statement;
    const known = library.check(instruction, mode);
    const isInteger = known.ok || known.known;
    if (isInteger) {
      report.integer += line.times;
      compareForms(line, instruction, mode, decoder, library, report);
    }
    const places = decoder.constants(line.bytes, 0n) ?? {
      displacement: { at: 0, size: 0 },
      immediate: { at: 0, size: 0 },
    };
    jobs.push({ line, isInteger, instruction: withSymbols(instruction, line.relocated, places) });
  });
  encode(jobs, [[]], target, library, report);
  return report;
}

/** Decoding the bytes must give the form that parsing the text gave. */
function compareForms(line, instruction, mode, decoder, library, report) {
  const decoded = decoder.decode(line.bytes, BigInt(line.address));
  const parsed = library.canonical(instruction, mode);
  if (!decoded.ok) report.failures.push(`not decoded: ${line.text}`);
  else if (parsed === undefined) report.failures.push(`operands refused: ${line.text}`);
  else {
    const mine = library.canonical(decoded.instruction, mode);
    // Prefixes without effect are written out by objdump and left out by the decoder.
    if (mine !== undefined && library.sameForm(parsed, mine)) report.forms += line.times;
    else report.failures.push(`form: ${line.text}: parsed ${parsed}, decoded ${mine ?? 'refused'}`);
  }
}

function encode(jobs, hints, target, library, report) {
  let left = jobs;
  for (const hint of [...hints, ...HINTS]) {
    if (left.length === 0) return;
    const results = assemble(
      left.map(({ instruction }) =>
        library.printInstruction({ ...instruction, prefixes: [...hint, ...instruction.prefixes] }),
      ),
      target,
      library,
    );
    const still = [];
    left.forEach((job, n) => {
      const result = results[n];
      if (result.complaint === undefined && equalBytes(job.line, result)) {
        if (hint.length === 0) report.same += job.line.times;
        else {
          const name = hint.join(' ');
          report.hinted[name] = (report.hinted[name] ?? 0) + job.line.times;
        }
      } else still.push({ ...job, first: job.first ?? result });
    });
    left = still;
  }
  if (left.length > 0) explain(left, target, library, report);
}

/**
 * What is left is in order where the fault is the text's: the assembler makes the same of objdump's own words (which do
 * not tell the order of prefixes), or other bytes that are printed alike.
 */
function explain(left, target, library, report) {
  const own = assemble(
    left.map(({ line }) => line.text),
    target,
    library,
  );
  left.forEach(({ line, first, isInteger }, n) => {
    const bytes = Buffer.from(first.bytes).toString('hex');
    const isSame =
      own[n].complaint === first.complaint &&
      (first.complaint !== undefined || Buffer.from(own[n].bytes).toString('hex') === bytes);
    if (isSame) {
      const kind = isInteger ? 'integer' : 'other';
      report.text[kind] += line.times;
      report.textLines.add(line.text);
    } else
      report.failures.push(`bytes: ${line.text}: ${line.bytes.toString('hex')}, assembled ${first.complaint ?? bytes}`);
  });
}

/** Equal but for the fields that are relocated, which must be in the same places. */
function equalBytes(line, { bytes, relocated }) {
  if (bytes.length !== line.bytes.length) return false;
  const masked = new Set(line.relocated.flatMap(({ at, name }) => field(at, name)));
  for (const { at } of relocated) if (!masked.has(at)) return false;
  return bytes.every((byte, n) => masked.has(n) || byte === line.bytes[n]);
}

function field(at, name) {
  const size = /(?:^R_X86_64_(?:64|PC64|DTPMOD64|DTPOFF64|TPOFF64|GOTOFF64|GOTPC64|GOT64|PLTOFF64|SIZE64)$)/.test(name)
    ? 8
    : 4;
  const narrow = /_(?:PC)?(8|16)$/.exec(name)?.[1];
  return Array.from({ length: narrow === undefined ? size : Number(narrow) / 8 }, (_, n) => at + n);
}
