/** Every rule, sorted by id. A new one is added here by hand; a test checks that its page, test and fixtures exist. */
import asyncRequestMissed from './async-request-missed.js';
import cancelStateAtExit from './cancel-state-at-exit.js';
import cancelStateUnbalanced from './cancel-state-unbalanced.js';
import cleanupUnbalanced from './cleanup-unbalanced.js';
import closeInterrupted from './close-interrupted.js';
import type { Rule } from './define-rule.js';
import flagCheckThenSyscall from './flag-check-then-syscall.js';
import flagRecheckMissing from './flag-recheck-missing.js';
import flagUpdateNotAtomic from './flag-update-not-atomic.js';
import handlerActsTwice from './handler-acts-twice.js';
import handlerMaskIncomplete from './handler-mask-incomplete.js';
import handlerOrder from './handler-order.js';
import handlerRequestDropped from './handler-request-dropped.js';
import handlerRestartFlag from './handler-restart-flag.js';
import handlerSenderUnchecked from './handler-sender-unchecked.js';
import handlerWindowMismatch from './handler-window-mismatch.js';
import pointDiffers from './point-differs.js';
import pointMissing from './point-missing.js';
import pointSkipped from './point-skipped.js';
import pointUnexpected from './point-unexpected.js';
import pointWithoutWindow from './point-without-window.js';
import resultDiscarded from './result-discarded.js';
import signalMaskExposed from './signal-mask-exposed.js';
import signalSentDisabled from './signal-sent-disabled.js';
import unwindTablesMissing from './unwind-tables-missing.js';
import windowAbi from './window-abi.js';
import windowCancelPath from './window-cancel-path.js';
import windowFlagCheck from './window-flag-check.js';
import windowForeignCode from './window-foreign-code.js';
import windowLostRequest from './window-lost-request.js';
import windowLostResult from './window-lost-result.js';
import windowNotVerified from './window-not-verified.js';
import windowSideEffect from './window-side-effect.js';
import windowSyscallArguments from './window-syscall-arguments.js';
import windowVdsoEntry from './window-vdso-entry.js';

export const rules: readonly Rule[] = [
  asyncRequestMissed,
  cancelStateAtExit,
  cancelStateUnbalanced,
  cleanupUnbalanced,
  closeInterrupted,
  flagCheckThenSyscall,
  flagRecheckMissing,
  flagUpdateNotAtomic,
  handlerActsTwice,
  handlerMaskIncomplete,
  handlerOrder,
  handlerRequestDropped,
  handlerRestartFlag,
  handlerSenderUnchecked,
  handlerWindowMismatch,
  pointDiffers,
  pointMissing,
  pointSkipped,
  pointUnexpected,
  pointWithoutWindow,
  resultDiscarded,
  signalMaskExposed,
  signalSentDisabled,
  unwindTablesMissing,
  windowAbi,
  windowCancelPath,
  windowFlagCheck,
  windowForeignCode,
  windowLostRequest,
  windowLostResult,
  windowNotVerified,
  windowSideEffect,
  windowSyscallArguments,
  windowVdsoEntry,
];
