/** The operations that the table's rows name. */
import { adc, add, dec, inc, neg, sbb, sub } from '../semantics/arithmetic.js';
import { aaa, aad, aam, aas, daa, das } from '../semantics/bcd.js';
import { btc, btr, bts } from '../semantics/bit.js';
import { and, not, or, xor } from '../semantics/logic.js';
import { rcl, rcr, rol, ror } from '../semantics/rotate.js';
import { sar, shl, shr } from '../semantics/shift.js';
import { binary, comparison, unary } from './arithmetic.js';
import { arpl, decimal, decimalBase } from './bcd.js';
import { bitTest, bswap, scan } from './bit.js';
import { call, jcc, jcxz, jmp, loop, ret } from './control.js';
import { cmov, extendAccumulator, extendToPair, lea, mov, movsx, movzx, set, xlat } from './data.js';
import { cmpxchg, cmpxchg16b, cmpxchg8b, xadd, xchg } from './exchange.js';
import { clc, cld, cmc, lahf, nop, sahf, stc, std } from './flag-control.js';
import { division, imulTwo, multiplyOne } from './multiply.js';
import type { Builder } from './parts.js';
import { loadSegment, popSegment, pushSegment, storeSegment } from './segment.js';
import { double, shift } from './shift.js';
import { enter, leave, pop, popa, popf, push, pusha, pushf } from './stack.js';
import { cmps, lods, movs, scas, stos } from './string.js';
import { always, bound, int, int3, into, syscall } from './trap.js';

export const OPERATIONS: Readonly<Record<string, Builder>> = {
  add: binary(add),
  adc: binary(adc),
  sub: binary(sub),
  sbb: binary(sbb),
  and: binary(and),
  or: binary(or),
  xor: binary(xor),
  cmp: comparison(sub),
  test: comparison(and),
  inc: unary(inc),
  dec: unary(dec),
  neg: unary(neg),
  not: unary(not),
  xchg,
  xadd,
  cmpxchg,
  cmpxchg8b,
  cmpxchg16b,
  mul: multiplyOne(false),
  imul: multiplyOne(true),
  imulTwo,
  div: division(false),
  idiv: division(true),
  shl: shift(shl),
  shr: shift(shr),
  sar: shift(sar),
  rol: shift(rol),
  ror: shift(ror),
  rcl: shift(rcl),
  rcr: shift(rcr),
  shld: double(true),
  shrd: double(false),
  bt: bitTest(undefined),
  bts: bitTest(bts),
  btr: bitTest(btr),
  btc: bitTest(btc),
  bsf: scan(false),
  bsr: scan(true),
  bswap,
  mov,
  movzx,
  movsx,
  lea,
  cmov,
  set,
  xlat,
  cbw: extendAccumulator(1, 2),
  cwde: extendAccumulator(2, 4),
  cdqe: extendAccumulator(4, 8),
  cwd: extendToPair(2),
  cdq: extendToPair(4),
  cqo: extendToPair(8),
  storeSegment,
  loadSegment,
  pushSegment,
  popSegment,
  push,
  pop,
  pusha,
  popa,
  pushf,
  popf,
  enter,
  leave,
  jmp,
  jcc,
  jcxz,
  loop,
  call,
  ret,
  movs,
  cmps,
  stos,
  lods,
  scas,
  clc,
  stc,
  cmc,
  cld,
  std,
  lahf,
  sahf,
  nop,
  daa: decimal(daa),
  das: decimal(das),
  aaa: decimal(aaa),
  aas: decimal(aas),
  aam: decimalBase(aam),
  aad: decimalBase(aad),
  arpl,
  int,
  int3,
  into,
  bound,
  ud2: always('#UD'),
  hlt: always('#GP'),
  syscall,
};
