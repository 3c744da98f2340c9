/**
 * C expressions to IR. Calls, assignments and reads of the cancellation flag become operations in the order of
 * evaluation that the analyses assume: left to right, arguments before the call.
 */
import type { FunctionBuilder, OpDraft } from '../ir/builder.js';
import type { BlockId, Expr, Origin } from '../ir/types.js';
import type { Role } from '../libc/types.js';
import type { Knowledge } from './knowledge.js';
import { ASM_CALL, GOTO_CALL } from './normalise.js';
import { child, MAX_HEIGHT, named, type Node } from './tree-sitter.js';

/** What expression lowering needs of the function being lowered. */
export interface Scope {
  readonly builder: FunctionBuilder;
  readonly knowledge: Knowledge;
  origin(node: Node): Origin;
  text(node: Node): string;
  statementExpression(body: Node): Expr;
  asm(index: number, origin: Origin): Expr;
  computedGoto(address: Expr, origin: Origin): void;
  fresh(): string;
}

const INT: Expr = { k: 'int', value: 0n };

const int = (value: bigint): Expr => ({ k: 'int', value });

/** The grammar takes a sign for a part of the number. */
function number(text: string): Expr {
  if (/^[-+]/.test(text)) {
    const of = number(text.slice(1).trim());
    return text.startsWith('-') ? { k: 'unary', operator: '-', of } : of;
  }
  const digits = text.replace(/[uUlL]+$/, '').replace(/'/g, '');
  const octal = /^0[0-7]+$/.test(digits);
  if (!octal && !/^(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.test(digits)) return { k: 'unknown', text };
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  return /[uU]/.test(text.slice(digits.length)) ? { k: 'int', value, unsigned: true } : int(value);
}

/** Whether lowering the expression would emit operations, so that it must not be moved out of its arm. */
function hasEffects(node: Node, scope: Scope): boolean {
  if (/^(call_expression|assignment_expression|update_expression|compound_statement)$/.test(node.type)) return true;
  if (node.type === 'field_expression' && scope.knowledge.isFlagMember(fieldName(node, scope))) return true;
  return node.children.some((c) => hasEffects(c, scope));
}

function fieldName(node: Node, scope: Scope): string {
  const field = child(node, 'field');
  return field ? scope.text(field) : '';
}

export function lowerExpression(node: Node, scope: Scope): Expr {
  if (node.height > MAX_HEIGHT) {
    notUnderstood(node, scope);
    return unknown(node, scope);
  }
  switch (node.type) {
    case 'identifier':
      return lowerName(node, scope);
    case 'field_identifier':
    case 'type_identifier':
    case 'true':
    case 'false':
    case 'null':
      return { k: 'name', name: scope.text(node) };
    case 'number_literal':
      return number(scope.text(node));
    case 'char_literal': {
      const text = scope.text(node);
      return text.length === 3 ? int(BigInt(text.charCodeAt(1))) : { k: 'unknown', text };
    }
    case 'string_literal':
    case 'concatenated_string':
      return text(node, scope);
    case 'parenthesized_expression': {
      const [inner] = named(node);
      if (!inner) return unknown(node, scope);
      return inner.type === 'compound_statement' ? scope.statementExpression(inner) : lowerExpression(inner, scope);
    }
    case 'call_expression':
      return lowerCall(node, scope);
    case 'field_expression':
      return lowerField(node, scope);
    case 'subscript_expression': {
      const base = lowerChild(node, 'argument', scope);
      return { k: 'index', base, index: lowerChild(node, 'index', scope) };
    }
    case 'pointer_expression': {
      const argument = child(node, 'argument');
      if (!argument) return unknown(node, scope);
      if (operatorOf(node, scope) === '&') return { k: 'address', of: lowerPlace(argument, scope) };
      return { k: 'deref', of: lowerExpression(argument, scope) };
    }
    case 'unary_expression':
      return { k: 'unary', operator: operatorOf(node, scope), of: lowerChild(node, 'argument', scope) };
    case 'binary_expression':
      return lowerBinary(node, scope);
    case 'conditional_expression':
      return lowerConditional(node, scope);
    case 'assignment_expression':
      return lowerAssignment(node, scope);
    case 'update_expression': {
      const argument = child(node, 'argument');
      if (!argument) return unknown(node, scope);
      const place = lowerPlace(argument, scope);
      const operator = operatorOf(node, scope) === '--' ? '-' : '+';
      scope.builder.emit({
        op: 'assign',
        target: place,
        value: { k: 'binary', operator, left: place, right: int(1n) },
        origin: scope.origin(node),
      });
      return place;
    }
    case 'comma_expression': {
      const left = child(node, 'left');
      if (left) lowerExpression(left, scope);
      return lowerChild(node, 'right', scope);
    }
    case 'cast_expression': {
      const type = child(node, 'type');
      return { k: 'cast', type: type ? scope.text(type) : '', of: lowerChild(node, 'value', scope) };
    }
    case 'sizeof_expression':
    case 'alignof_expression':
    case 'offsetof_expression':
    case 'type_descriptor':
      return unknown(node, scope);
    case 'compound_literal_expression':
    case 'initializer_list':
    case 'initializer_pair':
    case 'generic_expression':
      for (const c of named(node)) if (!/type_descriptor|designator/.test(c.type)) lowerExpression(c, scope);
      return unknown(node, scope);
    default:
      if (node.broken) notUnderstood(node, scope);
      return unknown(node, scope);
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
]);

/** What a string literal, or several in a row, stand for. One that a macro is a part of is not known. */
function text(node: Node, scope: Scope): Expr {
  const pieces = node.type === 'concatenated_string' ? named(node) : [node];
  if (pieces.some((p) => p.type !== 'string_literal')) return unknown(node, scope);
  const value = pieces
    .map((p) => scope.text(p).replace(/^\w*"|"$/g, ''))
    .join('')
    .replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|\r?\n|(.))/g, (_, octal?: string, hex?: string, c?: string) => {
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      return c === undefined ? '' : (ESCAPES.get(c) ?? c);
    });
  return { k: 'string', value };
}

