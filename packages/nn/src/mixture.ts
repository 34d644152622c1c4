import { tf } from '@archer-nas/engine';
import { type AccuracyOptions, evaluateAccuracy } from './accuracy.ts';
import type { BatchReader } from './batches.ts';
import { type GradientOptions, type LossAndGradients, lossAndGradients } from './gradients.ts';
import { type AnyBatch, type Model, modelOf } from './model.ts';
import type { Gate, Network, ParameterSource, Site } from './network.ts';

/**
 * One row per decision, one number per option: architecture parameters α, the weights of a
 * mixture, gradients by either. They are few, so they live in JavaScript, in double precision.
 */
export type Rows = readonly Float64Array[];

/** What runs at the sites of one decision. */
export interface MixtureRow {
  readonly support: readonly number[];
  /** One per supported option; absent: each has weight one, and no gradient is taken by it. */
  readonly weights?: Float64Array;
  /** Where the decision's sites differ: the one option of each, in the sites' order. */
  readonly apart?: readonly number[];
}

/** What a supernet runs, one row per decision. */
export type Mixture = readonly MixtureRow[];

/** Every option of every decision with these weights: ō(x) = Σ p_o o(x). */
export function denseMixture(weights: Rows): Mixture {
  return weights.map((row) => ({ support: [...row.keys()], weights: row }));
}

/** One option of every decision. */
export function singleMixture(choices: readonly number[]): Mixture {
  return choices.map((option) => ({ support: [option] }));
}

/** One option of every site: sites of one decision may differ. */
export function apartMixture(sites: readonly Site[], options: readonly number[]): Mixture {
  return optionCounts(sites).map((_, decision) => {
    const apart = options.filter((_, site) => sites[site]?.decision === decision);
    return { support: [...new Set(apart)], apart };
  });
}

/** How many options each decision of the sites has, by decision. */
export function optionCounts(sites: readonly Site[]): number[] {
  const counts: number[] = [];
  for (const { decision, options } of sites) counts[decision] = options.length;
  return counts;
}

/**
 * The gates of a mixture: sites of one decision share its row. The caller disposes the weights.
 * @throws RangeError when a site's decision has no row
 */
export function gatesOf(sites: readonly Site[], mixture: Mixture): Gate[] {
  const rows = mixture.map(({ support, weights }): Gate => {
    return weights === undefined ? { support } : { support, weights: tf.tensor1d([...weights]) };
  });
  const seen = mixture.map(() => 0);
  return sites.map(({ name, decision }) => {
    const gate = rows[decision];
    if (gate === undefined) throw new RangeError(`no mixture row ${decision} for site ${name}`);
    const at = seen[decision] ?? 0;
    seen[decision] = at + 1;
    const own = mixture[decision]?.apart?.[at];
    return own === undefined ? gate : { support: [own] };
  });
}

/** Loss and gradients of one batch under a mixture. */
export interface MixtureGradients extends Omit<LossAndGradients, 'gates'> {
  /** ∂loss/∂p by decision and option; 0 outside of the support and where p is not weighed. */
  readonly rows: Rows;
}

/** Options of {@link mixtureGradients}. */
export interface MixtureGradientOptions extends Omit<GradientOptions, 'groups'> {
  /** By what: the parameters, the mixture's weights, or both. */
  readonly by?: readonly ('weights' | 'mixture')[];
}

/** {@link lossAndGradients} under a mixture. The caller disposes the result. */
export function mixtureGradients(
  network: Model | Network,
  parameters: ParameterSource,
  mixture: Mixture,
  batch: AnyBatch,
  { by = ['weights', 'mixture'], ...options }: MixtureGradientOptions = {},
): MixtureGradients {
  const gates = gatesOf(network.sites, mixture);
  const groups = by.map((group) => (group === 'mixture' ? 'gates' : group));
  try {
    const result = lossAndGradients(network, parameters, gates, batch, { ...options, groups });
    const { gates: gradients, ...rest } = result;
    return { ...rest, rows: rowsOf(network.sites, mixture, gradients) };
  } finally {
    for (const weights of new Set(gates.map((gate) => gate.weights))) weights?.dispose();
  }
}

/** The loss alone, in no memory: no tape. Averages over the batch. */
export function mixtureLoss(
  network: Model | Network,
  parameters: ParameterSource,
  mixture: Mixture,
  batch: AnyBatch,
  { batchNorm = 'batch', statistics }: Pick<GradientOptions, 'batchNorm' | 'statistics'> = {},
): number {
  const forward = { parameters, batchNorm, ...(statistics === undefined ? {} : { statistics }) };
  return tf.tidy(() => {
    const gates = gatesOf(network.sites, mixture);
    return modelOf(network).loss(batch, gates, forward).mean.dataSync()[0] ?? Number.NaN;
  });
}

/** {@link evaluateAccuracy} under a mixture. */
export function mixtureAccuracy(
  network: Network,
  parameters: ParameterSource,
  mixture: Mixture,
  images: BatchReader,
  options: AccuracyOptions,
): number {
  return tf.tidy(() => {
    const gates = gatesOf(network.sites, mixture);
    return evaluateAccuracy(network, parameters, gates, images, options);
  });
}

/** Tied sites share one tensor of weights, whose gradient is the sum over them. */
function rowsOf(
  sites: readonly Site[],
  mixture: Mixture,
  gradients: LossAndGradients['gates'],
): Rows {
  const counts = optionCounts(sites);
  const found = mixture.map((_, decision) => {
    const site = sites.findIndex((candidate) => candidate.decision === decision);
    return gradients[site]?.weights;
  });
  const there = found.filter((gradient) => gradient !== undefined);
  const values = there.length === 0 ? [] : tf.tidy(() => tf.concat(there).dataSync());
  let at = 0;
  return mixture.map(({ support }, decision) => {
    const row = new Float64Array(counts[decision] ?? 0);
    if (found[decision] === undefined) return row;
    for (const option of support) row[option] = values[at++] ?? 0;
    return row;
  });
}
