import { ArcherError, type DataSet, EXIT, type TextData } from '@archer-nas/core';
import type { BilevelOptions } from './options.ts';

/** α would move in no epoch. */
export function neverLearns({ alphaFrom, epochs }: BilevelOptions): ArcherError {
  return new ArcherError(
    'ARCHER_NEVER_LEARNS',
    `The architecture would learn from epoch ${alphaFrom} on, and there are ${epochs}.`,
    { hint: `Set alphaFrom below ${epochs}, or more epochs.`, exit: EXIT.manifest },
  );
}

/** Neither learns α, nor chooses a selection. */
export function nothingChosen(): ArcherError {
  return new ArcherError(
    'ARCHER_NOTHING_CHOSEN',
    'This relaxation learns no architecture, and there is no selection that chooses one.',
    { hint: 'Add selection: { architectures: 100 } to the strategy.', exit: EXIT.manifest },
  );
}

/** A modifier waits for gradients that are never taken. */
export function nothingLearnt(): ArcherError {
  return new ArcherError(
    'ARCHER_CAPABILITY',
    'A modifier of `with` learns from gradients by the mixture, which this relaxation never takes.',
    { hint: 'Remove the modifier, or use a relaxation such as darts.', exit: EXIT.manifest },
  );
}

/** The architecture needs images that the weights do not see. */
export function nothingHeldOut({ name, splits }: DataSet | TextData): ArcherError {
  return new ArcherError(
    'ARCHER_SPLIT_MISSING',
    `A bilevel search learns the architecture on 'valid' images; ${name} has ${splits.join(', ')}.`,
    { hint: 'Hold images out: data: { split: halves }.' },
  );
}