/** A name. One with a role is an object-like macro that does something where it stands (`CANCELPT_BEGIN;`). */
function lowerName(node: Node, scope: Scope): Expr {
  const name = scope.text(node);
  const role = scope.knowledge.roles.of(name).find((r) => /^(async-enable|async-restore|test-cancel)$/.test(r.role));
  const isMacro = role !== undefined && scope.knowledge.table.all(name).some((d) => d.params === undefined);
  const done = isMacro ? byRole(role, name, [], scope.origin(node), scope) : undefined;
  return done ?? { k: 'name', name };
}

function unknown(node: Node, scope: Scope): Expr {
  return { k: 'unknown', text: scope.text(node).slice(0, 200) };
}

export function notUnderstood(node: Node, scope: Scope): void {
  const isMissing = node.start === node.end;
  const text = scope.text(node).slice(0, 400).replace(/\s+/g, ' ').slice(0, 120);
  scope.builder.emit({
    op: 'not-understood',
    text: isMissing ? node.type : text,
    reason: isMissing
      ? 'it is missing'
      : node.height > MAX_HEIGHT
        ? 'it nests too deeply'
        : 'the C parser does not know this construct',
    origin: scope.origin(node),
  });
}

function lowerChild(node: Node, field: string, scope: Scope): Expr {
  const c = child(node, field);
  return c ? lowerExpression(c, scope) : unknown(node, scope);
}

function operatorOf(node: Node, scope: Scope): string {
  const operator = child(node, 'operator');
  return operator ? scope.text(operator) : '';
}

/** An expression as a place: read of the flag is not meant when its address is taken or it is assigned. */
function lowerPlace(node: Node, scope: Scope): Expr {
  if (node.type === 'parenthesized_expression') {
    const [inner] = named(node);
    if (inner && inner.type !== 'compound_statement') return lowerPlace(inner, scope);
  }
  if (node.type === 'field_expression') return member(node, scope);
  return lowerExpression(node, scope);
}

