/** String instructions, their repetition, and where they can be interrupted. */
import fc from 'fast-check';
import { after, DATA, DF, machineOf, MODES, read, runToEnd, write, ZF } from './support.js';

const POINTERS = { i386: { si: 'esi', di: 'edi', cx: 'ecx' }, x86_64: { si: 'rsi', di: 'rdi', cx: 'rcx' } } as const;

describe.each(MODES)('%s', (mode) => {
  const { si, di, cx } = POINTERS[mode];

  test('rep movs copies, and each iteration is a step', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.constantFrom('b', 'w', 'l'), (bytes, suffix) => {
        const width = { b: 1, w: 2, l: 4 }[suffix];
        const count = Math.floor(bytes.length / width);
        const machine = machineOf(mode, `rep movs${suffix}`, { [si]: DATA, [di]: DATA + 0x100, [cx]: count });
        machine.memory.poke(DATA, bytes);
        runToEnd(machine);
        const copied = count * width;
        expect([...machine.memory.peek(DATA + 0x100, copied)!]).toEqual([...bytes.subarray(0, copied)]);
        expect(machine.register(si)).toBe(BigInt(DATA + copied));
        expect(machine.register(cx)).toBe(0n);
        expect(machine.steps).toBe(Math.max(count, 1));
      }),
    );
  });

  test('the boundary between iterations has the registers of what is left', () => {
    const machine = machineOf(mode, 'rep stosb', { [di]: DATA, [cx]: 3, eax: 0x41 });
    const { pc } = machine;
    expect(machine.step()).toBeUndefined();
    expect([machine.pc, machine.register(cx), machine.register(di)]).toEqual([pc, 2n, BigInt(DATA + 1)]);
    expect(machine.repeats).toBe(true);
    machine.step();
    expect(machine.step()).toMatchObject({ kind: 'stop' });
    expect(read(machine, DATA, 4)).toBe(0x414141n);
  });

  test('a count of 0 does nothing, not even a fault', () => {
    const machine = after(mode, 'rep movsb', { [si]: 0, [di]: 0, [cx]: 0 });
    expect(machine.steps).toBe(1);
  });

  test('a fault in the middle leaves what was done', () => {
    const machine = machineOf(mode, 'rep stosl', { [di]: DATA + 0x1ff8, [cx]: 5, eax: 1 });
    expect(machine.run(10)).toMatchObject({ kind: 'fault', name: '#PF', address: DATA + 0x2000, errorCode: 6 });
    expect([machine.register(cx), machine.register(di)]).toEqual([3n, BigInt(DATA + 0x2000)]);
  });

  test('repne scasb finds a byte, repe cmpsb a difference', () => {
    const text = new TextEncoder().encode('cancel\0');
    const machine = machineOf(mode, 'repne scasb', { [di]: DATA, [cx]: -1, eax: 0 });
    machine.memory.poke(DATA, text);
    runToEnd(machine);
    expect(machine.register(di)).toBe(BigInt(DATA + text.length));
    const compare = machineOf(mode, 'repe cmpsb', { [si]: DATA, [di]: DATA + 0x100, [cx]: 7 });
    compare.memory.poke(DATA, text);
    compare.memory.poke(DATA + 0x100, new TextEncoder().encode('cannot\0'));
    runToEnd(compare);
    expect([compare.register(cx), compare.state.flags & ZF]).toEqual([3n, 0]);
  });

  test('down when DF is set', () => {
    const machine = machineOf(mode, 'std\n lodsb\n lodsb\n cld', { [si]: DATA + 1 });
    write(machine, DATA, 2, 0x2211n);
    runToEnd(machine);
    expect([machine.register('al'), machine.register(si), machine.state.flags & DF]).toEqual([
      0x11n,
      BigInt(DATA - 1),
      0,
    ]);
  });
});

test('operands may be written', () => {
  const machine = machineOf('i386', 'rep movsl %ds:(%esi), %es:(%edi)', { esi: DATA, edi: DATA + 8, ecx: 1 });
  write(machine, DATA, 4, 7n);
  expect(read(runToEnd(machine), DATA + 8, 4)).toBe(7n);
  const other = machineOf('i386', 'lodsl %gs:(%esi)', { esi: 0 });
  other.state.gsBase = DATA;
  write(other, DATA, 4, 9n);
  expect(runToEnd(other).register('eax')).toBe(9n);
});
