import type { State, Stream, Streams } from '@archer-nas/core';
import {
  argmaxRows,
  type BilevelStep,
  beginAlpha,
  concreteGradientRows,
  concreteRows,
  decisionSites,
  gumbelNoise,
  type Mixture,
  type Relaxation,
  type RelaxationRecipe,
  type RowAdamOptions,
  type Rows,
  rowAdam,
  type Site,
  softmaxRows,
} from '@archer-nas/nn';

/** What GDAS is told. */
export interface GdasOptions {
  /** Whether the gradient by h knows the sampled operation alone, or runs all of them. */
  readonly rule: 'selected' | 'all';
  /** τ goes linearly from the first epoch to the last. */
  readonly temperature: { readonly from: number; readonly to: number };
  readonly alpha: RowAdamOptions & {
    /** Standard deviation of the values that α starts from. */
    readonly init: number;
  };
}

/** A draw of an architecture. */
export interface HardSample {
  /** h̃ = softmax((ln softmax(α) + g)/τ), which gradients go back through. */
  readonly soft: Rows;
  /** argmax h̃, which runs. */
  readonly choices: readonly number[];
}

/**
 * GDAS (Dong and Yang, CVPR 2019): each step samples one operation per decision, h = one-hot of
 * argmax h̃; the validation loss moves α as if h̃ had run.
 */
export function gdas(options: GdasOptions): RelaxationRecipe {
  return {
    inputs: 'each',
    begin: (sites, streams, saved) => relaxed(options, sites, streams, saved),
  };
}

function relaxed(
  { rule, temperature, alpha: adam }: GdasOptions,
  sites: readonly Site[],
  streams: Streams,
  saved?: State,
): Relaxation {
  const decisions = decisionSites(sites);
  let alpha = beginAlpha(sites, streams, { deviation: adam.init, saved });
  return {
    get probabilities() {
      return softmaxRows(alpha.rows);
    },
    get state() {
      return alpha as unknown as State;
    },
    update(at) {
      const tau = temperatureAt(at, temperature);
      const sample = hardSample(alpha.rows, tau, at.streams.stream('gdas', at.step));
      const { rows } = at.valid.gradients(sampledMixture(sample, decisions, rule), ['mixture']);
      alpha = rowAdam(alpha, concreteGradientRows(sample.soft, rows, tau), adam);
      return { temperature: tau };
    },
    weightMixture(at) {
      const stream = at.streams.stream('gdas-weights', at.step);
      const sample = hardSample(alpha.rows, temperatureAt(at, temperature), stream);
      return sampledMixture(sample, decisions);
    },
  };
}

/** τ(e) = from + (to − from) e/(E − 1), e the complete epochs of E. */
export function temperatureAt(
  { epoch, epochs }: Pick<BilevelStep, 'epoch' | 'epochs'>,
  { from, to }: GdasOptions['temperature'],
): number {
  return epochs === 1 ? from : from + ((to - from) * epoch) / (epochs - 1);
}

/** Draws until every number is finite, as the released code does; of a finite α. */
export function hardSample(alpha: Rows, temperature: number, stream: Stream): HardSample {
  for (;;) {
    const noise = gumbelNoise(alpha, stream);
    const soft = concreteRows(alpha, noise, temperature);
    const isUsable = areFinite(noise) && areFinite(soft);
    if (isUsable || !areFinite(alpha)) return { soft, choices: argmaxRows(soft) };
  }
}

function areFinite(rows: Rows): boolean {
  return rows.every((row) => row.every(Number.isFinite));
}

/**
 * The sampled operation alone, with weight one where a gradient by it is asked for. By the rule
 * `all` the others run too, with weight zero: the same output, and a gradient ⟨∂L/∂x, o(x)⟩ for
 * every o instead of the sampled one. Inputs of a node are mixed by h̃, for it keeps several.
 */
function sampledMixture(
  { soft, choices }: HardSample,
  decisions: readonly Site[],
  rule?: GdasOptions['rule'],
): Mixture {
  return choices.map((choice, decision) => {
    const row = soft[decision] ?? new Float64Array();
    if (decisions[decision]?.keeps !== undefined) return { support: [...row.keys()], weights: row };
    if (rule === undefined) return { support: [choice] };
    if (rule === 'selected') return { support: [choice], weights: Float64Array.of(1) };
    return { support: [...row.keys()], weights: row.map((_, option) => Number(option === choice)) };
  });
}
