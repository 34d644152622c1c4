import {
  ArcherError,
  type DataOrder,
  type DataSet,
  EXIT,
  type Report,
  type Sampler,
  type State,
  type Streams,
} from '@archer-nas/core';
import type { Network, Path, SplitPlan, SplitRecipe } from '@archer-nas/nn';
import type { Bequest } from './inheritance.ts';
import type { OneShotTraining } from './one-shot-training.ts';
import { SplitDecision } from './split-decision.ts';
import { type SplitSchedule, splitSchedule } from './split-schedule.ts';
import { allOptionsOf, partOf, partsOf, type SubSupernet } from './sub-supernet.ts';
import { Training } from './training.ts';
import type { TrainingParts } from './training-parts.ts';

/** What the training is made of. */
export interface SplitTrainingParts extends TrainingParts {
  readonly network: Network;
  readonly data: DataSet;
  readonly split: SplitRecipe;
}

/** A supernet without its weights. */
type Described = Pick<SubSupernet, 'name' | 'left' | 'before'>;

interface Saved {
  readonly at: number;
  readonly done: number;
  readonly images: number;
  readonly supernets: readonly (Described & { readonly training: State })[];
  /** Of the supernet that is being split. */
  readonly decision: State;
}

/**
 * Training of several supernets, level by level: those of a level are trained one after the other,
 * then each is split, and its parts take its place. Every supernet has weights, optimiser, path
 * sampler and data order of its own; those of a supernet that was split are freed.
 */
export class SplitTraining implements OneShotTraining {
  readonly rewards = undefined;
  readonly rounds = 0;
  readonly rewarded = 0;
  /** Of several supernets there is no one word. */
  readonly metrics = {};
  readonly total: number;
  readonly #parts: SplitTrainingParts;
  readonly #plan: readonly SplitPlan[];
  readonly #schedule: SplitSchedule;
  #supernets: readonly SubSupernet[];
  /** The supernet that is trained or split. */
  #at: number;
  #done: number;
  /** Of backward passes of supernets that are no more, and of what splits were chosen by. */
  #images: number;
  /** Of the supernet that is being split. */
  #decision: SplitDecision | undefined;

  constructor(parts: SplitTrainingParts, state?: State) {
    const saved = state as unknown as Saved | undefined;
    const { sites } = parts.network;
    this.#parts = parts;
    this.#plan = parts.split.plan(sites);
    this.#schedule = splitSchedule(parts.options.epochs, this.#plan);
    this.#at = saved?.at ?? 0;
    this.#done = saved?.done ?? 0;
    this.#images = saved?.images ?? 0;
    const whole: Described = { name: '', left: allOptionsOf(sites), before: [] };
    this.#supernets = saved
      ? saved.supernets.map((one) => this.#supernet(one, undefined, one.training))
      : [this.#supernet(whole)];
    if (saved?.decision) this.#decision = this.#decide(saved.decision);
    this.total = this.#schedule.steps(this.#stepsPerEpoch);
    if (this.#at === this.#supernets.length && this.#done < this.total) throw allTrained();
  }

  /** Every architecture belongs to one of them. */
  get supernets(): readonly SubSupernet[] {
    return this.#supernets;
  }

  get paths(): Sampler<Path> {
    return this.#current.training.paths;
  }

  get order(): DataOrder | undefined {
    return this.#current.training.order;
  }

  get done(): number {
    return this.#done;
  }

  get images(): number {
    const before = this.#images + (this.#decision?.images ?? 0);
    return this.#supernets.reduce((sum, { training }) => sum + training.images, before);
  }

  get parameters(): number {
    return this.#supernets.reduce((sum, { training }) => sum + training.store.count(), 0);
  }

  step(): Report {
    const place = { supernets: this.#supernets.length, supernet: this.#at };
    const report = this.#decision ? this.#measure(this.#decision) : this.#train();
    this.#done += 1;
    const splits = this.#splitWhatIsDecided();
    const metrics = { ...report.metrics, ...place, ...splits.metrics };
    return { ...report, metrics, notes: [...(report.notes ?? []), ...splits.notes] };
  }

  get state(): State {
    const saved: Saved = {
      at: this.#at,
      done: this.#done,
      images: this.#images,
      supernets: this.#supernets.map(({ name, left, before, training }) => {
        return { name, left, before, training: training.state };
      }),
      decision: this.#decision?.state ?? null,
    };
    return saved as unknown as State;
  }

  dispose(): void {
    for (const { training } of this.#supernets) training.dispose();
  }

  get #current(): SubSupernet {
    const last = this.#supernets.length - 1;
    return this.#supernets[Math.min(this.#at, last)] as SubSupernet; // there is always one
  }

  /** Of every supernet the same. */
  get #stepsPerEpoch(): number {
    const { training, before } = this.#supernets[0] as SubSupernet; // there is always one
    return training.total / this.#schedule.epochs(before.length);
  }

  #train(): Report {
    const { training, before } = this.#current;
    const report = training.step();
    if (training.done < training.total) return report;
    const next = this.#plan[before.length];
    if (next?.inherits !== 'everything') training.finish();
    this.#at += 1;
    if (this.#at < this.#supernets.length || next === undefined) return report;
    this.#at = 0;
    this.#decision = this.#decide();
    return report;
  }

  #measure(decision: SplitDecision): Report {
    decision.step();
    return {};
  }

