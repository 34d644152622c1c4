import { ArcherError, EXIT, type State } from '@archer-nas/core';
import type { EpochVerdict } from '@archer-nas/nn';
import { stagesOf } from './modifications.ts';
import { Stage, type StageParts, type StagePlan } from './stage.ts';

/** The state of a stage after an epoch, kept to go back to. */
interface Kept {
  readonly epoch: number;
  /** The last epoch after which the search may go back to it. */
  readonly until: number;
  readonly training: State;
}

interface SavedCourse {
  readonly plan: StagePlan;
  readonly training: State;
  readonly before: number;
  readonly ended: boolean;
  readonly kept: readonly Kept[];
  /** Of each stage. */
  readonly epochs: number;
}

/**
 * The way of a search through its stages and epochs: the next stage begins when one is complete, and
 * modifiers may end the search early or go back to an earlier epoch.
 */
export class Course<A> {
  readonly #parts: StageParts<A>;
  readonly #stages: number;
  #stage: Stage<A>;
  /** Steps that were made besides those of the current training. */
  #before: number;
  #ended: boolean;
  #kept: readonly Kept[];

  constructor(parts: StageParts<A>, state?: State) {
    const saved = state as unknown as SavedCourse | undefined;
    this.#parts = parts;
    this.#stages = stagesOf(parts.modifiers);
    const { epochs } = parts.options;
    if (saved && saved.plan.stage > 0 && saved.epochs !== epochs) throw otherStages();
    this.#stage = new Stage(parts, saved?.plan ?? { stage: 0 }, saved?.training);
    this.#before = saved?.before ?? 0;
    this.#ended = saved?.ended ?? false;
    this.#kept = saved?.kept ?? [];
  }

  get stage(): Stage<A> {
    return this.#stage;
  }

  /** Steps made, those that were gone back over included. */
  get done(): number {
    return this.#before + this.#stage.training.done;
  }

  get total(): number {
    if (this.#ended) return this.done;
    const { total } = this.#stage.training;
    return this.#before + total * (this.#stages - this.#stage.plan.stage);
  }

  /** Epochs made. */
  get epochs(): number {
    return Math.floor(this.done / this.#stage.training.pass.steps);
  }

  /** One step; at the end of an epoch what modifiers decide is left to {@link goOn}. */
  step(): EpochVerdict & { readonly endsEpoch: boolean } {
    const verdict = this.#stage.training.step();
    return { ...verdict, endsEpoch: this.#stage.training.isBetweenEpochs };
  }

  /**
   * Follows a verdict.
   *
   * @returns how many of the last epochs no longer count
   */
  goOn({ keepFor = 0, stopAt, backTo }: EpochVerdict): number {
    const { training } = this.#stage;
    const epoch = training.epoch - 1;
    this.#kept = this.#kept.filter(({ until }) => until >= epoch);
    if (keepFor > 0) {
      this.#kept = [...this.#kept, { epoch, until: epoch + keepFor, training: training.state }];
    }
    if (stopAt !== undefined) {
      this.#ended = true;
      return epoch - stopAt;
    }
    if (backTo !== undefined) return this.#back(backTo);
    if (training.done === training.total && this.#stage.plan.stage + 1 < this.#stages) {
      this.#begin(this.#stage.next());
    }
    return 0;
  }

  get state(): State {
    const { plan, training } = this.#stage;
    const saved: SavedCourse = {
      plan,
      training: training.state,
      before: this.#before,
      ended: this.#ended,
      kept: this.#kept,
      epochs: this.#parts.options.epochs,
    };
    return saved as unknown as State;
  }

  dispose(): void {
    this.#stage.dispose();
  }

  #back({ epoch, weightDecay }: NonNullable<EpochVerdict['backTo']>): number {
    const there = this.#kept.find((kept) => kept.epoch === epoch);
    if (there === undefined) throw new RangeError(`the state after epoch ${epoch} was not kept`);
    const now = this.#stage.training.epoch - 1;
    this.#kept = this.#kept.filter((kept) => kept.epoch <= epoch);
    this.#begin({ ...this.#stage.plan, weightDecay }, there.training);
    return now - epoch;
  }

  #begin(plan: StagePlan, training?: State): void {
    const made = this.done;
    this.#stage.dispose();
    this.#stage = new Stage(this.#parts, plan, training);
    this.#before = made - this.#stage.training.done;
    if (training === undefined) this.#kept = [];
  }
}

function otherStages(): ArcherError {
  return new ArcherError(
    'ARCHER_EXTEND',
    'A search in stages has left the first of them: more epochs would need another one.',
    { hint: 'Run it anew with the larger budget.', exit: EXIT.usage },
  );
}
