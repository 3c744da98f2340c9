/** Makes vectors: for every form in turn an instruction and a state that gives it something to do. */
import iced from 'iced-x86';
import { chooseAddress, chooseSegment } from './address.mjs';
import { bytesOf, Draft } from './draft.mjs';
import { formsOf } from './forms.mjs';
import { AX, BP, BX, CX, DATA, DI, DX, PAGE, SELECTORS, SI, SP, STACK, START, TLS } from './layout.mjs';
import { undefinedAfter } from './masks.mjs';
import { Random } from './random.mjs';

const { Decoder, DecoderOptions } = iced;

/** Registers that instructions read without naming them. */
const IMPLIED = {
  ...Object.fromEntries(['mul', 'div', 'idiv'].map((name) => [name, [AX, DX]])),
  ...Object.fromEntries(['cbw', 'cwde', 'cdqe', 'cwd', 'cdq', 'cqo', 'lahf', 'sahf'].map((name) => [name, [AX]])),
  ...Object.fromEntries(['daa', 'das', 'aaa', 'aas', 'aam', 'aad'].map((name) => [name, [AX]])),
  ...Object.fromEntries(['cmpxchg8b', 'cmpxchg16b'].map((name) => [name, [AX, DX, BX, CX]])),
  ...Object.fromEntries(['pusha', 'pushad'].map((name) => [name, [AX, CX, DX, BX, BP, SI, DI]])),
  cmpxchg: [AX],
  syscall: [AX, CX, 11],
};

const STACK_USERS = /^(?:push|pusha|pushad|pop|popa|popad|pushf|pushfd|pushfq|popf|popfd|popfq|call|ret|enter|leave)$/;

const STRINGS = /^(?:movs|cmps|stos|lods|scas)[bwdq]$/;

/** Flags that a vector may start with. */
const FLAGS = [0x1, 0x4, 0x10, 0x40, 0x80, 0x800];

/** How many bytes an operand of that kind has. */
function widthOf(kind) {
  const digits = /^(?:r|imm)(8|16|32|64)/.exec(kind)?.[1];
  return digits === undefined ? 0 : Number(digits) / 8;
}

class Builder {
  constructor(form, random) {
    this.form = form;
    this.random = random;
    this.draft = new Draft(form.bits, random);
    this.prefixes = [];
    this.rex = form.wide ? 8 : 0;
    this.needsRex = false;
    this.modrm = undefined;
    this.tail = [];
    this.immediates = [];
    this.relative = false;
    this.target = undefined;
    this.opcode = bytesOf(BigInt(form.opcode), form.opcodeLength).reverse();
    /** Registers among the operands, as `{ register, bytes, high }` in the order of the operands. */
    this.operands = [];
  }

  build() {
    const { form, draft, random } = this;
    draft.flags |= FLAGS.reduce((flags, flag) => (random.chance(0.5) ? flags | flag : flags), 0);
    if (random.chance(0.3)) draft.flags |= 0x400;
    if (random.chance(0.1)) draft.registers.forEach((_, i) => i !== SP && draft.randomize(i, form.bits / 8));
    if (form.group >= 0) this.modrm = form.group << 3;
    // The register operand first: a bit offset may not also be the base of the address.
    form.kinds.forEach((kind) => this.registerOperand(kind));
    form.kinds.forEach((kind) => this.otherOperand(kind));
    this.assemble();
    this.prepare();
    return draft;
  }

  registerOperand(kind) {
    const { random, form } = this;
    const bytes = widthOf(kind);
    const count = form.bits === 64 ? 16 : 8;
    if (/^r\d+_reg$/.test(kind)) {
      const number = random.below(count);
      this.modrm = (this.modrm ?? 0) | ((number & 7) << 3);
      if (number > 7) this.rex |= 4;
      this.addRegister(number, bytes);
      this.named = number;
    } else if (kind === 'seg_reg') {
      // Loads of %cs do not exist, and only loads that change nothing are simulated.
      const loads = form.kinds[0] === 'seg_reg';
      const loadable = form.bits === 64 ? [0, 2, 3] : [0, 2, 3, 4, 5];
      this.segment = random.pick(loads ? loadable : [0, 1, 2, 3, 4, 5]);
      this.modrm = (this.modrm ?? 0) | (this.segment << 3);
    }
  }

