import { constant, cosine, linearDecay, type Schedule } from '@archer-nas/nn';
import type { OneShotOptions } from './options.ts';

/** The learning rate of a step, given how many steps are complete. */
export function learningRate(
  { lr, minLr, schedule, every, epochs }: OneShotOptions,
  stepsPerEpoch: number,
): Schedule {
  const total = every === 'epoch' ? epochs : epochs * stepsPerEpoch;
  const decay = { base: lr, min: minLr, total };
  const rate = { cosine: cosine(decay), linear: linearDecay(decay), constant: constant(lr) }[
    schedule
  ];
  return every === 'step' ? rate : (steps) => rate(Math.floor(steps / stepsPerEpoch));
}
