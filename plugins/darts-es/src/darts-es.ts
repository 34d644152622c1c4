import { mean, type State } from '@archer-nas/core';
import {
  curvature,
  type EpochEnd,
  type EpochVerdict,
  hessianAt,
  type Modification,
  type Modifier,
} from '@archer-nas/nn';

/** When two sliding means of the eigenvalue are compared, and what is too much. */
export interface StopOptions {
  /** Epochs between two measurements. */
  readonly every: number;
  /** Measurements of a mean; the first ones have those that there are. */
  readonly window: number;
  /** Measurements between the means that are compared. */
  readonly lag: number;
  readonly ratio: number;
  /** The earliest epoch that the search may return to, counted from 0. */
  readonly from: number;
}

/** Options of {@link dartsEs}; the plugin's defaults are the paper's. */
export interface DartsEsOptions extends StopOptions {
  /** Of the central differences that the Hessian is made of. */
  readonly step: number;
  /** DARTS-ADA; absent: DARTS-ES. */
  readonly adapt?: { readonly factor: number; readonly max: number } | undefined;
}

/** The greatest eigenvalues so far, one per measurement, the first of epoch 0. */
interface Eigenvalues {
  readonly lambdas: readonly number[];
}

/**
 * DARTS-ES (Zela et al., ICLR 2020, section 4.3): the dominant eigenvalue λ of ∇²_α L_val grows
 * before the architecture gets worse. Where the mean of λ is `ratio` times what it was, the search
 * ends with the architecture from before. DARTS-ADA goes back there with more weight decay.
 */
export function dartsEs(options: DartsEsOptions): Modifier {
  return { begin: (_, saved) => watched(options, saved) };
}

function watched({ step, adapt, ...stop }: DartsEsOptions, saved?: State): Modification {
  let { lambdas } = (saved as unknown as Eigenvalues | undefined) ?? { lambdas: [] };
  return {
    get state() {
      return { lambdas } as unknown as State;
    },
    epochEnd(end) {
      if (end.epoch % stop.every !== 0) return {};
      const lambda = dominantEigenvalue(end, step);
      lambdas = [...lambdas, lambda];
      return { metrics: { 'max-eigenvalue': lambda }, ...verdict(lambdas, end, { adapt, stop }) };
    },
  };
}

/** λ: the greatest eigenvalue of the Hessian by α, whose decay is part of the loss. */
function dominantEigenvalue({ point, valid }: EpochEnd, step: number): number {
  const hessian = hessianAt((alpha) => point.gradient(alpha, valid), point.alpha, step);
  return curvature(hessian, point.weightDecay).maxEigenvalue;
}

function verdict(
  lambdas: readonly number[],
  { weightDecay }: EpochEnd,
  { stop, adapt }: { readonly stop: StopOptions } & Pick<DartsEsOptions, 'adapt'>,
): EpochVerdict {
  const epoch = returnEpoch(lambdas, stop);
  if (adapt === undefined) return epoch === undefined ? {} : { stopAt: epoch };
  if (weightDecay >= adapt.max) return {};
  const keepFor = stop.every * (stop.lag + behind(stop));
  if (epoch === undefined) return { keepFor };
  const more = Math.min(adapt.factor * weightDecay, adapt.max);
  return { keepFor, backTo: { epoch, weightDecay: more } };
}

/** A mean belongs to the middle of its window: so many measurements before the last of them. */
const behind = ({ window }: Pick<StopOptions, 'window'>): number => Math.floor(window / 2);

/**
 * The epoch to return to after the last of these measurements; `undefined`: none. With e the epoch
 * of the last one and a window of 5, the mean belongs to epoch e − 4, the mean it is compared with
 * to e − 12.
 */
export function returnEpoch(lambdas: readonly number[], options: StopOptions): number | undefined {
  const { every, lag, ratio, from } = options;
  const now = lambdas.length - 1;
  const epoch = every * (now - lag - behind(options));
  if (epoch < from) return undefined;
  const [earlier, later] = [
    slidingMean(lambdas, now - lag, options),
    slidingMean(lambdas, now, options),
  ];
  return earlier > 0 && later / earlier > ratio ? epoch : undefined;
}

/** The mean of the last `window` measurements up to `at`. */
export function slidingMean(
  lambdas: readonly number[],
  at: number,
  { window }: Pick<StopOptions, 'window'>,
): number {
  return mean(lambdas.slice(Math.max(0, at - window + 1), at + 1));
}
