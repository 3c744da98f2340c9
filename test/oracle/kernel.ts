/**
 * As much of Linux as the small programs need: they are loaded, their system calls answered, their signals delivered.
 * What a call answers is taken from the processor's run; what it does to the program is done here.
 */
import type { Machine } from '../../src/x86/simulator/machine.js';
import { EXECUTE, PAGE, READ, WRITE, type Region } from '../../src/x86/simulator/memory.js';
import { deliverSignal, signalReturn } from '../../src/x86/simulator/signals/index.js';
import { finishSyscall, syscallRequest, type SyscallEvent } from '../../src/x86/simulator/syscalls.js';
import { PT, type ElfObject, type Segment } from '../../src/x86/object/elf.js';
import { TF } from '../../src/x86/table/flags.js';
import type { Target } from './support.js';

const CALLS = {
  i386: { exit: 1n, getpid: 20n, sigaction: 174n },
  x86_64: { exit: 60n, getpid: 39n, sigaction: 13n },
} as const;

/** From the kernel's asm/signal.h. */
const SA_SIGINFO = 4n;
const SA_NODEFER = 0x40000000n;

interface Action {
  readonly handler: number;
  readonly restorer: number;
  readonly flags: bigint;
  readonly mask: bigint;
}

/** The parts of a program that are in memory when it starts. */
export function regionsOf(program: ElfObject): Region[] {
  return program.segments.filter(({ type }) => type === PT.load).map(regionOf);
}

function regionOf({ address, memorySize, data, readable, writable, executable }: Segment): Region {
  const at = Number(address);
  const start = at - (at % PAGE);
  return {
    start,
    size: Math.ceil((at + Number(memorySize) - start) / PAGE) * PAGE,
    permissions: (readable ? READ : 0) | (writable ? WRITE : 0) | (executable ? EXECUTE : 0),
    fill: (where) => data[where - at] ?? 0,
  };
}

export class Kernel {
  private readonly actions = new Map<number, Action>();
  private blocked = 0n;
  private pid = 0;

  constructor(private readonly machine: Machine) {}

  /** Carries out a call that answers `result` on the processor. The exit status, where it ends the program. */
  call(event: SyscallEvent, result: bigint): number | undefined {
    const { machine } = this;
    const returned = signalReturn(machine, event);
    if (returned) {
      if (!returned.ok) throw new Error(returned.reason);
      this.blocked = returned.blocked;
      return undefined;
    }
    const { number, arguments: given } = syscallRequest(machine, event.entry);
    const calls = CALLS[machine.mode];
    if (number === calls.exit) return Number((given[0] ?? 0n) & 0xffn);
    if (number === calls.sigaction) this.actions.set(Number(given[0]), this.actionAt(Number(given[1])));
    else if (number === calls.getpid) this.pid = Number(result);
    finishSyscall(machine, event, { kind: 'completed', result });
    // The flags that `syscall` leaves there are those of a program that is being stepped.
    if (event.entry === 'syscall') machine.setRegister('r11', machine.register('r11') | BigInt(TF));
    return undefined;
  }

  /** The kernel's `struct sigaction`. */
  private actionAt(address: number): Action {
    const word = wordOf(this.machine.mode);
    const field = (n: number, width = word): bigint => {
      const bytes = this.machine.memory.peek(address + n * word, width) ?? [];
      return [...bytes].reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
    };
    return { handler: Number(field(0)), flags: field(1), restorer: Number(field(2)), mask: field(3, 8) };
  }

  deliver(signal: number, floatingPoint: number): void {
    const action = this.actions.get(signal);
    if (!action) throw new Error(`signal ${signal} has no handler`);
    const { handler, restorer, flags, mask } = action;
    const { blocked, pid } = this;
    const siginfo = (flags & SA_SIGINFO) !== 0n;
    const sender = { code: 0, pid, uid: process.getuid?.() ?? 0 };
    const done = deliverSignal(this.machine, { signal, handler, restorer, siginfo, blocked, floatingPoint, ...sender });
    if (!done.ok) throw new Error(done.reason);
    this.blocked |= mask | ((flags & SA_NODEFER) === 0n ? 1n << BigInt(signal - 1) : 0n);
  }
}

function wordOf(mode: Target): 4 | 8 {
  return mode === 'i386' ? 4 : 8;
}
