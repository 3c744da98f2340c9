/** `cancelint simulate`: a run or answers to vectors, printed as they come to be. */
import { visible } from '../../formatters/visible.js';
import { answerVectors } from '../../simulate/answer-vectors.js';
import { simulateFile } from '../../simulate/simulate-file.js';
import { splitSubject } from '../../simulate/subject.js';
import type { ExitCode } from '../exit-codes.js';
import { CLEAN } from '../exit-codes.js';
import type { Configured, ConfiguredFor } from '../configured.js';
import type { Io } from '../io.js';
import type { Registry } from '../registry.js';
import type { SimulateSettings } from '../settings.js';
import { Writer } from '../writer.js';

/** Characters that are written together. */
const PIECE = 1 << 14;

/** Simulates and prints. Whatever stops a run, it was done. Throws a `UserError` when it cannot be done as asked. */
export async function simulateCommand(
  settings: SimulateSettings,
  registry: Registry,
  io: Io,
  configuredFor: ConfiguredFor,
): Promise<ExitCode> {
  const { subject } = settings;
  const pieces =
    subject === undefined
      ? answerVectors(io.stdin)
      : simulateFile({
          ...settings,
          typed: subject,
          cwd: io.cwd,
          ...known(configuredFor([splitSubject(io.cwd, subject).file])),
          fallback: registry.generic,
          notice: (message) => io.stderr.write(`cancelint: ${visible(message)}\n`),
        });
  const writer = new Writer(io.stdout);
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length < PIECE) continue;
    if (!(await writer.write(text))) return CLEAN;
    text = '';
  }
  await writer.write(text);
  return CLEAN;
}

const known = ({ libcs, libc }: Configured) => ({ libcs, libc });
