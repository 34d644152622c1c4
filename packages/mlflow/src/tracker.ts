import { definePlugin, type Plugin, type TrackedRun, type Tracker } from '@archer-nas/core';
import { z } from 'zod';
import { type Environment, readAddress } from './address.ts';
import { MlflowClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { MlflowSession, type SessionOptions } from './session.ts';
import { waitingFor } from './waiting.ts';

/** A server that was left behind may be gone. */
const ELSEWHERE_MS = 5000;

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
  if (!uri) return silent;
  const address = readAddress(uri, env);
  const { timeoutMs, experiment, flushMs, nonFinite } = options;
  const transport = { retries: 0, timeoutMs, fetch, clock };
  const session: SessionOptions = {
    connect: (onAnswer) => new MlflowClient({ ...transport, address, onAnswer }),
    clock,
    server: address.url,
    elsewhere: (server) => {
      const limits = { ...transport, timeoutMs: Math.min(timeoutMs, ELSEWHERE_MS) };
      return new MlflowClient({ ...limits, address: readAddress(server) });
    },
    secrets: address.secrets,
    flushMs,
    nonFinite,
    ...(experiment === undefined ? {} : { experiment }),
    ...(notice === undefined ? {} : { notice }),
  };
  return {
    open: (run: TrackedRun) => new MlflowSession(run, session),
    waiting: (run, files, end) => waitingFor(run, address.url, { files, end }),
  };
}

const NOWHERE = 'everything: MLFLOW_TRACKING_URI is not set and the manifest names no uri';

/** Without an address: sends nothing, and says so. */
const silent: Tracker = {
  open: () => ({
    log: () => {},
    artifact: () => {},
    close: async () => ({ unsent: [NOWHERE], refused: [] }),
  }),
};

/** The tracker plugin `mlflow`. */
export const mlflow: Plugin<'tracker', typeof mlflowOptions> = definePlugin({
  id: 'mlflow',
  kind: 'tracker',
  summary: 'Shows runs on an MLflow server: nested runs per seed, metrics by step, artifacts.',
  options: mlflowOptions,
  create: (options, { log }) => mlflowTracker(options, { notice: log }),
});