  otherOperand(kind) {
    const { random, form } = this;
    const count = form.bits === 64 ? 16 : 8;
    const bytes = widthOf(kind);
    if (/^r\d+_opcode$/.test(kind)) {
      const number = random.below(count);
      this.opcode[this.opcode.length - 1] += number & 7;
      if (number > 7) this.rex |= 1;
      this.addRegister(number, bytes);
    } else if (/^r\d+_or_mem$/.test(kind)) {
      if (random.chance(0.55)) this.memoryOperand(bytes);
      else {
        const number = random.below(count);
        this.modrm = (this.modrm ?? 0) | 0xc0 | (number & 7);
        if (number > 7) this.rex |= 1;
        this.addRegister(number, bytes);
      }
    } else if (kind === 'mem') {
      this.memoryOperand(this.memoryWidth());
    } else if (kind === 'mem_offs') {
      this.absoluteOperand(form.operandSize === 0 ? 1 : form.operandSize / 8);
    } else if (kind === 'al' || kind === 'ax' || kind === 'eax' || kind === 'rax') {
      this.addRegister(AX, { al: 1, ax: 2, eax: 4, rax: 8 }[kind]);
    } else if (kind.startsWith('imm')) {
      this.immediate(kind);
    } else if (kind.startsWith('br')) {
      this.branch(Number(kind.at(-1)));
    }
  }

  addRegister(number, bytes) {
    if (bytes === 1 && this.form.bits === 64 && number >= 4 && number < 8) {
      // %spl to %dil with a REX prefix, %ah to %bh without; that is decided once all operands are known.
      this.bytePick = true;
    }
    this.operands.push({ register: number, bytes });
  }

  memoryWidth() {
    const { mnemonic, operandSize } = this.form;
    if (mnemonic === 'cmpxchg8b') return 8;
    if (mnemonic === 'cmpxchg16b') return 16;
    return (operandSize / 8) * (mnemonic === 'bound' ? 2 : 1);
  }

  memoryOperand(bytes) {
    const { form, draft, random } = this;
    const options = {};
    if (form.mnemonic === 'lea' || form.mnemonic === 'nop') options.place = null;
    if (form.mnemonic === 'lea') options.plain = true;
    if (/^bt[src]?$/.test(form.mnemonic) && this.named !== undefined) {
      options.avoid = this.named;
      if (random.chance(0.9)) options.place = BigInt(DATA + PAGE / 2 + random.between(-64, 64));
    }
    if (form.mnemonic === 'cmpxchg16b' && random.chance(0.8)) {
      options.place = BigInt(DATA + 16 * random.between(4, 240));
    }
    // A selector from anywhere else would be another one, and such loads are not simulated.
    if (form.kinds[0] === 'seg_reg') options.place = BigInt(DATA + random.between(64, PAGE - 64));
    const address = chooseAddress(draft, bytes, options);
    this.prefixes.push(...address.prefixes);
    this.modrm = (this.modrm ?? 0) | address.modrm;
    this.rex |= address.rex;
    this.tail = address.tail;
    this.relative = address.relative;
    if (options.place === null || draft.linear > 0xffffffffn) return;
    if (random.chance(0.7)) draft.fillValue(draft.linear, random.value(bytes), bytes);
  }

  absoluteOperand(bytes) {
    const { form, draft, random } = this;
    const address = BigInt(DATA + random.below(PAGE - 8));
    draft.linear = address;
    this.tail = bytesOf(address, form.bits / 8);
    draft.fillValue(address, random.value(bytes), bytes);
  }

  immediate(kind) {
    if (kind === 'imm8_const_1') return;
    const { random, form } = this;
    const bytes = widthOf(kind);
    let value = random.value(bytes);
    if (/^(?:rol|ror|rcl|rcr|shl|shr|sal|sar|shld|shrd)$/.test(form.mnemonic)) value = shiftCount(random);
    if (form.mnemonic === 'enter')
      value = BigInt(bytes === 2 ? random.below(300) : random.pick([0, 0, 1, 2, 3, 31, 33]));
    if (form.mnemonic === 'ret') value = BigInt(random.pick([0, 4, 8, 12, 0x7fff, 0xffff, random.below(2048)]));
    if (form.mnemonic === 'int') value = BigInt(random.pick([0x80, 0x80, 3, 4, 0, 1, 0x20, 0xff]));
    if (/^aa[md]$/.test(form.mnemonic) && random.chance(0.6)) value = 10n;
    this.immediates.push(...bytesOf(value, bytes));
    this.count = value;
  }

