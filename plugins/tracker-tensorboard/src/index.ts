import { join, resolve } from 'node:path';
import { definePlugin, type TrackedRun, type Tracker } from '@archer-nas/core';
import { z } from 'zod';
import { TensorBoardSession } from './session.ts';

/** The tracker's options in a manifest. */
export const tensorBoardOptions = z.strictObject({
  folder: z
    .string()
    .min(1)
    .default('tensorboard')
    .describe('Where runs are shown: `tensorboard --logdir` of it. Relative to the manifest.'),
  flushMs: z.int().nonnegative().default(1000).describe('How long points are gathered.'),
});

/** What a tracker needs besides its options. */
export interface Surroundings {
  /** The manifest's folder. */
  readonly manifest: string;
  readonly notice: (line: string) => void;
}

/** Shows runs in TensorBoard: a folder of event files per seed. */
export function tensorBoardTracker(
  { folder, flushMs }: z.output<typeof tensorBoardOptions>,
  { manifest, notice }: Surroundings,
): Tracker {
  const root = resolve(manifest, folder);
  return {
    open: (run) => new TensorBoardSession(run, { folder: placeOf(root, run), flushMs, notice }),
  };
}

/** Characters of a search's identity that tell runs of one seed apart. */
const ID_DIGITS = 8;

function placeOf(root: string, { experiment, profile, seed, id }: TrackedRun): string {
  // Attempts of a search have its identity and a number behind it.
  const [identity = '', ...attempt] = id.split('-attempt-');
  const suffix = [identity.slice(0, ID_DIGITS), ...attempt].join('-attempt-');
  return join(root, experiment, profile, `seed-${seed}-${suffix}`);
}

const plugin = definePlugin({
  id: 'tensorboard',
  kind: 'tracker',
  summary: 'Writes event files for TensorBoard: metrics by step, each point once.',
  options: tensorBoardOptions,
  create: (options, { folders, log }) =>
    tensorBoardTracker(options, { manifest: folders.manifest, notice: log }),
});
export default plugin;
