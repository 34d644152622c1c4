import {
  ArcherError,
  type Evaluation,
  EXIT,
  type MetricSpec,
  type Objective,
} from '@archer-nas/core';
import { z } from 'zod';

/** Options of how a reward is made from what was measured. */
export const rewardOptions = z.strictObject({
  power: z
    .number()
    .positive()
    .default(1)
    .describe('of a metric that is maximised: Rᵖ, with percents as shares; minimised: c/valueᵖ'),
  c: z.number().positive().default(80).describe('the numerator, of a metric that is minimised'),
});

export type RewardOptions = z.output<typeof rewardOptions>;

/** R of an evaluation; NaN where there is nothing to learn from. */
export type Reward = (evaluation: Evaluation<unknown>) => number;

/**
 * The reward of a search. Of one metric: accuracyᵖ, c/perplexityᵖ; of several, or with limits, the
 * objective's own number.
 * @throws ArcherError `ARCHER_CAPABILITY` for an objective without a number
 */
export function rewardOf(objective: Objective, { power, c }: RewardOptions): Reward {
  const { metrics, constraints, scalar } = objective;
  const isPlain = metrics.length === 1 && constraints.length === 0;
  const { name, unit, direction } = metrics[0] as MetricSpec; // an objective has metrics
  if (isPlain) {
    const whole = unit === '%' ? 100 : 1;
    const shaped = (value: number): number =>
      direction === 'maximise' ? (value / whole) ** power : c / value ** power;
    return ifFinal((measured) => shaped(measured[name] ?? Number.NaN));
  }
  if (scalar !== undefined) return ifFinal((measured) => scalar.call(objective, measured));
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    'The controller needs one number to maximise; the objective compares several metrics.',
    { hint: 'Use an objective with one number, as mnasnet or rena.', exit: EXIT.manifest },
  );
}

function ifFinal(of: (metrics: Evaluation<unknown>['metrics']) => number): Reward {
  return ({ status, metrics }) => {
    const reward = status === 'final' ? of(metrics) : Number.NaN;
    return Number.isFinite(reward) ? reward : Number.NaN;
  };
}
