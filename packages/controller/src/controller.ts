import {
  ArcherError,
  type Choice,
  type Decision,
  EXIT,
  type State,
  type Stream,
} from '@archer-nas/core';
import { adam, clipNorm, type Moments, noMoments } from './adam.ts';
import { advantageOf, type Baseline, NO_REWARDS } from './baseline.ts';
import { entropy } from './distribution.ts';
import { logitGradients, logProbability } from './estimator.ts';
import { factorisedPolicy } from './factorised.ts';
import { lstmPolicy } from './lstm.ts';
import type { LearningOptions, PolicyOptions } from './options.ts';
import { optionOf } from './plan.ts';
import type { Policy, Token, Walk } from './policy.ts';

/** An architecture as it was drawn. */
export interface Draw {
  /** One per decision of the space. */
  readonly choices: readonly Choice[];
  /** ln π(a_t) of each decision that exists. */
  readonly drawn: Float64Array;
}

/** What came of a draw. */
export interface Lesson extends Draw {
  /** R; larger is better. */
  readonly reward: number;
}

/** What an update of θ was like; means over its lessons. */
export interface Update {
  /** R, without what entropy adds. */
  readonly reward: number;
  /** b after the update. */
  readonly baseline: number;
  readonly advantage: number;
  /** Σ_t H_t of the walks, in nats. */
  readonly entropy: number;
  /** L2 norm of the gradient before it is clipped, of the last pass. */
  readonly norm: number;
}

/** How a controller is made. */
export interface ControllerOf {
  readonly decisions: readonly Decision[];
  readonly policy: PolicyOptions;
  readonly learning: LearningOptions;
}

interface Saved {
  readonly parameters: Float64Array;
  readonly moments: Moments;
  readonly baseline: Baseline;
}

/** A policy that learns from rewards: draws architectures, and ascends E[R]. */
export class Controller {
  readonly #of: ControllerOf;
  readonly #policy: Policy;
  #moments: Moments;
  #baseline: Baseline;

  /**
   * @param begin where a fresh θ is drawn from, or a `state` to go on with
   * @throws ArcherError `ARCHER_PASSES` for several updates by a batch that is not the policy's own
   */
  constructor(of: ControllerOf, begin: { readonly stream: Stream } | { readonly state: State }) {
    const saved = 'state' in begin ? (begin.state as unknown as Saved) : undefined;
    const init = 'stream' in begin ? begin.stream : (saved as Saved).parameters;
    const { decisions, policy: options, learning } = of;
    if (learning.passes > 1 && learning.estimator !== 'ppo') throw onePass(learning);
    this.#of = of;
    this.#policy =
      options.kind === 'lstm'
        ? lstmPolicy(decisions, options, init)
        : factorisedPolicy(decisions, options, init);
    const size = this.#policy.parameters.length;
    this.#moments = saved ? copyOf(saved.moments) : noMoments(size);
    this.#baseline = saved?.baseline ?? NO_REWARDS;
  }

  /** Scalars in θ. */
  get size(): number {
    return this.#policy.parameters.length;
  }

  draw(stream: Stream): Draw {
    const { choices, tokens } = this.#policy.walk((p) => stream.weighted(p));
    return { choices, drawn: Float64Array.from(tokens, logProbability) };
  }

  /** The tokens of an architecture, with the distributions that it would be drawn from now. */
  tokens(choices: readonly Choice[]): readonly Token[] {
    return this.#follow(choices).tokens;
  }

  /** One update of θ, `passes` of them with PPO, from what came of a batch of draws. */
  learn(lessons: readonly Lesson[]): Update {
    const { passes } = this.#of.learning;
    let walks = lessons.map(({ choices }) => this.#follow(choices));
    const { advantages, ...means } = this.#judge(lessons, walks);
    let norm = 0;
    for (let pass = 0; pass < passes; pass++) {
      if (pass > 0) walks = lessons.map(({ choices }) => this.#follow(choices));
      norm = this.#ascend(lessons, walks, advantages);
    }
    return { ...means, norm };
  }

  get state(): State {
    const saved: Saved = {
      parameters: this.#policy.parameters.slice(),
      moments: copyOf(this.#moments),
      baseline: this.#baseline,
    };
    return saved as unknown as State;
  }

  /** Rewards go through the baseline one after the other, or as their mean. */
  #judge(
    lessons: readonly Lesson[],
    walks: readonly Walk[],
  ): Omit<Update, 'norm'> & { readonly advantages: number[] } {
    const { entropy: bonus, baseline: options } = this.#of.learning;
    const means = { reward: 0, entropy: 0 };
    const rewards = lessons.map(({ reward }, m) => {
      const { tokens } = walks[m] as Walk; // one per lesson
      const spread = tokens.reduce((sum, { p }) => sum + entropy(p), 0);
      const added = { gradient: 0, reward: spread, sampled: sampledEntropy(tokens) }[bonus.form];
      means.reward += reward / lessons.length;
      means.entropy += spread / lessons.length;
      return reward + bonus.weight * added;
    });
    let b = 0;
    const move = (reward: number): number => {
      const judged = advantageOf(this.#baseline, reward, options);
      this.#baseline = judged.baseline;
      b = judged.b;
      return judged.advantage;
    };
    if (options.by === 'batch') move(meanOf(rewards));
    const advantages = rewards.map((reward) => {
      return options.by === 'batch' ? reward - b : move(reward);
    });
    return { ...means, advantage: meanOf(advantages), baseline: b, advantages };
  }

  /** θ ← θ + Adam of (1/M) Σ_m ∇θ. */
  #ascend(
    lessons: readonly Lesson[],
    walks: readonly Walk[],
    advantages: readonly number[],
  ): number {
    const { learning } = this.#of;
    const { parameters, gradient } = this.#policy;
    gradient.fill(0);
    lessons.forEach(({ drawn }, m) => {
      const walk = walks[m] as Walk; // one per lesson
      const judged = { advantage: advantages[m] as number, drawn }; // one per lesson
      const gradients = logitGradients(walk.tokens, judged, learning);
      walk.backward(gradients.map((each) => each.map((g) => g / lessons.length)));
    });
    const norm = clipNorm(gradient, learning.clip);
    this.#moments = adam(parameters, gradient, this.#moments, learning);
    return norm;
  }

  #follow(choices: readonly Choice[]): Walk {
    const { decisions } = this.#of;
    return this.#policy.walk((_, at) => {
      return optionOf(decisions[at] as Decision, choices[at] as Choice); // as many as decisions
    });
  }
}

/** Σ_t −p ln p of the options that were taken: an estimate of nothing, but what was released. */
function sampledEntropy(tokens: readonly Token[]): number {
  return tokens.reduce((sum, token) => {
    const log = logProbability(token);
    return sum - Math.exp(log) * log;
  }, 0);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

function copyOf({ first, second, steps }: Moments): Moments {
  return { first: first.slice(), second: second.slice(), steps };
}

function onePass({ passes, estimator }: LearningOptions): ArcherError {
  return new ArcherError(
    'ARCHER_PASSES',
    `${passes} updates on each batch with ${estimator}: after the first, the policy is another one.`,
    { hint: 'Set passes: 1, or estimator: ppo.', exit: EXIT.manifest },
  );
}
