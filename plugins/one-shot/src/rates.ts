import { ArcherError, EXIT, type State } from '@archer-nas/core';
import { type Plateau, plateauAfter } from '@archer-nas/nn';
import { type Course, rateOf } from './inheritance.ts';
import { type OneShotOptions, WAITS } from './options.ts';

/** The learning rates of a training, which may depend on its losses. */
export interface Rates {
  at(step: number): number;
  /** The loss of the step that was just taken. */
  observe(loss: number): void;
  /** So many epochs are complete. */
  endEpoch(done: number): void;
  /** Absent where rates depend on the step alone. */
  readonly state?: State;
}

interface Saved {
  readonly plateau: Plateau;
  /** Of the losses of the epoch in progress. */
  readonly sum: number;
  readonly steps: number;
}

/** What rates depend on besides the options. */
export interface RatesContext {
  readonly stepsPerEpoch: number;
  readonly course?: Course | undefined;
  readonly saved?: State | undefined;
}

/**
 * Those that the options ask for.
 * @throws ArcherError `ARCHER_SCHEDULE` for a plateau in a training that is a part of another, and
 * for resets of something else
 */
export function rates(options: OneShotOptions, context: RatesContext): Rates {
  const { schedule, resets } = options;
  const { stepsPerEpoch, course, saved } = context;
  if (schedule === 'plateau') {
    if (course) throw unfit('A supernet that is split has no learning rate that waits for losses.');
    return waiting(options, saved);
  }
  if (resets) throw unfit(`Only a plateau has resets; they came with the schedule ${schedule}.`);
  return { at: rateOf(options, stepsPerEpoch, course), observe() {}, endEpoch() {} };
}

/** By the mean loss of each epoch; from `lr` again with those of `resets`. */
function waiting({ lr, minLr, plateau: given, resets = [] }: OneShotOptions, state?: State): Rates {
  const options = { ...WAITS, ...given };
  const start: Saved = { plateau: { lr, best: null, bad: 0 }, sum: 0, steps: 0 };
  let { plateau, sum, steps } = (state as unknown as Saved | undefined) ?? start;
  return {
    at: () => Math.max(minLr, plateau.lr),
    observe(loss) {
      sum += loss;
      steps += 1;
    },
    endEpoch(done) {
      plateau = plateauAfter(plateau, sum / steps, options);
      if (resets.includes(done + 1)) plateau = { ...plateau, lr };
      [sum, steps] = [0, 0];
    },
    get state() {
      return { plateau, sum, steps } as never;
    },
  };
}

function unfit(problem: string): ArcherError {
  const hint = 'Use schedule: cosine, with restarts where it is to begin again.';
  return new ArcherError('ARCHER_SCHEDULE', problem, { hint, exit: EXIT.manifest });
}
