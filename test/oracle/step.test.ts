// The oracle itself: that it answers what the manuals say where they say it, and never lets tested code out.
import { attempt, scratchFolder, script } from './support.js';
import type { Lines, Native, Target, Undefined, Vector } from './support.js';

const native = await script<Native>('oracle/native.mjs');
const { differences, readAnswer, readStored, storedLine, undefinedIn } = await script<Lines>('oracle/lines.mjs');
const { vectors } = await script<{ vectors: (target: Target, seed: number) => Iterable<Vector> }>(
  'oracle/generate.mjs',
);

const oracle = attempt(() => native.buildOracle(scratchFolder()));

function first(target: Target, seed: number, count: number): Vector[] {
  const taken: Vector[] = [];
  for (const vector of vectors(target, seed)) {
    if (taken.length === count) break;
    taken.push({ ...vector, line: `${vector.id} ${vector.line}` });
  }
  return taken;
}

/** The program for a target, or undefined when this machine cannot run it, which is printed. */
function programFor(target: Target): string | undefined {
  const checked = 'reason' in oracle ? oracle : attempt(() => native.checkOracle(oracle.value, target));
  if (!('reason' in checked)) return 'value' in oracle ? oracle.value : undefined;
  process.stderr.write(`skipped: ${checked.reason}\n`);
  return undefined;
}

// What stands in the manuals: the vector, and the words that its answer must have.
const CASES: Record<Target, [string, string, string][]> = {
  i386: [
    ['overflow', '01d8 eax=7fffffff ebx=1', 'ok eip=08048802 eax=80000000 fl=00000a96'],
    ['division by zero', 'f7f3 eax=64 edx=0 ebx=0', 'fault=00 eip=08048800 eax=00000064'],
    ['a page that is not there', '8b03 ebx=1234', 'fault=0e err=0004 cr2=00001234'],
    ['a write to code', '0103 ebx=08048010', 'fault=0e err=0007 cr2=08048010'],
    ['thread-local memory', '65a110000000 m=b7f00010:78563412', 'ok eax=12345678'],
    ['a system call', 'cd80 eax=1', 'syscall eip=08048802 eax=00000001'],
    ['a breakpoint', 'cc', 'fault=03 eip=08048801'],
    ['int 3 of two bytes', 'cd03', 'fault=03 eip=08048802'],
    ['an invalid lock', 'f001d8', 'fault=06 eip=08048800'],
    ['a privileged instruction', 'f4', 'fault=0d err=0000 eip=08048800'],
    ['flags pushed without TF', '9c fl=8d5', 'ok m=bfff07fc:d70a0000'],
    ['flags popped', '9d m=bfff0800:fffeffff', 'ok fl=00244ed7'],
    ['a jump to where nothing is', 'ffe0 eax=12345678', 'ok eip=12345678'],
    ['an instruction that jumps to itself', 'ebfe', 'hang eip=08048800'],
    ['one iteration', 'f3a4 ecx=3', 'ok eip=08048800 ecx=00000002 esi=10000101 edi=10000201'],
    ['all iterations', 'f3a4 ecx=3 whole', 'ok eip=08048802 ecx=00000000 steps=0003'],
    ['a load of %fs', '8ee0 eax=0', 'ok eip=08048802'],
    ['system calls by vendor', '0f05', 'bad-vector'],
    ['system calls behind a prefix', '660f34', 'bad-vector'],
    ['no bytes', 'zz', 'bad-vector'],
    ['a register of 64-bit mode', '90 rax=1', 'bad-vector'],
    ['memory that is not there', '90 m=00001000:00', 'bad-vector'],
    ['memory across the end of a page', '90 m=10000fff:0000', 'bad-vector'],
  ],
  x86_64: [
    ['zero extension', '01d8 bits=64 rax=ffffffff00000001 rbx=1', 'ok rip=0000000008048802 rax=0000000000000002'],
    ['%fs', '64488b042510000000 bits=64 m=b7f00010:7856341200000080', 'ok rax=8000000012345678'],
    ['%gs', '65488b042510000000 bits=64 gsbase=b7f00100 m=b7f00110:7856341200000080', 'ok rax=8000000012345678'],
    ['a store below the stack pointer', '48894424f8 bits=64 rax=5', 'ok m=bfff07f8:0500000000000000'],
    ['a system call', '0f05 bits=64 rax=3c', 'syscall rip=0000000008048802 rcx=0000000008048802 r11=0000000000000202'],
    ['the system call of i386', 'cd80 bits=64 rax=1', 'syscall rip=0000000008048802'],
    ['an address that is not canonical', '488b03 bits=64 rbx=8000000000000000', 'fault=0d err=0000'],
    ['a stack that is not canonical', '50 bits=64 rsp=8000000000000000', 'fault=0c err=0000'],
    ['cmpxchg16b out of line', '480fc70e bits=64 rsi=10000108', 'fault=0d err=0000'],
  ],
};

describe.each(['i386', 'x86_64'] as const)('%s', (target) => {
  const program = programFor(target);
  const here = program === undefined ? it.skip : it;

  here.each(CASES[target])('%s: %s', (_, vector, expected) => {
    const [answer = ''] = native.runOracle(program!, [`x ${vector}`]);
    expect(answer.split(' ')).toEqual(expect.arrayContaining(expected.split(' ')));
  });

  here('answers the same vector the same way, whatever came before', () => {
    const lines = first(target, 7, 1500).map(({ line }) => line);
    const forward = native.runOracle(program!, lines);
    const backward = native.runOracle(program!, lines.toReversed());
    expect(backward.toReversed()).toEqual(forward);
  });

  here('answers thousands of vectors a second', () => {
    const lines = first(target, 8, 20_000).map(({ line }) => line);
    // It takes 0.2 s alone on a machine; three tries, because the machine may be busy with something else.
    const seconds = [1, 2, 3].map(() => {
      const began = performance.now();
      native.runOracle(program!, lines);
      return (performance.now() - began) / 1000;
    });
    expect(Math.min(...seconds)).toBeLessThan(2);
  });

  here('has stored what it answers', () => {
    const made = first(target, 9, 1000);
    const answers = native.runOracle(
      program!,
      made.map(({ line }) => line),
    );
    for (const [i, vector] of made.entries()) {
      const answer = answers[i]!;
      const stored = readStored(storedLine(vector.line, answer, vector.undefined), vector.id);
      expect(stored.line).toBe(vector.line);
      const whole = readAnswer(answer);
      const unknown: Undefined = undefinedIn(whole, vector.undefined);
      expect(differences(whole, stored.answer, stored.bits, unknown)).toEqual([]);
    }
  });
});

describe('the generator', () => {
  it.each(['i386', 'x86_64'] as const)('makes the same vectors from the same seed: %s', (target) => {
    expect(first(target, 3, 2000)).toEqual(first(target, 3, 2000));
    expect(first(target, 3, 100)).not.toEqual(first(target, 4, 100));
  });
});
