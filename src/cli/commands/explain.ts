/** `cancelint explain`: a window, drawn. */
import { explainFile } from '../../explain/explain-file.js';
import { visible } from '../../formatters/visible.js';
import { splitSubject } from '../../simulate/subject.js';
import type { ExitCode } from '../exit-codes.js';
import { CLEAN } from '../exit-codes.js';
import type { ConfiguredFor } from '../configured.js';
import type { Io } from '../io.js';
import type { Registry } from '../registry.js';
import type { ExplainSettings } from '../settings.js';
import { Writer } from '../writer.js';

/** Draws, whatever is found wrong with the window. Throws a `UserError` when there is nothing to draw. */
export async function explainCommand(
  settings: ExplainSettings,
  registry: Registry,
  io: Io,
  color: boolean,
  configuredFor: ConfiguredFor,
): Promise<ExitCode> {
  const { libcs, libc } = configuredFor([splitSubject(io.cwd, settings.subject).file]);
  const drawing = await explainFile({
    ...settings,
    typed: settings.subject,
    color,
    cwd: io.cwd,
    libcs,
    libc,
    fallback: registry.generic,
    notice: (message) => io.stderr.write(`cancelint: ${visible(message)}\n`),
  });
  await new Writer(io.stdout).write(drawing);
  return CLEAN;
}