function member(node: Node, scope: Scope): Expr {
  const base = lowerChild(node, 'argument', scope);
  return { k: 'member', base, field: fieldName(node, scope), arrow: operatorOf(node, scope) === '->' };
}

function lowerField(node: Node, scope: Scope): Expr {
  const place = member(node, scope);
  return place.k === 'member' && scope.knowledge.isFlagMember(place.field)
    ? loadFlag(place.field, place, scope.origin(node), scope)
    : place;
}

function loadFlag(flag: string, source: Expr, origin: Origin, scope: Scope, via?: string): Expr {
  const how = via === undefined ? {} : { via };
  return scope.builder.result(scope.builder.emit({ op: 'load-flag', flag, source, ...how, origin }));
}

function lowerBinary(node: Node, scope: Scope): Expr {
  const operator = operatorOf(node, scope);
  const right = child(node, 'right');
  if ((operator === '&&' || operator === '||') && right && hasEffects(right, scope)) return byBranches(node, scope);
  const left = lowerChild(node, 'left', scope);
  return { k: 'binary', operator, left, right: lowerChild(node, 'right', scope) };
}

/** The value of a condition whose parts have effects: a temporary that both arms set. */
function byBranches(node: Node, scope: Scope): Expr {
  const { builder } = scope;
  const target: Expr = { k: 'name', name: scope.fresh() };
  const [yes, no, after] = [builder.reserve(), builder.reserve(), builder.reserve()];
  const origin = scope.origin(node);
  lowerCondition(node, yes, no, scope);
  builder.start(yes);
  builder.emit({ op: 'assign', target, value: int(1n), origin });
  builder.goto(after, origin);
  builder.start(no);
  builder.emit({ op: 'assign', target, value: INT, origin });
  builder.goto(after, origin);
  builder.start(after);
  return target;
}

function lowerConditional(node: Node, scope: Scope): Expr {
  const { builder } = scope;
  const [test, then, otherwise] = ['condition', 'consequence', 'alternative'].map((f) => child(node, f));
  if (!test || !otherwise) return unknown(node, scope);
  const pure = !(then && hasEffects(then, scope)) && !hasEffects(otherwise, scope);
  // `a ?: b` is `a ? a : b` with `a` evaluated once.
  const tested = then && !pure ? undefined : lowerExpression(test, scope);
  if (pure && tested) {
    return {
      k: 'conditional',
      test: tested,
      then: then ? lowerExpression(then, scope) : tested,
      otherwise: lowerExpression(otherwise, scope),
    };
  }
  const target: Expr = { k: 'name', name: scope.fresh() };
  const [yes, no, after] = [builder.reserve(), builder.reserve(), builder.reserve()];
  const origin = scope.origin(node);
  if (tested) builder.end({ t: 'branch', condition: tested, then: yes, otherwise: no, origin: scope.origin(test) });
  else lowerCondition(test, yes, no, scope);
  builder.start(yes);
  builder.emit({ op: 'assign', target, value: then ? lowerExpression(then, scope) : (tested ?? INT), origin });
  builder.goto(after, origin);
  builder.start(no);
  builder.emit({ op: 'assign', target, value: lowerExpression(otherwise, scope), origin });
  builder.goto(after, origin);
  builder.start(after);
  return target;
}

function lowerAssignment(node: Node, scope: Scope): Expr {
  const left = child(node, 'left');
  if (!left) return unknown(node, scope);
  const operator = operatorOf(node, scope);
  const right = lowerChild(node, 'right', scope);
  const target = lowerPlace(left, scope);
  const value: Expr = operator === '=' ? right : { k: 'binary', operator: operator.slice(0, -1), left: target, right };
  scope.builder.emit({ op: 'assign', target, value, origin: scope.origin(node) });
  return target;
}

