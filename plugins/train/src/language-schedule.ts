import { exponential, type Schedule } from '@archer-nas/nn';
import type { LanguageTrainOptions } from './language-options.ts';

/** The learning rate of an epoch: η · decay^max(0, epoch − from + 1), as in ENAS's recipe. */
export function languageRate({
  lr,
  lrDecay,
  lrDecayFrom,
}: Pick<LanguageTrainOptions, 'lr' | 'lrDecay' | 'lrDecayFrom'>): Schedule {
  return exponential({ base: lr, factor: lrDecay, from: lrDecayFrom });
}

/**
 * Whether averaging begins (NT-ASGD; Merity et al., 2018): the loss of this epoch is above the
 * best of all epochs but the last n.
 *
 * @param history valid losses of the epochs before this one
 */
export function stagnates(loss: number, history: readonly number[], n: number): boolean {
  return history.length > n && loss > Math.min(...history.slice(0, -n));
}