  /** Where to jump: mostly inside the code page and never to the instruction itself, which would run again. */
  branch(bytes) {
    const { random, draft } = this;
    this.branchBytes = bytes;
    if (bytes === 1) {
      this.target = START + (random.chance(0.5) ? random.between(-100, -1) : random.between(16, 120));
    } else {
      this.target = random.chance(0.8) ? draft.codeAddress() : START + 64 + random.below(0x40000000);
    }
  }

  assemble() {
    const { form, random, draft } = this;
    if (form.operandSize === 16 && !this.prefixes.includes(0x66)) this.prefixes.push(0x66);
    if (form.addressSize !== 0 && form.addressSize !== form.bits && !this.prefixes.includes(0x67)) {
      this.prefixes.push(0x67);
    }
    if (STRINGS.test(form.mnemonic)) {
      if (random.chance(0.65)) this.repeat();
      // Not where both operands of a comparison would lead nowhere, see prepareString.
      const narrow = random.chance(0.06) && (form.bits === 64 || !form.mnemonic.startsWith('cmps'));
      if (narrow) this.prefixes.push(0x67);
      if (random.chance(0.06)) this.segmentBase = this.override();
    } else if (random.chance(0.03)) this.idle();
    this.lock();
    if (this.bytePick) this.needsRex = random.chance(0.5);
    // A prefix that says nothing is allowed.
    if (form.bits === 64 && !this.operandsHaveHigh() && random.chance(0.03)) this.needsRex = true;
    shuffle(this.prefixes, random);
    if (form.prefix !== undefined) this.prefixes.push(form.prefix);
    const rex = this.rex !== 0 || this.needsRex ? [0x40 | this.rex] : [];
    const head = [...this.prefixes, ...rex, ...(form.escape ? [0x0f] : []), ...this.opcode];
    if (this.modrm !== undefined) head.push(this.modrm);
    const length = head.length + this.tail.length + this.immediates.length + (this.branchBytes ?? 0);
    if (this.relative) {
      const offset = BigInt.asIntN(32, BigInt(`0x${Buffer.from(this.tail).reverse().toString('hex')}`));
      this.tail = bytesOf(offset - BigInt(START + length), 4);
    }
    draft.code = [...head, ...this.tail, ...this.immediates];
    if (this.branchBytes !== undefined) {
      draft.code.push(...bytesOf(BigInt(this.target - (START + length)), this.branchBytes));
    }
    this.hasRex = rex.length > 0;
  }

  /** A prefix without need must not turn %ah into %spl unasked. */
  operandsHaveHigh() {
    return this.operands.some(({ register, bytes }) => bytes === 1 && register >= 4 && register < 8);
  }

  repeat() {
    const { random, draft } = this;
    this.prefixes.push(random.pick([0xf2, 0xf3]));
    this.repeated = true;
    draft.whole = random.chance(0.6);
  }

  /** Another segment for the source of a string instruction; answers its base. */
  override() {
    const { prefix, base } = chooseSegment(this.draft);
    this.prefixes.push(prefix);
    return base;
  }

  /** A prefix that changes nothing: whether it does is told by decoding, but for the ones that are left out here. */
  idle() {
    const { form, random, draft } = this;
    // A repeat prefix makes other instructions of many on newer processors, so that the simulator declines it.
    const choice = form.mnemonic === 'ret' ? [0xf3] : [];
    // AMD cuts the targets of near branches of 64-bit mode to 16 bits.
    if (form.bits === 32 || !/^(?:j|call|ret|loop)/.test(form.mnemonic)) choice.push(0x66);
    if (draft.linear === undefined && form.mnemonic !== 'xlatb') choice.push(0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x67);
    if (choice.length === 0) return;
    const prefix = random.pick(choice);
    if (!this.prefixes.includes(prefix) && form.prefix === undefined) this.prefixes.push(prefix);
  }

  lock() {
    const { form, random } = this;
    if (this.repeated || form.prefix !== undefined || form.mnemonic === 'nop') return;
    const memory = this.draft.linear !== undefined;
    // Anywhere else it is an invalid instruction, which is tried too.
    if (random.chance(form.lockable && memory ? 0.25 : 0.01)) this.prefixes.push(0xf0);
  }