/** Branches to `yes` or `no`; `&&`, `||`, `!`, commas and hints are followed into their parts. */
export function lowerCondition(node: Node, yes: BlockId, no: BlockId, scope: Scope): void {
  const { builder } = scope;
  const inner = strip(node, scope);
  const operator =
    inner.type === 'binary_expression' || inner.type === 'unary_expression' ? operatorOf(inner, scope) : '';
  const left = child(inner, 'left');
  const right = child(inner, 'right');
  const argument = child(inner, 'argument');
  if (inner.type === 'unary_expression' && operator === '!' && argument) {
    lowerCondition(argument, no, yes, scope);
  } else if (inner.type === 'binary_expression' && (operator === '&&' || operator === '||') && left && right) {
    const next = builder.reserve();
    if (operator === '&&') lowerCondition(left, next, no, scope);
    else lowerCondition(left, yes, next, scope);
    builder.start(next);
    lowerCondition(right, yes, no, scope);
  } else if (inner.type === 'comma_expression' && left && right) {
    lowerExpression(left, scope);
    lowerCondition(right, yes, no, scope);
  } else if (isThere(inner, scope)) {
    builder.goto(operator === '==' ? no : yes, scope.origin(inner));
  } else {
    const condition = lowerExpression(inner, scope);
    builder.end({ t: 'branch', condition, then: yes, otherwise: no, origin: scope.origin(inner) });
  }
}

/** `f != NULL` of a name with a role: whether a weak function is linked in, as it is where there are threads. */
function isThere(node: Node, scope: Scope): boolean {
  if (node.type !== 'binary_expression' || !/^[!=]=$/.test(operatorOf(node, scope))) return false;
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  return (
    left?.type === 'identifier' &&
    right !== undefined &&
    /^(NULL|0)$/.test(scope.text(right)) &&
    scope.knowledge.roles.has(scope.text(left), 'cancel-state', 'cancel-type', 'test-cancel', 'act')
  );
}

/** Without brackets and without calls that only pass a value on. */
function strip(node: Node, scope: Scope): Node {
  if (node.type === 'parenthesized_expression') {
    const [inner] = named(node);
    if (inner && inner.type !== 'compound_statement') return strip(inner, scope);
  }
  if (node.type === 'call_expression') {
    const name = calleeName(node, scope);
    const passes = name === undefined ? undefined : scope.knowledge.roles.of(name).find((r) => r.role === 'passes');
    const argument = passes ? argumentsOf(node)[passes.argument] : undefined;
    if (argument) return strip(argument, scope);
  }
  return node;
}

function argumentsOf(call: Node): readonly Node[] {
  const list = child(call, 'arguments');
  return list ? named(list) : [];
}

/** `f (…)` and `(f) (…)`, which is how a libc calls a function whose name is also a macro. */
function calleeName(call: Node, scope: Scope): string | undefined {
  let callee = child(call, 'function');
  while (callee?.type === 'parenthesized_expression') callee = named(callee)[0];
  return callee?.type === 'identifier' ? scope.text(callee) : undefined;
}

function lowerCall(node: Node, scope: Scope): Expr {
  const name = calleeName(node, scope);
  const origin = scope.origin(node);
  const nodes = argumentsOf(node);
  if (name === ASM_CALL && nodes[0]) return scope.asm(Number(scope.text(nodes[0])), origin);
  if (name === GOTO_CALL && nodes[0]) {
    scope.computedGoto(lowerExpression(nodes[0], scope), origin);
    return unknown(node, scope);
  }
  const roles = name === undefined ? [] : scope.knowledge.roles.of(name);
  const access = roles.find((r) => r.role === 'access');
  const accessed = access ? nodes[access.of] : undefined;
  if (accessed) return lowerAccess(accessed, name, origin, scope);
  const callee = child(node, 'function');
  const target: Expr =
    name !== undefined || !callee ? { k: 'name', name: name ?? '?' } : lowerExpression(callee, scope);
  const args = nodes.map((n) => lowerExpression(n, scope));
  for (const role of roles) {
    const done = byRole(role, name ?? '', args, origin, scope);
    if (done) return done;
  }
  return scope.builder.result(scope.builder.emit({ op: 'call', callee: name, target, args, origin }));
}

