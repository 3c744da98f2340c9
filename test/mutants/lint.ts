/** What cancelint says of a mutant's tree. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lintTree } from '../../src/engine/lint-tree.js';
import { generic, libcs } from '../../src/libc/index.js';
import type { Finding } from '../../src/linter/finding.js';
import type { Rule } from '../../src/rules/define-rule.js';
import handlerRequestDropped from '../../src/rules/handler-request-dropped.js';
import handlerRestartFlag from '../../src/rules/handler-restart-flag.js';
import handlerWindowMismatch from '../../src/rules/handler-window-mismatch.js';
import windowAbi from '../../src/rules/window-abi.js';
import windowCancelPath from '../../src/rules/window-cancel-path.js';
import windowFlagCheck from '../../src/rules/window-flag-check.js';
import windowForeignCode from '../../src/rules/window-foreign-code.js';
import windowLostRequest from '../../src/rules/window-lost-request.js';
import windowLostResult from '../../src/rules/window-lost-result.js';
import windowNotVerified from '../../src/rules/window-not-verified.js';
import windowSideEffect from '../../src/rules/window-side-effect.js';
import windowSyscallArguments from '../../src/rules/window-syscall-arguments.js';
import windowVdsoEntry from '../../src/rules/window-vdso-entry.js';
import type { Mutant } from './generate.mjs';
import { treeOf } from './handler.mjs';

/** The rules that speak of a window or of its handler. */
const RULES: readonly Rule[] = [
  ...[
    handlerRequestDropped,
    handlerRestartFlag,
    handlerWindowMismatch,
    windowAbi,
    windowCancelPath,
    windowFlagCheck,
    windowForeignCode,
  ],
  ...[windowLostRequest, windowLostResult, windowNotVerified, windowSideEffect, windowSyscallArguments],
  windowVdsoEntry,
];
const SEVERITIES = new Map(RULES.map(({ id, meta }) => [id, meta.severity]));

export async function lintMutant(mutant: Mutant): Promise<readonly Finding[]> {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'cancelint-mutant-'));
  try {
    for (const [path, text] of Object.entries(treeOf(mutant))) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { result, faults } = await lintTree({
      ...{ cwd: root, root, paths: [], targets: [mutant.target], libcs, fallback: generic, rules: RULES },
      ...{ severities: SEVERITIES, inlineConfig: false, concurrency: 'off' },
    });
    if (faults.length > 0) throw new Error(`${mutant.name}: ${JSON.stringify(faults)}`);
    return result.findings;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