  /** Gives the registers and the memory that the instruction reads values that make it do something. */
  prepare() {
    const { form, draft, random } = this;
    const { mnemonic } = form;
    const size = form.operandSize === 0 ? 1 : form.operandSize / 8;
    if (STRINGS.test(mnemonic)) this.prepareString(size);
    if (STACK_USERS.test(mnemonic)) this.prepareStack();
    if (mnemonic === 'xlatb') this.prepareTranslation();
    if (/^(?:loop|loope|loopne|j[er]?cxz)$/.test(mnemonic)) this.prepareCounter();
    if (form.kinds.includes('cl')) draft.fix(CX, (random.wide(4) & ~0xffn) | shiftCount(random));
    if (/^bt[src]?$/.test(mnemonic) && this.named !== undefined && draft.linear !== undefined && random.chance(0.95)) {
      const bits = size * 8;
      const low = BigInt.asUintN(bits, BigInt(random.pick([random.between(-9000, 9000), random.between(-70, 70)])));
      draft.fix(this.named, ((random.wide(form.bits / 8) >> BigInt(bits)) << BigInt(bits)) | low);
    }
    for (const { register, bytes } of this.operands) {
      const high = bytes === 1 && register >= 4 && register < 8 && !this.hasRex;
      draft.randomize(high ? register - 4 : register, high ? 2 : bytes);
    }
    for (const register of this.implied()) draft.randomize(register, size);
    if (mnemonic === 'div' || mnemonic === 'idiv') this.prepareDivision(size);
    if (mnemonic === 'cmpxchg' || mnemonic.startsWith('cmpxchg')) this.prepareExchange(size);
    if (mnemonic === 'call' || mnemonic === 'jmp') this.prepareIndirect();
    if (mnemonic === 'mov' && form.kinds[0] === 'seg_reg') this.prepareSegment();
    if (mnemonic === 'bound') this.prepareBounds(size);
    // The kernel's entry for i386 cuts the number of the call to 32 bits.
    if (mnemonic === 'int') draft.fix(AX, random.wide(4));
  }

  implied() {
    const { mnemonic, kinds } = this.form;
    if (mnemonic === 'imul' && kinds.length === 1) return [AX, DX];
    if (STRINGS.test(mnemonic)) return [AX];
    return IMPLIED[mnemonic] ?? [];
  }

  prepareString(size) {
    const { draft, random, form } = this;
    const narrow = this.prefixes.includes(0x67);
    const count = random.pick([0, 1, 1, 2, 3, 4, 5, 7, 9]);
    const place = () => {
      if (random.chance(0.04)) return BigInt(DATA + PAGE - random.between(1, 3 * size));
      if (random.chance(0.02)) return BigInt(random.bits());
      return BigInt(DATA + random.between(128, PAGE - 128));
    };
    const above = () => (form.bits === 64 && narrow && random.chance(0.5) ? random.wide(4) << 32n : 0n);
    const source = place();
    let target = random.chance(0.15) ? source + BigInt(random.between(-8, 8)) : place();
    // Which of two operands that are both not there is read first is up to the processor.
    if (form.mnemonic.startsWith('cmps') && !isInside(source)) target = BigInt(DATA + PAGE / 2);
    // Those of 16-bit addresses lead nowhere, unless there is nothing to do.
    const base = this.segmentBase ?? 0n;
    const from = base === 0n ? source : BigInt(TLS + random.between(64, PAGE - 64)) - base;
    draft.fix(SI, BigInt.asUintN(narrow ? 32 : form.bits, from) | above());
    draft.fix(DI, target | above());
    if (this.repeated) draft.fix(CX, BigInt(count) | above());
    if (this.repeated && !draft.whole && random.chance(0.1)) draft.fix(CX, random.value(form.bits / 8));
    // Comparisons should now and then find what they look for, and not always at once.
    const step = BigInt(draft.flags & 0x400 ? -size : size);
    if (/^(?:cmps|scas)/.test(form.mnemonic) && random.chance(0.6)) {
      const value = random.value(size);
      const same = random.below(5);
      for (let i = 0; i < same; i++) {
        draft.fillValue(target + BigInt(i) * step, value, size);
        if (form.mnemonic.startsWith('cmps') && source !== target)
          draft.fillValue(source + BigInt(i) * step, value, size);
        if (draft.patches.length > 6) break;
      }
      if (form.mnemonic.startsWith('scas'))
        draft.fix(AX, ((random.wide(form.bits / 8) >> BigInt(8 * size)) << BigInt(8 * size)) | value);
    }
  }

