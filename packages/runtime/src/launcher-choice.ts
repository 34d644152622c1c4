import { ArcherError, type Block, EXIT, type Manifest } from '@archer-nas/core';

/** `--launcher none`: seeds run one after the other in this process. */
export const NO_LAUNCHER = 'none';
/** What `--processes` alone asks for. */
const DEFAULT_LAUNCHER = 'local';

/** How a launcher is asked for beside the manifest; what is given here comes before it. */
export interface LauncherSettings {
  /** A launcher's id, or `none`. */
  readonly launcher?: string | undefined;
  /** At most so many processes at once. */
  readonly processes?: number | undefined;
}

/**
 * A manifest with the launcher that is asked for, or without one. Options that the manifest has
 * for the same launcher stay.
 * @throws ArcherError `ARCHER_USAGE` for processes of no launcher
 */
export function withLauncher(
  { launcher: written, ...manifest }: Manifest,
  { launcher: asked, processes }: LauncherSettings,
): Manifest {
  const block = chosen(written ?? undefined, asked, processes);
  if (block === undefined) return manifest;
  const size = processes === undefined ? {} : { processes };
  return { ...manifest, launcher: { ...block, ...size } };
}

function chosen(
  written: Block | undefined,
  asked: string | undefined,
  processes: number | undefined,
): Block | undefined {
  if (asked === NO_LAUNCHER) {
    if (processes === undefined) return undefined;
    throw new ArcherError('ARCHER_USAGE', `There are no ${processes} processes without launcher.`, {
      hint: `Leave out one of --processes and --launcher ${NO_LAUNCHER}.`,
      exit: EXIT.usage,
    });
  }
  if (asked !== undefined && asked !== written?.use) return { use: asked };
  return written ?? (processes === undefined ? undefined : { use: DEFAULT_LAUNCHER });
}
