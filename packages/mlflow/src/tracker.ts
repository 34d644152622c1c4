import { definePlugin, type Plugin, type TrackedRun, type Tracker } from '@archer-nas/core';
import { z } from 'zod';
import { type Environment, readAddress } from './address.ts';
import { MlflowClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { MlflowSession, type SessionOptions } from './session.ts';

/** The tracker's options in a manifest. */
export const mlflowOptions = z.strictObject({
  uri: z.string().min(1).optional().describe('The server; MLFLOW_TRACKING_URI when absent.'),
  experiment: z
    .string()
    .min(1)
    .optional()
    .describe("The experiment's name on the server; the manifest's name when absent."),
  nonFinite: z
    .enum(['tag', 'send'])
    .default('tag')
    .describe('NaN and infinities: keep them out of MLflow and set a tag, or send them.'),
  timeoutMs: z.int().positive().default(30_000).describe('Time limit of one request.'),
  flushMs: z.int().nonnegative().default(1000).describe('How long points are gathered.'),
});

export type MlflowOptions = z.output<typeof mlflowOptions>;

/** What a tracker needs besides its options; tests put their own in. */
export interface Surroundings {
  readonly env?: Environment;
  readonly clock?: Clock;
  readonly fetch?: typeof fetch;
  readonly notice?: (line: string) => void;
}

/**
 * Shows runs on an MLflow server. Without an address it sends nothing and says so at the end.
 *
 * @throws ArcherError `ARCHER_MLFLOW_URI` when the address is not http(s)
 */
export function mlflowTracker(
  options: MlflowOptions,
  { env = process.env, clock = systemClock, fetch = globalThis.fetch, notice }: Surroundings = {},
): Tracker {
  const uri = options.uri ?? env.MLFLOW_TRACKING_URI;
  if (!uri) return { open: () => silent };
  const address = readAddress(uri, env);
  const { timeoutMs, experiment, flushMs, nonFinite } = options;
  const session: SessionOptions = {
    client: new MlflowClient({ address, retries: 0, timeoutMs, fetch, clock }),
    clock,
    secrets: address.secrets,
    flushMs,
    nonFinite,
    ...(experiment === undefined ? {} : { experiment }),
    ...(notice === undefined ? {} : { notice }),
  };
  return { open: (run: TrackedRun) => new MlflowSession(run, session) };
}

const silent = {
  log: () => {},
  artifact: () => {},
  close: async () => ['everything: MLFLOW_TRACKING_URI is not set and the manifest names no uri'],
};

/** The tracker plugin `mlflow`. */
export const mlflow: Plugin<'tracker', typeof mlflowOptions> = definePlugin({
  id: 'mlflow',
  kind: 'tracker',
  summary: 'Shows runs on an MLflow server: nested runs per seed, metrics by step, artifacts.',
  options: mlflowOptions,
  create: (options, { log }) => mlflowTracker(options, { notice: log }),
});
