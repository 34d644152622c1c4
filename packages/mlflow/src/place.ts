import { createHash } from 'node:crypto';
import type { TrackedRun } from '@archer-nas/core';
import { isReason, type MlflowClient, quoted } from './client.ts';
import type { Clock } from './clock.ts';
import { MlflowError } from './errors.ts';
import { clip, LIMITS } from './limits.ts';
import type { Run } from './wire.ts';

/** The nested run that a session writes to. */
export interface Target {
  readonly run: Run;
  readonly parentId: string;
  /** It was there before: its histories must be read before anything is added. */
  readonly resumed: boolean;
}

/**
 * A run's place on the server: an experiment, in it one parent run per experiment and
 * profile, in that one nested run per search. All of them are looked for before they are
 * made, by name and by the tags `archer.group` and `archer.search`, so that neither a resume
 * nor a lost answer makes a second one.
 */
export class Place {
  readonly #client: MlflowClient;
  readonly #clock: Clock;
  readonly #run: TrackedRun;
  readonly #experiment: string;
  #experimentId: string | undefined;
  #parentId: string | undefined;
  #target: Target | undefined;

  constructor(client: MlflowClient, clock: Clock, run: TrackedRun, experiment = run.experiment) {
    this.#client = client;
    this.#clock = clock;
    this.#run = run;
    this.#experiment = clip(experiment, LIMITS.experimentName);
  }

  /** Finds or makes it. What was found is kept, so that a retry goes on where it failed. */
  async find(signal?: AbortSignal): Promise<Target> {
    this.#experimentId ??= await this.#findExperiment(signal);
    this.#parentId ??= await this.#findParent(this.#experimentId, signal);
    this.#target ??= await this.#findNested(this.#experimentId, this.#parentId, signal);
    return this.#target;
  }

  /** The target, once there is one. */
  get target(): Target | undefined {
    return this.#target;
  }

  /** Somebody deleted the run (or its parent, or the experiment): look again. */
  forget(): void {
    this.#experimentId = this.#parentId = this.#target = undefined;
  }

  /** The parent has ended when none of its runs goes on, and failed when one of them failed. */
  async settleParent(parentId: string, signal?: AbortSignal): Promise<void> {
    const runs = await this.#search(`tags."mlflow.parentRunId" = ${quoted(parentId)}`, signal);
    const statuses = runs.map((run) => run.info.status);
    if (statuses.includes('RUNNING')) return;
    const status = statuses.includes('FAILED') ? 'FAILED' : 'FINISHED';
    await this.#client.updateRun(parentId, { status, endTime: this.#clock.now() }, signal);
  }

  async #findExperiment(signal?: AbortSignal): Promise<string> {
    const found = await this.#client.experimentByName(this.#experiment, signal);
    if (found === undefined) return this.#createExperiment(signal);
    // A deleted experiment keeps its name: it can only be restored.
    if (found.lifecycle_stage === 'deleted')
      await this.#client.restoreExperiment(found.experiment_id, signal);
    return found.experiment_id;
  }

  async #createExperiment(signal?: AbortSignal): Promise<string> {
    try {
      return await this.#client.createExperiment(this.#experiment, signal);
    } catch (error) {
      if (!isReason(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
      const other = await this.#client.experimentByName(this.#experiment, signal);
      if (other === undefined) throw error;
      return other.experiment_id;
    }
  }

  async #findParent(experimentId: string, signal?: AbortSignal): Promise<string> {
    const filter = `tags."archer.group" = ${quoted(groupOf(this.#run))}`;
    const found = await this.#oldest(filter, signal);
    if (found !== undefined) {
      if (found.info.status !== 'RUNNING')
        await this.#client.updateRun(found.info.run_id, { status: 'RUNNING' }, signal);
      return found.info.run_id;
    }
    const name = `${this.#run.experiment} (${this.#run.profile})`;
    const mine = await this.#create(experimentId, name, parentTags(this.#run), signal);
    // Seeds that start at the same time may all have found nothing: the oldest parent stays.
    const first = (await this.#oldest(filter, signal)) ?? mine;
    if (first.info.run_id !== mine.info.run_id)
      await this.#client.deleteRun(mine.info.run_id, signal);
    return first.info.run_id;
  }

  async #findNested(experimentId: string, parentId: string, signal?: AbortSignal): Promise<Target> {
    const filter =
      `tags."archer.search" = ${quoted(this.#run.id)} and ` +
      `tags."mlflow.parentRunId" = ${quoted(parentId)}`;
    const found = await this.#oldest(filter, signal);
    if (found === undefined) {
      const tags = nestedTags(this.#run, parentId);
      const run = await this.#create(experimentId, `seed ${this.#run.seed}`, tags, signal);
      return { run, parentId, resumed: false };
    }
    if (found.info.status !== 'RUNNING')
      await this.#client.updateRun(found.info.run_id, { status: 'RUNNING' }, signal);
    return { run: found, parentId, resumed: true };
  }

  async #create(
    experimentId: string,
    name: string,
    tags: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Run> {
    const startTime = this.#clock.now();
    return this.#client.createRun({ experimentId, name, startTime, tags }, signal);
  }

  async #oldest(filter: string, signal?: AbortSignal): Promise<Run | undefined> {
    const [run] = await this.#search(filter, signal);
    return run;
  }

  async #search(filter: string, signal?: AbortSignal): Promise<Run[]> {
    const experimentIds = [this.#experimentId ?? ''];
    const orderBy = ['attributes.start_time ASC', 'attributes.run_id ASC'];
    return this.#client.searchRuns({ experimentIds, filter, orderBy }, signal);
  }
}

/** True when the run (or its experiment) was deleted on the server. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof MlflowError)) return false;
  if (error.reason === 'RESOURCE_DOES_NOT_EXIST') return true;
  return error.status === 400 && error.message.includes("must be in the 'active' state");
}

/** One name for experiment and profile, without characters that a filter cannot quote. */
function groupOf({ experiment, profile }: TrackedRun): string {
  return createHash('sha256').update(`${experiment}\n${profile}`).digest('hex').slice(0, 32);
}

function parentTags(run: TrackedRun): Record<string, string> {
  return {
    'archer.group': groupOf(run),
    'archer.experiment': run.experiment,
    'archer.profile': run.profile,
    'mlflow.source.name': 'archer',
    'mlflow.source.type': 'LOCAL',
  };
}

function nestedTags(run: TrackedRun, parentId: string): Record<string, string> {
  const { 'archer.group': _, ...shared } = parentTags(run);
  return {
    ...shared,
    'mlflow.parentRunId': parentId,
    'archer.search': run.id,
    'archer.seed': String(run.seed),
  };
}
