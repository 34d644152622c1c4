import { createHash } from 'node:crypto';
import type { TrackedRun } from '@archer-nas/core';
import { isReason, type MlflowClient, quoted } from './client.ts';
import type { Clock } from './clock.ts';
import { MlflowError } from './errors.ts';
import { clip, LIMITS } from './limits.ts';
import type { Memory, SavedPlace } from './memory.ts';
import { linkBack, linkTo } from './succession.ts';
import type { Run } from './wire.ts';

/** The nested run that a session writes to. */
export interface Target {
  readonly run: Run;
  readonly parentId: string;
  /** It was there before: its histories must be read before anything is added. */
  readonly resumed: boolean;
}

/** What a {@link Place} works with. */
export interface PlaceOptions {
  readonly client: MlflowClient;
  readonly clock: Clock;
  readonly memory: Memory;
  /** The server's address, without credentials. */
  readonly server: string;
  /** The experiment's name on the server; the run's own where absent. */
  readonly experiment?: string;
  /** A client for another server, where the run was before. */
  readonly elsewhere?: (server: string) => MlflowClient;
}

/**
 * A run's place on the server: an experiment, in it one parent run per experiment and
 * profile, in that one nested run per search. The nested run is known from before, or looked
 * for by the tags `archer.group` and `archer.search`, and only then made, so that neither a
 * resume nor a lost answer makes a second one. One that takes the place of a deleted run, or
 * of one on another server, names it in the tag `archer.previous`.
 */
export class Place {
  readonly #options: PlaceOptions;
  readonly #client: MlflowClient;
  readonly #clock: Clock;
  readonly #run: TrackedRun;
  readonly #experiment: string;
  #experimentId: string | undefined;
  #parentId: string | undefined;
  #target: Target | undefined;

  constructor(run: TrackedRun, options: PlaceOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#clock = options.clock;
    this.#run = run;
    this.#experiment = clip(options.experiment ?? run.experiment, LIMITS.experimentName);
  }

