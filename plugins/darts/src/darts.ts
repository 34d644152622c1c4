import type { State, Streams } from '@archer-nas/core';
import {
  type BatchLoss,
  type BilevelStep,
  beginAlpha,
  clipCoefficient,
  combineRows,
  denseMixture,
  globalNorm,
  gradientNorms,
  type Mixture,
  mixtureGradientRows,
  type Relaxation,
  type RelaxationRecipe,
  type RowAdamOptions,
  type Rows,
  rowAdam,
  type Site,
  softmaxGradientRows,
  softmaxRows,
} from '@archer-nas/nn';

/** How the gradient of α is taken. */
export interface HypergradientOptions {
  /** 1: w is taken for w*(α), ξ = 0. 2: w*(α) is one step of w away. */
  readonly order: 1 | 2;
  /** ε‖∇_w' L_val‖₂ of the finite difference; the released code's 0.01. */
  readonly radius: number;
  /**
   * Largest norm of ∇_w L_train in the virtual step and of ∇_w' L_val, order 2; what is clipped
   * shrinks the implicit term too, as in the released recurrent search. Absent: any.
   */
  readonly unrolledClip?: number | undefined;
}

/** What DARTS is told about α. */
export interface DartsOptions extends HypergradientOptions {
  readonly alpha: RowAdamOptions & {
    /** Standard deviation of the values that α starts from; 0: zeros, as in the paper. */
    readonly init: number;
    /** Largest norm of its gradient; absent: any. */
    readonly clip?: number | undefined;
  };
}

/**
 * DARTS (Liu, Simonyan and Yang, ICLR 2019): the choice of an operation is relaxed to
 * ō(x) = Σ_o softmax(α)_o o(x) (equation 2), and α descends the validation loss.
 */
export function darts(options: DartsOptions): RelaxationRecipe {
  return {
    inputs: 'each',
    begin: (sites, streams, saved) => relaxed(options, sites, streams, saved),
  };
}

function relaxed(
  { alpha: { init, clip, ...adam }, ...hyper }: DartsOptions,
  sites: readonly Site[],
  streams: Streams,
  saved?: State,
): Relaxation {
  let alpha = beginAlpha(sites, streams, { deviation: init, saved });
  return {
    get probabilities() {
      return softmaxRows(alpha.rows);
    },
    get state() {
      return alpha as unknown as State;
    },
    update(at) {
      const p = softmaxRows(alpha.rows);
      const gradient = softmaxGradientRows(p, hypergradient(p, at, hyper));
      alpha = rowAdam(alpha, clipped(gradient, clip), adam);
      return {};
    },
    weightMixture: () => mixtureAt(alpha.rows),
    get point() {
      const { weightDecay } = adam;
      return { alpha: alpha.rows, weightDecay, mixture: mixtureAt, gradient: firstOrder };
    },
  };
}

/** g · max/‖g‖ where ‖g‖, over all decisions, is greater than max. */
function clipped(gradient: Rows, max = Number.POSITIVE_INFINITY): Rows {
  const norm = Math.hypot(...gradient.map((row) => Math.hypot(...row)));
  return norm <= max ? gradient : combineRows([clipCoefficient(norm, max), gradient]);
}

function mixtureAt(alpha: Rows): Mixture {
  return denseMixture(softmaxRows(alpha));
}

/** ∇_α L(w, α) at fixed w. */
function firstOrder(alpha: Rows, loss: BatchLoss): Rows {
  const p = softmaxRows(alpha);
  return softmaxGradientRows(p, mixtureGradientRows(p, loss));
}

/**
 * ∇_p L_val(w − ξ ∇_w L_train(w, p), p) (equations 6 to 8), ξ the rate of the weights' step. Leaves
 * w as it is.
 */
export function hypergradient(
  p: Rows,
  { train, valid, weights }: Pick<BilevelStep, 'train' | 'valid' | 'weights'>,
  { order, radius, unrolledClip: max }: HypergradientOptions,
): Rows {
  const mixture = denseMixture(p);
  if (order === 1) return valid.gradients(mixture, ['mixture']).rows;
  // w' = w − ξ ∇_w L_train(w, α), with the momentum and decay that the weight step will have.
  const gw = train.gradients(mixture, ['weights']).gradients;
  const shrink = (norm: number) => (max === undefined ? 1 : clipCoefficient(norm, max));
  const cw = shrink(globalNorm(gradientNorms(gw)));
  const at = weights.afterStep(gw, cw);
  const { rows: ga, gradients: v } = valid.gradients(mixture, ['weights', 'mixture'], { at });
  // ∇²_{α,w} L_train(w, α) · v ≈ (∇_α L_train(w⁺, α) − ∇_α L_train(w⁻, α)) / 2ε, w± = w ± ε v.
  const norm = globalNorm(gradientNorms(v));
  if (norm === 0) return ga; // nothing to follow
  const epsilon = radius / norm;
  const [plus, minus] = [epsilon, -epsilon].map((factor) => {
    return train.gradients(mixture, ['mixture'], { at: weights.moved(v, factor) }).rows;
  }) as [Rows, Rows];
  const scale = (weights.rate * cw * shrink(norm)) / (2 * epsilon);
  return combineRows([1, ga], [-scale, plus], [scale, minus]);
}
