/** A trace for scripts: one JSON object, written as it comes to be. Numbers that may be large are hexadecimal text. */
import { visibleJson } from '../formatters/visible.js';
import { SYSCALL_REGISTERS } from '../x86/simulator/syscalls.js';
import type { Subject } from './subject.js';
import type { Step, Stop } from './trace.js';
import { byteDigits, changedFlags, Words } from './words.js';

export class JsonTrace {
  private readonly words: Words;
  private isFirst = true;

  constructor(private readonly subject: Subject) {
    this.words = new Words(subject.image);
  }

  begin(): string {
    const { file, member, name, image } = this.subject;
    const head = JSON.stringify({ file, member, function: name, target: image.target });
    return `${visibleJson(head.slice(0, -1))},"steps":[`;
  }

  step(step: Step): string {
    const text = JSON.stringify({
      ...this.place(step),
      registers: Object.fromEntries(
        step.registers.map(({ name, before, now, undefined: bits }) => [
          name,
          { before: hex(before), now: hex(now), undefined: bits === 0n ? undefined : hex(bits) },
        ]),
      ),
      flags: step.flags && Object.fromEntries(changedFlags(step.flags)),
      memory: step.memory.map(({ address, before, now, undefined: bits }) => ({
        address: hex(address),
        before: byteDigits(before),
        now: byteDigits(now),
        undefined: bits.some((byte) => byte !== 0) ? byteDigits(bits) : undefined,
      })),
    });
    const comma = this.isFirst ? '' : ',';
    this.isFirst = false;
    return `${comma}\n${visibleJson(text)}`;
  }

  private place({ address, instruction }: Pick<Step, 'address' | 'instruction'>) {
    return {
      address: hex(address),
      symbol: this.words.name(address),
      source: this.words.place(address),
      instruction: instruction && this.words.instruction(instruction),
    };
  }

  end(stop: Stop, steps: number): string {
    const place = this.place({ address: stop.at, instruction: stop.instruction });
    const text = JSON.stringify({ reason: stop.reason, steps, ...place, ...details(stop) });
    return `${this.isFirst ? '' : '\n'}],\n"stop":${visibleJson(text)}}\n`;
  }
}

function details(stop: Stop): object {
  switch (stop.reason) {
    case 'syscall': {
      const names = SYSCALL_REGISTERS[stop.entry].slice(1);
      const given = Object.fromEntries(stop.arguments.map((value, n) => [names[n] ?? '', hex(value)]));
      const bits = stop.undefined.length === 0 ? undefined : stop.undefined;
      return { entry: stop.entry, number: String(stop.number), arguments: given, undefined: bits };
    }
    case 'outside':
      return { name: stop.name };
    case 'fault': {
      const { fault, errorCode, address } = stop;
      return { fault, errorCode: hex(errorCode), faultAddress: address === undefined ? undefined : hex(address) };
    }
    case 'unknown':
    case 'undefined':
      return { what: stop.what };
    case 'return':
    case 'limit':
      return {};
  }
}

function hex(value: bigint | number): string {
  return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
}