  /** Finds or makes it. What was found is kept, so that a retry goes on where it failed. */
  async find(signal?: AbortSignal): Promise<Target> {
    this.#target ??= await this.#known(signal);
    if (this.#target) return this.#target;
    this.#experimentId ??= await this.#findExperiment(signal);
    this.#parentId ??= await this.#findParent(this.#experimentId, signal);
    this.#target = await this.#findNested(this.#experimentId, this.#parentId, signal);
    return this.#target;
  }

  /** Somebody deleted the run (or its experiment): look again. */
  forget(): void {
    this.#experimentId = this.#parentId = this.#target = undefined;
  }

  /** The run that an earlier session used, when it still is there. */
  async #known(signal?: AbortSignal): Promise<Target | undefined> {
    const { memory } = this.#options;
    const saved = memory.place;
    if (saved === undefined || saved.search !== this.#run.id) return undefined;
    try {
      const run = await this.#client.getRun(saved.runId, signal);
      if (run.info.lifecycle_stage !== 'active') return undefined;
      if (tagOf(run, 'archer.search') !== this.#run.id) return undefined;
      memory.setPlace(this.#confirmed(saved, run));
      await this.#revive(run, signal);
      if (this.#run.isLive) await this.#reviveParent(saved.parentId, signal);
      return { run, parentId: saved.parentId, resumed: true };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /** The parent has ended when none of its runs goes on, and failed when one of them failed. */
  async settleParent(parentId: string, signal?: AbortSignal): Promise<void> {
    const runs = await this.#search(`tags."mlflow.parentRunId" = ${quoted(parentId)}`, signal);
    const statuses = runs.map((run) => run.info.status);
    if (statuses.includes('RUNNING')) return;
    const status = statuses.includes('FAILED') ? 'FAILED' : 'FINISHED';
    try {
      await this.#client.updateRun(parentId, { status, endTime: this.#clock.now() }, signal);
    } catch (error) {
      // The nested runs stay when somebody deletes their parent.
      if (!isGone(error)) throw error;
    }
  }

  /** A run that goes on is running, whatever it was told at its last end. */
  async #revive({ info }: Run, signal?: AbortSignal): Promise<void> {
    if (this.#run.isLive && info.status !== 'RUNNING')
      await this.#client.updateRun(info.run_id, { status: 'RUNNING' }, signal);
  }

  async #reviveParent(parentId: string, signal?: AbortSignal): Promise<void> {
    try {
      await this.#revive(await this.#client.getRun(parentId, signal), signal);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
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
      await this.#revive(found, signal);
      return found.info.run_id;
    }
    const { run } = await this.#createOnce(experimentId, filter, signal, {
      name: `${this.#run.experiment} (${this.#run.profile})`,
      startTime: this.#clock.now(),
      tags: parentTags(this.#run),
    });
    return run.info.run_id;
  }

  async #findNested(experimentId: string, parentId: string, signal?: AbortSignal): Promise<Target> {
    const filter =
      `tags."archer.search" = ${quoted(this.#run.id)} and ` +
      `tags."mlflow.parentRunId" = ${quoted(parentId)}`;
    const found = await this.#oldest(filter, signal);
    if (found !== undefined) {
      await this.#revive(found, signal);
      this.#remember(found, parentId);
      return { run: found, parentId, resumed: true };
    }
    const { memory, server, elsewhere } = this.#options;
    const previous = linkTo(memory, server);
    const { run, isNew } = await this.#createOnce(experimentId, filter, signal, {
      name: `${this.#run.experiment} seed ${this.#run.seed}`,
      startTime: this.#run.startedMs,
      tags: { ...nestedTags(this.#run, parentId), ...previous },
    });
    await linkBack(memory, { client: this.#client, run, server, elsewhere, signal });
    this.#remember(run, parentId);
    return { run, parentId, resumed: !isNew };
  }

  /** A server that was restored from a backup has less than it once took; so has a new journal. */
  #confirmed(saved: SavedPlace, run: Run): SavedPlace {
    const { startedMs } = this.#run;
    const stored = saved.startedMs === startedMs ? Number(tagOf(run, 'archer.seq') ?? -1) : -1;
    if (stored < saved.seq) return { ...saved, startedMs, seq: stored, files: {}, end: null };
    return this.#run.isLive ? { ...saved, end: null } : saved;
  }

  /** Nothing is known to be there yet, whatever the place was before. */
  #remember({ info }: Run, parentId: string): void {
    const place: SavedPlace = {
      search: this.#run.id,
      startedMs: this.#run.startedMs,
      experimentId: info.experiment_id,
      parentId,
      runId: info.run_id,
      seq: -1,
      files: {},
      end: null,
    };
    this.#options.memory.setPlace(place);
  }

  /**
   * Others may have found nothing at the same time, and a request that was given up may have
   * been served after all: the oldest run stays.
   */
  async #createOnce(
    experimentId: string,
    filter: string,
    signal: AbortSignal | undefined,
    made: { readonly name: string; readonly startTime: number; readonly tags: Tags },
  ): Promise<{ readonly run: Run; readonly isNew: boolean }> {
    const mine = await this.#client.createRun({ experimentId, ...made }, signal);
    const first = (await this.#oldest(filter, signal)) ?? mine;
    const isNew = first.info.run_id === mine.info.run_id;
    if (!isNew) await this.#client.deleteRun(mine.info.run_id, signal);
    return { run: first, isNew };
  }

  async #oldest(filter: string, signal?: AbortSignal): Promise<Run | undefined> {
    const [run] = await this.#search(filter, signal);
    return run;
  }

  async #search(filter: string, signal?: AbortSignal): Promise<Run[]> {
    const experimentIds = [this.#experimentId ?? this.#options.memory.place?.experimentId ?? ''];
    const orderBy = ['attributes.start_time ASC', 'attributes.run_id ASC'];
    return this.#client.searchRuns({ experimentIds, filter, orderBy }, signal);
  }
}

type Tags = Readonly<Record<string, string>>;

function tagOf(run: Run, key: string): string | undefined {
  return run.data.tags.find((tag) => tag.key === key)?.value;
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