  /** Splits as many supernets as are decided; when all of a level are, their parts are trained. */
  #splitWhatIsDecided(): {
    readonly metrics: Report['metrics'];
    readonly notes: readonly string[];
  } {
    let metrics: Report['metrics'];
    const notes: string[] = [];
    for (let decision = this.#decision; decision; decision = this.#decision) {
      const parent = this.#current;
      if (decision.steps < (this.#plan[parent.before.length] as SplitPlan).steps) break;
      const { parts, ...told } = this.#split(parent, decision);
      metrics = told.metrics;
      notes.push(told.note);
      this.#supernets = this.#supernets.flatMap((one) => (one === parent ? parts : [one]));
      this.#at += parts.length;
      const isLast = this.#at === this.#supernets.length;
      this.#decision = isLast ? undefined : this.#decide();
      if (isLast) this.#at = 0;
    }
    return { metrics, notes };
  }

  /** The parts of a supernet, which is freed. */
  #split(parent: SubSupernet, decision: SplitDecision) {
    const { into, inherits } = this.#plan[parent.before.length] as SplitPlan; // there is a decision
    const split = decision.split();
    const parts = partsOf(parent.left, split, into).map((left, at) => {
      const name = `${parent.name}.${at}`;
      const before = [...parent.before, split.decision];
      return this.#supernet({ name, left, before }, inherits === 'nothing' ? undefined : parent);
    });
    this.#images += parent.training.images + decision.images;
    parent.training.dispose();
    const options = parent.network.sites.find((site) => site.decision === split.decision)?.options;
    const groups = split.groups.map((group) => group.map((option) => options?.[option]).join(', '));
    const note = `Supernet ${parent.name || 'of all'} is split by decision ${split.decision}: ${groups.join(' | ')}.`;
    return { parts, note, metrics: split.metrics };
  }

  #supernet({ name, left, before }: Described, parent?: SubSupernet, saved?: State): SubSupernet {
    const { network: whole, options, ...rest } = this.#parts;
    const network = partOf(whole, left);
    const level = before.length;
    const training = new Training(
      {
        ...{ ...rest, network, streams: this.#streamsOf(name) },
        options: { ...options, epochs: this.#schedule.epochs(level) },
        course: this.#schedule.course(level),
        ...(parent && { inherited: this.#inherited(parent, network) }),
      },
      saved,
    );
    return { name, left, before, network, training };
  }

  #inherited({ training, before }: SubSupernet, { parameters }: Network): Partial<Bequest> {
    const all = training.bequest(parameters.map(({ name }) => name));
    const { inherits } = this.#plan[before.length] as SplitPlan; // it was split
    return inherits === 'everything' ? all : { parameters: all.parameters };
  }

  #decide(saved?: State): SplitDecision {
    const { split: recipe, data, options } = this.#parts;
    const supernet = this.#current;
    const streams = this.#streamsOf(supernet.name).scope('split');
    return new SplitDecision({ supernet, recipe, data, options, streams }, saved);
  }

  /** The whole supernet draws what it would in a search without splits. */
  #streamsOf(name: string): Streams {
    const { streams } = this.#parts;
    return name === '' ? streams : streams.scope(`supernet${name}`);
  }
}

function allTrained(): ArcherError {
  return new ArcherError(
    'ARCHER_EXTEND',
    'All supernets of a search with splits are trained: more epochs would need other splits.',
    { hint: 'Run it anew with the larger budget.', exit: EXIT.usage },
  );
}
