import { ArcherError, EXIT } from '@archer-nas/core';
import {
  constant,
  cosine,
  cosineRestarts,
  exponential,
  linearDecay,
  type Schedule,
} from '@archer-nas/nn';
import { FALLS, type OneShotOptions } from './options.ts';

/**
 * The learning rate of a step, given how many steps are complete.
 * @throws ArcherError `ARCHER_SCHEDULE` when something else than a cosine is to start again
 */
export function learningRate(
  { lr, minLr, schedule, restarts, every, epochs, decay: falls }: OneShotOptions,
  stepsPerEpoch: number,
): Schedule {
  if (restarts !== undefined) {
    if (schedule !== 'cosine') throw noRestarts(schedule);
    const rate = cosineRestarts({ base: lr, min: minLr, ...restarts });
    const epoch = (steps: number) => steps / stepsPerEpoch;
    return (steps) => rate(every === 'step' ? epoch(steps) : Math.floor(epoch(steps)));
  }
  const total = every === 'epoch' ? epochs : epochs * stepsPerEpoch;
  const decay = { base: lr, min: minLr, total };
  const { factor, from } = falls ?? FALLS;
  const rate = {
    cosine: cosine(decay),
    linear: linearDecay(decay),
    exponential: exponential({ base: lr, factor, from }),
    constant: constant(lr),
    plateau: constant(lr), // what it depends on besides is in `rates`
  }[schedule];
  return every === 'step' ? rate : (steps) => rate(Math.floor(steps / stepsPerEpoch));
}

function noRestarts(schedule: string): ArcherError {
  return new ArcherError(
    'ARCHER_SCHEDULE',
    `Only a cosine starts again; \`restarts\` came with the schedule ${schedule}.`,
    { hint: 'Remove restarts, or use schedule: cosine.', exit: EXIT.manifest },
  );
}
