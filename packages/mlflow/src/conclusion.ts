import type { Conclusion, TrackedRun } from '@archer-nas/core';
import type { MlflowClient } from './client.ts';
import { MlflowError } from './errors.ts';
import { isGone, type Target } from './place.ts';
import { pairs } from './wire.ts';

/** Characters of a digest that every server takes. */
const DIGEST = 36;

/** The tags that a run has in the end, from when they are known until the server has them. */
export class PendingConclusion {
  #conclusion: Conclusion | undefined;
  #isPending = false;

  get isPending(): boolean {
    return this.#isPending;
  }

  put(conclusion: Conclusion): void {
    this.#conclusion = conclusion;
    this.#isPending = true;
  }

  /** Another run gets everything anew. */
  again(): void {
    this.#isPending = this.#conclusion !== undefined;
  }

  /** Sets the tags of the run, and of its parent while there is one. */
  async send(
    client: MlflowClient,
    { run: { info }, parentId }: Target,
    signal?: AbortSignal,
  ): Promise<void> {
    if (!this.#isPending || this.#conclusion === undefined) return;
    const { run, experiment } = this.#conclusion;
    await client.logBatch(info.run_id, { tags: pairs(run) }, signal);
    try {
      await client.logBatch(parentId, { tags: pairs(experiment) }, signal);
    } catch (error) {
      // The nested runs stay when somebody deletes their parent.
      if (!isGone(error)) throw error;
    }
    this.#isPending = false;
  }
}

/**
 * Says what a run reads. The server keeps one entry of what it is told twice; one before MLflow 2.4
 * knows no inputs, and does without.
 */
export async function sendInput(
  client: MlflowClient,
  { run }: Target,
  data: NonNullable<TrackedRun['data']>,
  signal?: AbortSignal,
): Promise<void> {
  const { name, hash } = data;
  const source = JSON.stringify({ uri: name });
  const dataset = { name, digest: hash.slice(0, DIGEST), source, source_type: 'local' };
  try {
    await client.logInput(run.info.run_id, dataset, signal);
  } catch (error) {
    if (!isUnknownEndpoint(error)) throw error;
  }
}

function isUnknownEndpoint(error: unknown): boolean {
  return error instanceof MlflowError && error.status === 404 && !isGone(error);
}
