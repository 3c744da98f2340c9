/** Moves, extensions, conditional moves, addresses. */
import { conditionOf } from '../../table/conditions.js';
import { addressParts, compileOffsets, compileSum, compileSum64, withSegment } from '../address.js';
import { memoryOperand, registerNumber } from '../places.js';
import { registerPart, registerPlace } from '../registers.js';
import { conditionTest } from '../semantics/condition.js';
import { AX, BX, DX, NEXT } from '../state.js';
import { destination, operand, wordOf, type Builder } from './parts.js';

export const mov: Builder = (parts) => {
  const source = operand(parts, 0);
  const target = destination(parts);
  if (target.kind === 'register') {
    if (source.kind === 'memory') {
      return (s) => {
        target.store(s, 0, source.load(s, source.at(s)), s.high);
        return NEXT;
      };
    }
    return (s) => {
      target.store(s, 0, source.load(s, 0), s.high);
      return NEXT;
    };
  }
  return (s) => {
    const at = target.at(s);
    target.store(s, at, source.load(s, 0), s.high);
    return NEXT;
  };
};

export const movzx: Builder = (parts) => {
  const source = operand(parts, 0);
  const target = destination(parts);
  return (s) => {
    target.store(s, 0, source.load(s, source.at(s)), 0);
    return NEXT;
  };
};

export const movsx: Builder = (parts) => {
  const source = operand(parts, 0);
  const target = destination(parts);
  const by = 32 - parts.source * 8;
  const narrow = parts.width === 2;
  return (s) => {
    const value = (source.load(s, source.at(s)) << by) >> by;
    target.store(s, 0, narrow ? value & 0xffff : value, value >> 31);
    return NEXT;
  };
};

/** The offset, without its segment, cut to the width of the destination. */
export const lea: Builder = (parts) => {
  const memory = parts.instruction.operands[0];
  if (memory?.k !== 'memory') throw new Error('lea without an address');
  const { cx, width } = parts;
  const target = destination(parts);
  const address = addressParts(memory, cx, parts.prefixes.size);
  const wide = address.width === 8;
  const sum = wide ? compileSum64(address) : compileSum(address);
  // Recorded as reads: the address is the value.
  const reads = cx.careful
    ? [address.base, address.index].flatMap((r) => (r ? [registerNumber(cx, r.number, r.width)] : []))
    : [];
  return (s) => {
    for (const place of reads) place.load(s, 0);
    const low = sum(s);
    target.store(s, 0, width === 2 ? low & 0xffff : low | 0, wide ? s.high : 0);
    return NEXT;
  };
};

/** The value below in the register above: `cbw`, `cwde`, `cdqe`. */
export function extendAccumulator(from: 1 | 2 | 4, to: 2 | 4 | 8): Builder {
  return ({ cx }) => {
    const source = registerNumber(cx, AX, from);
    const target = registerNumber(cx, AX, to);
    const by = 32 - from * 8;
    return (s) => {
      const value = (source.load(s, 0) << by) >> by;
      target.store(s, 0, to === 2 ? value & 0xffff : value, value >> 31);
      return NEXT;
    };
  };
}

/** The accumulator's sign all over the other register: `cwd`, `cdq`, `cqo`. */
export function extendToPair(width: 2 | 4 | 8): Builder {
  return ({ cx }) => {
    const source = registerNumber(cx, AX, width);
    const target = registerNumber(cx, DX, width);
    return (s) => {
      const low = source.load(s, 0);
      const sign = (width === 8 ? s.high : width === 2 ? low << 16 : low) >> 31;
      target.store(s, 0, width === 2 ? sign & 0xffff : sign, sign);
      return NEXT;
    };
  };
}

/** %al as an index into the table at %ebx. */
export const xlat: Builder = ({ cx, prefixes, instruction }) => {
  const given = instruction.operands[0];
  const written = given?.k === 'memory' ? given : undefined;
  const width = registerPlace(written?.base ?? '')?.width ?? prefixes.size ?? wordOf(cx);
  const al = registerNumber(cx, AX, 1);
  const bx = registerPart(BX, width === 2 || width === 8 ? width : 4);
  const base = addressParts({ k: 'memory', base: bx.name, scale: 1 }, cx, width);
  const offset = compileOffsets(base, cx);
  const table = withSegment(
    (s) => {
      const sum = offset(s) + (s.r8[0] ?? 0);
      return width === 8 ? sum : width === 2 ? sum & 0xffff : sum >>> 0;
    },
    written?.segment ?? prefixes.segment,
    base,
    cx,
  );
  const byte = memoryOperand(cx, 1, table);
  return (s) => {
    const at = byte.at(s);
    al.load(s, 0);
    al.store(s, 0, byte.load(s, at), 0);
    return NEXT;
  };
};

/** The source is read in any case, and a 32-bit destination's upper half cleared in any case. */
export const cmov: Builder = (parts) => {
  const source = operand(parts, 0);
  const target = destination(parts);
  const holds = conditionTest(conditionOf(parts.row.name, 'cmov'));
  return (s) => {
    const value = source.load(s, source.at(s));
    const { high } = s;
    if (holds(s.flags)) target.store(s, 0, value, high);
    else {
      const old = target.load(s, 0);
      target.store(s, 0, old, s.high);
    }
    return NEXT;
  };
};

export const set: Builder = (parts) => {
  const target = operand(parts, 0);
  const holds = conditionTest(conditionOf(parts.row.name, 'set'));
  return (s) => {
    target.store(s, target.at(s), holds(s.flags) ? 1 : 0, 0);
    return NEXT;
  };
};
