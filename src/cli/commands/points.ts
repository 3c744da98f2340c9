/** `cancelint points [ROOT]`: the inventory of cancellation points. */
import { treeConfig } from '../../config/tree.js';
import { linkTree } from '../../engine/link-tree.js';
import { UserError } from '../../engine/user-error.js';
import { visible, visibleJson } from '../../formatters/visible.js';
import type { Project } from '../../linter/project.js';
import { didYouMean } from '../../linter/nearest.js';
import { formatChains, formatDifference, formatPoints } from '../../points/formats.js';
import { chainsOf, inventory } from '../../points/inventory.js';
import type { ExitCode } from '../exit-codes.js';
import { CLEAN } from '../exit-codes.js';
import type { Io } from '../io.js';
import type { Configured, ConfiguredFor } from '../configured.js';
import { Progress } from '../progress.js';
import type { PointsSettings } from '../settings.js';
import { Writer } from '../writer.js';

/** The program is linked only when something is asked of it, so that this is known behind the first question. */
function tellLimits(project: Project, io: Io): void {
  const count = project.limits?.all().length ?? 0;
  if (count > 0)
    io.stderr.write(`cancelint: ${String(count)} limit(s) of the analysis were reached; lint --debug tells which\n`);
}

/** Prints, whatever is found. Throws a `UserError` when there is nothing to print. */
export async function pointsCommand(settings: PointsSettings, io: Io, configuredFor: ConfiguredFor): Promise<ExitCode> {
  const { format } = settings;
  const link = async (path: string, { config, root, libc, libcs }: Configured) => {
    const progress = new Progress(io.stderr);
    const asked = {
      cwd: io.cwd,
      path,
      targets: settings.targets,
      libc,
      libcs,
      root,
      lists: config && treeConfig(config).lists,
      onProgress: progress.update,
    };
    const tree = await linkTree(asked).finally(() => progress.clear());
    const count = tree.problems.length;
    if (count > 0)
      io.stderr.write(
        `cancelint: ${String(count)} part(s) of ${visible(path)} were not understood; lint tells which\n`,
      );
    return tree;
  };
  const { project, libc } = await link(settings.root, settings.configured);
  const writer = new Writer(io.stdout);
  if (settings.why !== undefined) {
    const chains = chainsOf(settings.why, project);
    tellLimits(project, io);
    if (!chains) {
      const names = inventory(project).map((e) => e.function);
      throw new UserError(`No function is called "${settings.why}"${didYouMean(settings.why, names)}`);
    }
    await writer.write(formatChains(settings.why, chains, visible));
    return CLEAN;
  }
  const entries = inventory(project);
  tellLimits(project, io);
  if (settings.diff !== undefined) {
    const other = await link(settings.diff, configuredFor([settings.diff]));
    const both = project.targets.filter((t) => other.project.targets.includes(t));
    await writer.write(formatDifference(entries, inventory(other.project), both, visible));
    return CLEAN;
  }
  const text = formatPoints(entries, project.targets, format, `Cancellation points of ${libc.title}`, visible);
  await writer.write(format === 'json' ? visibleJson(text) : text);
  return CLEAN;
}