/** `atomic_load_relaxed (&x->flag)`, `THREAD_GETMEM (self, flag)`: the value of what is named. */
function lowerAccess(node: Node, how: string | undefined, origin: Origin, scope: Scope): Expr {
  const place = lowerExpression(node, scope);
  const value: Expr =
    place.k === 'address' ? place.of : place.k === 'name' || place.k === 'result' ? place : { k: 'deref', of: place };
  const flag = value.k === 'member' ? value.field : value.k === 'name' ? value.name : '';
  if (scope.knowledge.isFlagMember(flag)) return loadFlag(flag, value, origin, scope, how);
  return value;
}

/** The operation of a role, or undefined where its condition does not hold and the next role is to be tried. */
function byRole(role: Role, how: string, args: readonly Expr[], origin: Origin, scope: Scope): Expr | undefined {
  const { builder } = scope;
  const emit = (draft: OpDraft): Expr => builder.result(builder.emit(draft));
  const none: Expr = { k: 'unknown', text: '' };
  switch (role.role) {
    case 'syscall':
      return emit(syscall(role, how, args, origin));
    case 'window-call':
      return emit({ op: 'window-call', callee: how, args, origin });
    case 'act': {
      const wanted = role.whenArgument;
      if (wanted !== undefined && !args.some((a) => holdsName(a, wanted))) return undefined;
      const result = emit({ op: 'act', how, args, mayReturn: role.mayReturn, origin });
      if (!role.mayReturn) leave(builder, origin);
      return result;
    }
    case 'test-cancel':
      return emit({ op: 'test-cancel', how, origin });
    case 'async-enable':
      return emit({ op: 'async', to: 'enable', how, args, origin });
    case 'async-restore':
      return emit({ op: 'async', to: 'restore', how, args, origin });
    case 'cancel-state':
    case 'cancel-type': {
      const saved = args[role.saved];
      const rest = { how, to: args[role.to] ?? none, ...(saved ? { saved } : {}), origin };
      return role.role === 'cancel-state'
        ? emit({ op: 'cancel-state', ...rest })
        : emit({ op: 'cancel-type', ...rest });
    }
    case 'cleanup-push':
    case 'cleanup-pop':
      return emit({ op: role.role, how, args, origin });
    case 'request-test':
      return emit({ op: 'load-flag', flag: how, source: args[0] ?? none, via: how, origin });
    case 'passes':
      return args[role.argument] ?? none;
    case 'noreturn': {
      const result = emit({ op: 'call', callee: how, target: { k: 'name', name: how }, args, origin });
      leave(builder, origin);
      return result;
    }
    case 'access':
    case 'applies':
    case 'generator':
      return undefined;
  }
}

function leave(builder: FunctionBuilder, origin: Origin): void {
  builder.end({ t: 'unreachable', origin });
  builder.start(builder.reserve());
}

function holdsName(expr: Expr, name: string): boolean {
  return expr.k === 'name' ? expr.name === name : expr.k === 'cast' ? holdsName(expr.of, name) : false;
}

function syscall(
  role: Extract<Role, { role: 'syscall' }>,
  how: string,
  args: readonly Expr[],
  origin: Origin,
): OpDraft {
  let number: Expr;
  if (typeof role.number === 'string') number = { k: 'name', name: role.number };
  else {
    const given = args[role.number];
    if (given?.k === 'name' && role.prefix !== undefined) number = { k: 'name', name: role.prefix + given.name };
    else number = given ?? { k: 'unknown', text: 'no number' };
  }
  const first = role.args;
  const rest =
    typeof role.number === 'number' && role.number >= first ? args.slice(first, role.number) : args.slice(first);
  const when = role.cancellableWhen === undefined ? undefined : args[role.cancellableWhen];
  const cancellable = role.cancellable && !(when?.k === 'int' && when.value === 0n);
  return { op: 'syscall', number, args: rest, cancellable, via: how, entry: 'wrapper', returns: role.returns, origin };
}