  prepareStack() {
    const { draft, random, form } = this;
    const { mnemonic } = form;
    const slot = form.operandSize === 16 ? 2 : form.bits / 8;
    const roll = random.below(100);
    if (!draft.fixed.has(SP)) {
      let stack = draft.registers[SP];
      if (roll >= 70) stack = BigInt(STACK + random.between(256, PAGE - 256));
      if (roll >= 92) stack = BigInt(STACK + random.between(-4, 16));
      if (roll >= 95) stack = BigInt(STACK + PAGE - random.between(0, 12));
      if (roll >= 98) stack = random.value(form.bits / 8);
      if (!isUsable(stack, form, slot)) stack = draft.registers[SP];
      draft.fix(SP, stack);
    }
    let top = draft.registers[SP];
    if (mnemonic === 'enter' || mnemonic === 'leave') {
      if (!draft.fixed.has(BP)) draft.fix(BP, BigInt(STACK + random.between(random.chance(0.03) ? -8 : 256, PAGE - 4)));
      if (mnemonic === 'leave') top = draft.registers[BP];
    }
    if (mnemonic === 'ret') return draft.fillValue(top, BigInt(draft.codeAddress()), slot);
    // Not the trap flag: it would stop at the wrong place.
    if (mnemonic.startsWith('popf')) return draft.fillValue(top, random.wide(slot < 4 ? 4 : slot) & ~0x100n, slot);
    if (mnemonic === 'pop' && /^[defgs]s$/.test(form.kinds[0] ?? '')) {
      const selector = BigInt(SELECTORS[form.bits][form.kinds[0]]);
      return draft.fillValue(top, selector | (slot === 2 ? 0n : (random.wide(slot) >> 16n) << 16n), slot);
    }
    if (mnemonic.startsWith('popa'))
      return draft.fill(
        top,
        Array.from({ length: 8 * slot }, () => random.below(256)),
      );
    if (/^(?:pop|leave)$/.test(mnemonic)) draft.fillValue(top, random.value(slot), slot);
  }

  prepareTranslation() {
    const { draft, random } = this;
    draft.randomize(AX, 1);
    const base = BigInt(DATA + random.below(PAGE - 256));
    draft.fix(BX, random.chance(0.95) ? base : random.wide(4));
  }

  prepareCounter() {
    const { draft, random, form } = this;
    const count = BigInt.asUintN(form.addressSize, BigInt(random.pick([0, 1, 2, -1, random.bits()])));
    const width = BigInt(form.addressSize);
    draft.fix(CX, (random.chance(0.5) ? (random.wide(8) >> width) << width : 0n) | count);
  }

  /** The operand that an instruction with one operand works on: where it is, and what it holds. */
  operandValue(size) {
    const { draft } = this;
    if (draft.linear !== undefined) return draft.linear > 0xffffffffn ? undefined : draft.valueAt(draft.linear, size);
    const [{ register, bytes }] = this.operands;
    const high = bytes === 1 && register >= 4 && register < 8 && !this.hasRex;
    return BigInt.asUintN(size * 8, draft.registers[high ? register - 4 : register] >> (high ? 8n : 0n));
  }

  /** Makes the quotient fit, mostly: a random dividend is too large for half of all divisors. */
  prepareDivision(size) {
    const { draft, random, form } = this;
    const usesAx = this.operands.some(
      ({ register }) => register === AX || register === DX || (size === 1 && register === 4),
    );
    if (usesAx || draft.fixed.has(AX) || draft.fixed.has(DX) || random.chance(0.25)) return;
    const bits = size * 8;
    let divisor = this.operandValue(size);
    if (divisor === undefined || divisor === 0n) return;
    let quotient = random.value(size);
    if (form.mnemonic === 'idiv') {
      divisor = BigInt.asIntN(bits, divisor);
      quotient = BigInt.asIntN(bits, quotient);
    }
    const magnitude = divisor < 0n ? -divisor : divisor;
    let remainder = random.wide(8) % magnitude;
    if (quotient * divisor < 0n) remainder = -remainder;
    const dividend = quotient * divisor + remainder;
    const put = (register, value, width) => {
      const above = (draft.registers[register] >> BigInt(width)) << BigInt(width);
      draft.set(register, above | BigInt.asUintN(width, value));
    };
    if (size === 1) return put(AX, dividend, 16);
    put(AX, dividend, bits);
    put(DX, dividend >> BigInt(bits), bits);
  }

