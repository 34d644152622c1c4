import {
  ArcherError,
  type Evaluation,
  EXIT,
  type Progress,
  type Proposal,
  type Report,
  type Sampler,
  type SamplerContext,
  type SamplerRecipe,
  type SearchSpace,
  type State,
  type Stream,
} from '@archer-nas/core';
import { Controller, type Draw, type Lesson, type Update } from './controller.ts';
import type { LearningOptions, PolicyOptions } from './options.ts';
import { type Reward, type RewardOptions, rewardOf } from './reward.ts';

/** See the options of the same names. */
export interface ControllerSamplerOptions {
  readonly policy: PolicyOptions;
  readonly learning: LearningOptions;
  readonly reward: RewardOptions;
}

/**
 * A sampler that draws architectures from a policy over the space's decisions. Evaluations that are
 * final are lessons, and `learning.batch` of them one update of θ; what failed or is not a number,
 * or only partial, teaches nothing.
 * @param name of its searches; ids of proposals begin with it
 */
export function controllerSampler(name: string, options: ControllerSamplerOptions): SamplerRecipe {
  return { name, begin: (context, saved) => new ControllerSampler(name, options, context, saved) };
}

/** A draw that is being evaluated. */
interface Outstanding extends Draw {
  readonly id: string;
}

interface Saved {
  readonly proposed: number;
  /** `null` before the first proposal. */
  readonly controller: State;
  readonly outstanding: readonly Outstanding[];
  readonly lessons: readonly Lesson[];
  readonly updates: Updates;
}

/** Updates of θ in a row: how many, and the sums of what they were like. */
interface Updates extends Update {
  readonly count: number;
}

const NO_UPDATES: Updates = {
  count: 0,
  reward: 0,
  baseline: 0,
  advantage: 0,
  entropy: 0,
  norm: 0,
};

class ControllerSampler<A> implements Sampler<A> {
  readonly #name: string;
  readonly #options: ControllerSamplerOptions;
  readonly #space: Required<Pick<SearchSpace<A>, 'decisions' | 'fromChoices'>>;
  readonly #reward: Reward;
  /** Its parameters come from the stream of the first proposal. */
  #controller: Controller | undefined;
  readonly #outstanding: Map<string, Outstanding>;
  #lessons: readonly Lesson[];
  /** Since the last `advance`. */
  #updates: Updates;
  #proposed: number;

  constructor(
    name: string,
    options: ControllerSamplerOptions,
    { space, objective }: SamplerContext<A>,
    state?: State,
  ) {
    const saved = state as unknown as Saved | undefined;
    this.#name = name;
    this.#options = options;
    this.#space = decisionsOf(name, space);
    this.#reward = rewardOf(objective, options.reward);
    if (saved?.controller) {
      this.#controller = new Controller(this.#controllerOf, { state: saved.controller });
    }
    this.#outstanding = new Map(saved?.outstanding.map((one) => [one.id, one]));
    this.#lessons = saved?.lessons ?? [];
    this.#updates = saved?.updates ?? NO_UPDATES;
    this.#proposed = saved?.proposed ?? 0;
  }

  propose(n: number, stream: Stream): readonly Proposal<A>[] {
    this.#controller ??= new Controller(this.#controllerOf, { stream });
    const controller = this.#controller;
    return Array.from({ length: n }, () => {
      const id = `${this.#name}-${this.#proposed++}`;
      const draw = controller.draw(stream);
      this.#outstanding.set(id, { id, ...draw });
      return { id, architecture: this.#space.fromChoices(draw.choices) };
    });
  }

  observe(evaluations: readonly Evaluation<A>[]): void {
    for (const evaluation of evaluations) {
      const { id } = evaluation.proposal;
      const draw = this.#outstanding.get(id);
      this.#outstanding.delete(id);
      const reward = this.#reward(evaluation);
      if (draw === undefined || Number.isNaN(reward)) continue;
      this.#lessons = [...this.#lessons, { choices: draw.choices, drawn: draw.drawn, reward }];
      if (this.#lessons.length >= this.#options.learning.batch) this.#learn();
    }
  }

  /** What the updates since the last time were like. */
  advance(_progress: Progress): Report {
    const { count, ...sums } = this.#updates;
    this.#updates = NO_UPDATES;
    if (count === 0) return {};
    const metrics = Object.entries(sums).map(([name, sum]) => [`controller-${name}`, sum / count]);
    return { metrics: Object.fromEntries(metrics) };
  }

  get state(): State {
    const saved: Saved = {
      proposed: this.#proposed,
      controller: this.#controller?.state ?? null,
      outstanding: [...this.#outstanding.values()],
      lessons: this.#lessons,
      updates: this.#updates,
    };
    return saved as unknown as State;
  }

  #learn(): void {
    const update = this.#controller?.learn(this.#lessons);
    this.#lessons = [];
    if (update) this.#updates = sumOf(this.#updates, update);
  }

  get #controllerOf() {
    const { policy, learning } = this.#options;
    return { decisions: this.#space.decisions, policy, learning };
  }
}

function sumOf({ count, ...sums }: Updates, update: Update): Updates {
  return {
    count: count + 1,
    reward: sums.reward + update.reward,
    baseline: sums.baseline + update.baseline,
    advantage: sums.advantage + update.advantage,
    entropy: sums.entropy + update.entropy,
    norm: sums.norm + update.norm,
  };
}

function decisionsOf<A>(name: string, space: SearchSpace<A>) {
  const { decisions, fromChoices } = space;
  if (decisions !== undefined && fromChoices !== undefined) {
    return { decisions, fromChoices: fromChoices.bind(space) };
  }
  throw new ArcherError('ARCHER_CAPABILITY', `${name} draws decisions; ${space.name} has none`, {
    exit: EXIT.manifest,
  });
}
