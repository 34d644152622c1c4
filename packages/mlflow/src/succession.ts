import type { MlflowClient } from './client.ts';
import type { Memory } from './memory.ts';
import type { Run } from './wire.ts';

/** Who a new run follows, and where. */
export interface Succession {
  readonly client: MlflowClient;
  readonly run: Run;
  /** The new run's server. */
  readonly server: string;
  /** A client for another server, without this one's credentials. */
  readonly elsewhere?: ((server: string) => MlflowClient) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The page of a run in MLflow's user interface. */
export function pageOf(server: string, experimentId: string, runId: string): string {
  return `${server}/#/experiments/${experimentId}/runs/${runId}`;
}

/** The tag of a new run that names the one whose place it takes, where there was one. */
export function linkTo(memory: Memory, server: string): Record<string, string> {
  const before = predecessor(memory, server);
  if (before === undefined) return {};
  const { experimentId, runId } = before.place;
  return { 'archer.previous': pageOf(before.server, experimentId, runId) };
}

/** Tags the earlier run with its successor, where it can be reached and still be tagged. */
export async function linkBack(memory: Memory, succession: Succession): Promise<void> {
  const { client, run, server, elsewhere, signal } = succession;
  const before = predecessor(memory, server);
  if (before === undefined) return;
  const there = before.server === server ? client : elsewhere?.(before.server);
  const { experiment_id, run_id } = run.info;
  const page = pageOf(server, experiment_id, run_id);
  try {
    await there?.setTag(before.place.runId, 'archer.next', page, signal);
  } catch {
    // A deleted run takes no tags, and a server that was left may be gone: the new run names it.
  }
}

/** The run on this server that is no longer used, or the one on the server used before. */
function predecessor(memory: Memory, server: string) {
  const { place, elsewhere } = memory;
  return elsewhere ?? (place && { server, place });
}
