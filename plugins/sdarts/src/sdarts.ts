import { ArcherError, EXIT, type Stream } from '@archer-nas/core';
import type { BilevelStep, Mixture, Modifier, Rows } from '@archer-nas/nn';
import { clipToSimplex, type Norm, projectToBall, pulledIntoBall } from './projection.ts';

/** Options of {@link sdarts}; the plugin's defaults are the paper's. */
export interface SdartsOptions {
  /** Random smoothing, or an adversary. */
  readonly mode: 'rs' | 'adv';
  /** ε in the first epoch, and the value that it grows towards. */
  readonly epsilon: { readonly from: number; readonly to: number };
  /** Steps of the attack. */
  readonly steps: number;
  /** The ball that the adversary stays in. */
  readonly norm: Norm;
  /** `released`: rows are normalised after the projection, and may leave the ball by it. */
  readonly projection: 'released' | 'strict';
  /** Statistics of batch norm during the attack. */
  readonly attackBatchNorm: 'running' | 'batch';
}

/**
 * SmoothDARTS (Chen and Hsieh, ICML 2020): the weights learn on a perturbed mixture, so that the
 * validation loss is flat around the architecture.
 * RS: w̄(A) = argmin_w E_{δ ~ U[−ε, ε]} L_train(w, A + δ);
 * ADV: w̄(A) = argmin_w max_{‖δ‖ ≤ ε} L_train(w, A + δ).
 * A is the mixture after the softmax. The step of α is not touched.
 */
export function sdarts(
  options: SdartsOptions,
): Required<Pick<Modifier, 'runningStatistics' | 'weightMixture'>> {
  const perturb = options.mode === 'rs' ? smoothed : adversarial;
  return {
    runningStatistics: options.mode === 'adv' && options.attackBatchNorm === 'running',
    weightMixture: (mixture, at) => withWeights(mixture, perturb(mixture, at, options)),
  };
}

/** ε(e) = ε₀ + (ε_max − ε₀) e/E, e the complete epochs of E: it never reaches ε_max. */
export function radiusAt(
  { epoch, epochs }: Pick<BilevelStep, 'epoch' | 'epochs'>,
  { from, to }: SdartsOptions['epsilon'],
): number {
  return from + ((to - from) * epoch) / epochs;
}

/** A + δ with δ uniform in [−ε, ε], whatever the norm of attacks is. */
function smoothed(mixture: Mixture, at: BilevelStep, options: SdartsOptions): Rows {
  const epsilon = radiusAt(at, options.epsilon);
  const clean = weightsOf(mixture);
  const noisy = uniformNoise(clean, epsilon, at.streams.stream('sdarts', at.step));
  return inSpace(noisy, clean, epsilon, { ...options, norm: 'inf' });
}

/**
 * Projected gradient ascent from a random start: A' ← Π(A' + (2ε/steps) · direction). The clean
 * mixture where the attack has not made the loss worse.
 */
function adversarial(mixture: Mixture, at: BilevelStep, options: SdartsOptions): Rows {
  const { steps, norm, attackBatchNorm: batchNorm } = options;
  const clean = weightsOf(mixture);
  const epsilon = radiusAt(at, options.epsilon);
  const loss = (rows: Rows): number => at.train.value(withWeights(mixture, rows), { batchNorm });
  const cleanLoss = loss(clean);
  const noisy = uniformNoise(clean, epsilon, at.streams.stream('sdarts', at.step));
  // The box of the noise is the ball of the infinity norm.
  const start = norm === 'inf' ? noisy : projectToBall(noisy, clean, epsilon, norm);
  let attacked = amongProbabilities(start, clean, epsilon, options);
  for (let step = 0; step < steps; step++) {
    const there = withWeights(mixture, attacked);
    const { rows } = at.train.gradients(there, ['mixture'], { batchNorm });
    const ascent = ascended(attacked, onSupport(mixture, rows), (2 * epsilon) / steps, norm);
    attacked = inSpace(ascent, clean, epsilon, options);
  }
  return loss(attacked) < cleanLoss ? clean : attacked;
}

/** Into the ball around `centre` and among the probabilities. */
export function inSpace(
  rows: Rows,
  centre: Rows,
  epsilon: number,
  options: Pick<SdartsOptions, 'norm' | 'projection'>,
): Rows {
  const inBall = projectToBall(rows, centre, epsilon, options.norm);
  return amongProbabilities(inBall, centre, epsilon, options);
}

/** Rows of the ball as probabilities, by which they may leave it unless that is forbidden. */
function amongProbabilities(
  rows: Rows,
  centre: Rows,
  epsilon: number,
  { norm, projection }: Pick<SdartsOptions, 'norm' | 'projection'>,
): Rows {
  const released = clipToSimplex(rows);
  return projection === 'released' ? released : pulledIntoBall(released, centre, epsilon, norm);
}

/** One step of length `size` up the gradient: along its sign, or along itself. */
export function ascended(p: Rows, gradient: Rows, size: number, norm: Norm): Rows {
  return p.map((row, r) => {
    const g = gradient[r] ?? new Float64Array(row.length);
    if (norm === 'inf') return row.map((value, i) => value + size * Math.sign(g[i] ?? 0));
    const length = Math.hypot(...g);
    return row.map((value, i) => value + (length > 0 ? (size * (g[i] ?? 0)) / length : 0));
  });
}

/** p + δ with every δ uniform in [−ε, ε], of variance ε²/3. */
export function uniformNoise(p: Rows, epsilon: number, stream: Stream): Rows {
  return p.map((row) => row.map((value) => value + epsilon * (2 * stream.float() - 1)));
}

/** How far the sum of probabilities may be from 1 by rounding. */
const ROUNDING = 1e-6;

/**
 * The probabilities of the supported options.
 * @throws ArcherError `ARCHER_NO_MIXTURE` where single operations run, or weights that are none
 */
function weightsOf(mixture: Mixture): Rows {
  return mixture.map(({ weights }, decision) => {
    if (weights === undefined) throw noMixture(`decision ${decision} runs one operation instead`);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (Math.abs(sum - 1) <= ROUNDING) return weights;
    throw noMixture(`the weights of decision ${decision} sum to ${sum}`);
  });
}

function noMixture(instead: string): ArcherError {
  return new ArcherError(
    'ARCHER_NO_MIXTURE',
    `sdarts perturbs the probabilities of a mixture; ${instead}.`,
    { hint: 'Use a relaxation that mixes operations, such as darts.', exit: EXIT.manifest },
  );
}

function withWeights(mixture: Mixture, rows: Rows): Mixture {
  return mixture.map((row, decision) => ({
    ...row,
    weights: rows[decision] ?? new Float64Array(),
  }));
}

function onSupport(mixture: Mixture, rows: Rows): Rows {
  return mixture.map(({ support }, r) =>
    Float64Array.from(support, (option) => rows[r]?.[option] ?? 0),
  );
}