  /** Half the time, the comparison comes out equal. */
  prepareExchange(size) {
    const { draft, random, form } = this;
    if (random.chance(0.5) || draft.fixed.has(AX)) return;
    if (form.mnemonic === 'cmpxchg') {
      const value = this.operands.length > 0 && draft.linear === undefined ? undefined : this.operandValue(size);
      if (value !== undefined) draft.set(AX, ((draft.registers[AX] >> BigInt(size * 8)) << BigInt(size * 8)) | value);
      return;
    }
    if (draft.fixed.has(DX) || draft.linear > 0xffffffffn) return;
    const half = form.mnemonic === 'cmpxchg8b' ? 4 : 8;
    const low = draft.valueAt(draft.linear, half);
    const high = draft.valueAt(draft.linear + BigInt(half), half);
    if (low === undefined || high === undefined) return;
    draft.set(AX, low);
    draft.set(DX, high);
  }

  prepareIndirect() {
    const { draft, random, form } = this;
    if (form.kinds[0].startsWith('br') || random.chance(0.1)) return;
    const target = BigInt(draft.codeAddress());
    if (draft.linear === undefined) {
      const { register } = this.operands[0];
      if (!draft.fixed.has(register)) draft.set(register, target);
    } else if (draft.linear <= 0xffffffffn) {
      draft.fillValue(draft.linear, target, form.bits / 8);
    }
  }

  prepareSegment() {
    const { draft, form, segment } = this;
    const selector = BigInt(SELECTORS[form.bits][['es', 'cs', 'ss', 'ds', 'fs', 'gs'][segment]]);
    if (draft.linear === undefined) {
      const { register } = this.operands[0];
      draft.set(register, ((draft.registers[register] >> 16n) << 16n) | selector);
    } else if (draft.linear <= 0xffffffffn) {
      draft.fillValue(draft.linear, selector, 2);
    }
  }

  prepareBounds(size) {
    const { draft, random } = this;
    const [low, high] = [random.value(size), random.value(size)];
    draft.fillValue(
      draft.linear,
      random.chance(0.8) && BigInt.asIntN(size * 8, low) > BigInt.asIntN(size * 8, high) ? high : low,
      size,
    );
    draft.fillValue(draft.linear + BigInt(size), high, size);
  }
}

/** Whether a string there stays within the data page. */
function isInside(address) {
  return address >= BigInt(DATA + 128) && address <= BigInt(DATA + PAGE - 128);
}

/**
 * Whether what comes of a stack there is the same on all processors. Of a `pusha` or `popa` that faults halfway, more or
 * less has been done; and whether an access around the end of 32-bit addresses faults is up to the processor.
 */
function isUsable(stack, { mnemonic, bits }, slot) {
  if (/^(?:push|pop)ad?$/.test(mnemonic)) {
    const room = BigInt(8 * slot);
    return stack - room >= BigInt(STACK) && stack + room <= BigInt(STACK + PAGE);
  }
  return bits === 64 || (stack >= 64n && stack < 0xffffffc0n);
}

/** Counts around the widths of operands, and anything. */
function shiftCount(random) {
  const near = [0, 1, 7, 8, 9, 15, 16, 17, 18, 31, 32, 33, 63, 64, 65];
  return BigInt(random.pick([random.pick(near), 1, random.below(32), random.below(256)]));
}

function shuffle(list, random) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
}

/** Whether the bytes mean what they were meant to mean, with a `lock` where it may stand or not. */
function isIntended(form, bytes) {
  const decoder = new Decoder(form.bits, Uint8Array.from(bytes), DecoderOptions.NoInvalidCheck);
  decoder.ip = BigInt(START);
  const instruction = decoder.decode();
  const good = instruction.code === form.code && instruction.length === bytes.length;
  instruction.free();
  decoder.free();
  return good && bytes.length <= 15;
}

/**
 * Vectors without end for one target, each `{ line, bits, form, undefined }`: what the oracle reads (the name of the
 * vector is its number), and what of the answer means nothing.
 */
export function* vectors(target, seed) {
  const bits = target === 'i386' ? 32 : 64;
  const forms = formsOf(bits);
  const random = new Random(seed);
  for (let number = 0; ;) {
    shuffle(forms, random);
    for (const form of forms) {
      const builder = new Builder(form, random);
      const draft = builder.build();
      if (draft.patches.length > 8 || !isIntended(form, draft.code)) continue;
      yield { id: String(number++), bits, form: form.name, line: draft.toString(), undefined: undefinedAfter(builder) };
    }
  }
}
