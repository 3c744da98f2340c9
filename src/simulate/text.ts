/** A trace for people: a line a step, and one that says why it stopped. */
import { visible } from '../formatters/visible.js';
import { SYSCALL_REGISTERS } from '../x86/simulator/syscalls.js';
import type { Simulation } from './simulation.js';
import type { Subject } from './subject.js';
import type { Step, Stop } from './trace.js';
import { byteDigits, changedFlags, digits, Words } from './words.js';

/** Of the names of addresses, without and with a line of a source. */
const NAME_WIDTH = { code: 24, source: 36 };
const INSTRUCTION_WIDTH = 36;

export class TextTrace {
  private readonly words: Words;
  private readonly width: 8 | 16;

  constructor(
    private readonly subject: Subject,
    private readonly simulation: Simulation,
  ) {
    this.words = new Words(subject.image);
    this.width = simulation.mode === 'i386' ? 8 : 16;
  }

  begin(): string {
    const { file, member, name, image } = this.subject;
    const from = member === undefined ? file : `${file}(${member})`;
    return `${visible(name ?? 'The program')} of ${visible(from)}, ${image.target}\n\n`;
  }

  step(step: Step): string {
    const changes = [
      ...step.registers.map((one) => `${one.name}=${digits(one.now, one.undefined, this.width)}`),
      ...(step.flags ? changedFlags(step.flags).map(([name, value]) => `${name}=${value}`) : []),
      ...step.memory.map((one) => `[${this.words.address(one.address)}]=${byteDigits(one.now, one.undefined)}`),
    ];
    return `${`${this.head(step.address, step.instruction)}  ${changes.join(' ')}`.trimEnd()}\n`;
  }

  private head(address: number, instruction: Step['instruction']): string {
    const { words } = this;
    const name = words.name(address);
    const place = words.place(address);
    const where = `<${[name ?? '?', ...(place === undefined ? [] : [place.slice(place.lastIndexOf('/') + 1)])].join(' ')}>`;
    const text = instruction === undefined ? '(no instruction)' : words.instruction(instruction);
    return `${words.address(address)} ${where.padEnd(NAME_WIDTH[this.subject.image.source ? 'source' : 'code'])} ${text.padEnd(INSTRUCTION_WIDTH)}`;
  }

  end(stop: Stop, steps: number): string {
    const after = `after ${steps} step${steps === 1 ? '' : 's'}`;
    const line = stop.reason === 'return' ? '' : `${this.head(stop.at, stop.instruction).trimEnd()}\n`;
    return `${line}\nStopped ${after}: ${visible(this.why(stop))}\n`;
  }

  private why(stop: Stop): string {
    switch (stop.reason) {
      case 'return': {
        const { machine, mode } = this.simulation;
        const name = mode === 'i386' ? 'eax' : 'rax';
        return `it returned with ${name}=${digits(machine.register(name), machine.undefinedBits(name), this.width)}`;
      }
      case 'syscall': {
        const names = SYSCALL_REGISTERS[stop.entry].slice(1);
        const given = stop.arguments.map(
          (value, n) => `${names[n] ?? ''}=${stop.undefined.includes(names[n] ?? '') ? '?' : value.toString(16)}`,
        );
        const [numbered = ''] = SYSCALL_REGISTERS[stop.entry];
        const number = stop.undefined.includes(numbered) ? 'of an undefined number' : String(stop.number);
        return `system call ${number}, ${given.join(' ')}`;
      }
      case 'outside':
        return `it goes to ${stop.name}, which is defined elsewhere`;
      case 'fault': {
        const { fault, errorCode, address } = stop;
        const where = address === undefined ? '' : ` at ${this.words.address(address)}`;
        return `fault ${fault}${where}, error code ${errorCode.toString(16)}`;
      }
      case 'unknown':
        return stop.what;
      case 'undefined':
        return `what comes next depends on an undefined value: ${stop.what}`;
      case 'limit':
        return 'the limit of steps';
    }
  }
}
