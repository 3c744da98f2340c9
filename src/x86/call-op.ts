/** The operation that a call by name is: what the libc's data says of the name, or a plain call. */
import type { OpDraft } from '../ir/builder.js';
import type { Expr, Origin } from '../ir/types.js';
import type { Roles } from '../libc/roles.js';
import type { Role } from '../libc/types.js';

export interface LiftedCall {
  readonly op: OpDraft;
  /** The call does not come back. */
  readonly stops: boolean;
}

const NOT_KNOWN: Expr = { k: 'unknown', text: 'argument' };

/** `callee` undefined: a call through a pointer. Arguments of assembly calls are not known. */
export function callOp(
  roles: Roles,
  callee: string | undefined,
  target: Expr,
  number: Expr,
  origin: Origin,
): LiftedCall {
  if (callee !== undefined) {
    for (const role of rolesOf(roles, callee)) {
      const lifted = roleOp(role, callee, target, number, origin);
      if (lifted) return lifted;
    }
  }
  return { op: { op: 'call', callee, target, args: [], origin }, stops: false };
}

/** glibc calls its own functions by names with this prefix. */
function rolesOf(roles: Roles, callee: string): readonly Role[] {
  const own = roles.of(callee);
  return own.length > 0 || !callee.startsWith('__GI_') ? own : roles.of(callee.slice('__GI_'.length));
}

function roleOp(role: Role, how: string, target: Expr, number: Expr, origin: Origin): LiftedCall | undefined {
  const go = (op: OpDraft): LiftedCall => ({ op, stops: false });
  switch (role.role) {
    case 'syscall':
      return go({
        op: 'syscall',
        number: typeof role.number === 'string' ? { k: 'name', name: role.number } : number,
        args: [],
        cancellable: role.cancellable,
        via: how,
        entry: 'wrapper',
        returns: role.returns,
        origin,
      });
    case 'window-call':
      return go({ op: 'window-call', callee: how, args: [], origin });
    case 'act':
      // What it is called with decides, and arguments are not known here.
      if (role.whenArgument !== undefined) {
        return { op: { op: 'call', callee: how, target, args: [], origin }, stops: !role.mayReturn };
      }
      return { op: { op: 'act', how, args: [], mayReturn: role.mayReturn, origin }, stops: !role.mayReturn };
    case 'test-cancel':
      return go({ op: 'test-cancel', how, origin });
    case 'async-enable':
      return go({ op: 'async', to: 'enable', how, args: [], origin });
    case 'async-restore':
      return go({ op: 'async', to: 'restore', how, args: [], origin });
    case 'cancel-state':
      return go({ op: 'cancel-state', how, to: NOT_KNOWN, origin });
    case 'cancel-type':
      return go({ op: 'cancel-type', how, to: NOT_KNOWN, origin });
    case 'cleanup-push':
    case 'cleanup-pop':
      return go({ op: role.role, how, args: [], origin });
    case 'noreturn':
      return { op: { op: 'call', callee: how, target, args: [], origin }, stops: true };
    case 'request-test':
    case 'access':
    case 'applies':
    case 'passes':
    case 'generator':
      return undefined;
  }
}
