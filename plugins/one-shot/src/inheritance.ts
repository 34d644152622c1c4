import type { State } from '@archer-nas/core';
import type { Schedule } from '@archer-nas/nn';
import { learningRate } from './learning-rate.ts';
import type { OneShotOptions } from './options.ts';

/** Values of parameters, and their velocities. */
export interface Bequest {
  readonly parameters: State;
  readonly optimiser: State;
}

/** The learning rate is that of a longer training, `before` epochs of which are complete. */
export interface Course {
  readonly epochs: number;
  readonly before: number;
}

/** The part of a bequest that belongs to parameters of these names. */
export function bequest(names: readonly string[], { parameters, optimiser }: Bequest): Bequest {
  const own = (state: State): State => {
    const values = state as Readonly<Record<string, State>>; // by name, both of them
    return Object.fromEntries(
      names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
    );
  };
  return { parameters: own(parameters), optimiser: own(optimiser) };
}

/** By the step, of the training's own epochs or of those of the training that it is part of. */
export function rateOf(options: OneShotOptions, stepsPerEpoch: number, course?: Course): Schedule {
  const { epochs = options.epochs, before = 0 } = course ?? {};
  const rate = learningRate({ ...options, epochs }, stepsPerEpoch);
  return (step) => rate(before * stepsPerEpoch + step);
}
