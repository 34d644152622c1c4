import { tf } from '@archer-nas/engine';
import { type AccuracyOptions, evaluateAccuracy } from './accuracy.ts';
import type { BatchReader } from './batches.ts';
import { type Drop, dropped, type Noise } from './drop.ts';
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
  /** Multiplies the outputs of its sites (edge normalisation). */
  readonly scale?: number;
  /** How often outputs are dropped in training, one per supported option; absent: never. */
  readonly drops?: readonly Drop[];
  /** How often all outputs of a site are dropped as one; absent: never. */
  readonly drop?: Drop;
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
 * The gates of a mixture: sites of one decision share its row. The caller disposes weights and
 * scales.
 *
 * @param noise where drops draw from; absent: nothing is dropped
 * @throws RangeError when a site's decision has no row
 */
export function gatesOf(sites: readonly Site[], mixture: Mixture, noise?: Noise): Gate[] {
  const rows = mixture.map(({ support, weights, scale }): Gate => {
    return {
      support,
      ...(weights && { weights: tf.tensor1d([...weights]) }),
      ...(scale !== undefined && { scale: tf.scalar(scale, 'float32') }),
    };
  });
  const seen = mixture.map(() => 0);
  return sites.map(({ name, decision }, site) => {
    const shared = rows[decision];
    if (shared === undefined) throw new RangeError(`no mixture row ${decision} for site ${name}`);
    const { support = [], apart, drops, drop } = mixture[decision] ?? {};
    const at = seen[decision] ?? 0;
    seen[decision] = at + 1;
    const own = apart?.[at];
    const gate = own === undefined ? shared : { ...shared, support: [own] };
    if ((drops ?? drop) === undefined || noise === undefined) return gate;
    const after = (option: number, y: tf.Tensor4D): tf.Tensor4D => {
      const z = dropped(y, drops?.[support.indexOf(option)], () => noise(site, option));
      const whole = dropped(z, drop, () => noise(site));
      if (z !== y && z !== whole) z.dispose();
      return whole;
    };
    return { ...gate, after };
  });
}

/** Loss and gradients of one batch under a mixture. */
export interface MixtureGradients extends Omit<LossAndGradients, 'gates'> {
  /**
   * ∂loss/∂p by decision and option, of every set of operations; 0 outside of the support and where
   * p is not weighed.
   */
  readonly rows: Rows;
  /** ∂loss/∂scale by decision; 0 where there is none. */
  readonly scales: Float64Array;
}

/** Options of {@link mixtureGradients}. */
export interface MixtureGradientOptions extends Omit<GradientOptions, 'groups'> {
  /** By what: the parameters, the mixture's weights, or both. */
  readonly by?: readonly ('weights' | 'mixture')[];
  readonly noise?: Noise;
}

/** {@link lossAndGradients} under a mixture. The caller disposes the result. */
export function mixtureGradients(
  network: Model | Network,
  parameters: ParameterSource,
  mixture: Mixture,
  batch: AnyBatch,
  { by = ['weights', 'mixture'], noise, ...options }: MixtureGradientOptions = {},
): MixtureGradients {
  const gates = gatesOf(network.sites, mixture, noise);
  const groups = by.map((group) => (group === 'mixture' ? 'gates' : group));
  try {
    const result = lossAndGradients(network, parameters, gates, batch, { ...options, groups });
    const { gates: gradients, ...rest } = result;
    return { ...rest, ...byRow(network.sites, mixture, gradients) };
  } finally {
    for (const tensor of new Set(gates.flatMap(({ weights, scale }) => [weights, scale]))) {
      tensor?.dispose();
    }
  }
}

/** What a mixture makes of a batch. */
export interface MixtureOutcome {
  /** Mean over the batch. */
  readonly loss: number;
  /** Images, or next tokens, that are right, in percent. */
  readonly accuracy: number;
}

/** The loss alone: {@link mixtureOutcome}. */
export function mixtureLoss(...given: Parameters<typeof mixtureOutcome>): number {
  return mixtureOutcome(...given).loss;
}

/** One look at a batch, in no memory: no tape. */
export function mixtureOutcome(
  network: Model | Network,
  parameters: ParameterSource,
  mixture: Mixture,
  batch: AnyBatch,
  {
    batchNorm = 'batch',
    statistics,
    noise,
  }: Pick<MixtureGradientOptions, 'batchNorm' | 'statistics' | 'noise'> = {},
): MixtureOutcome {
  const forward = { parameters, batchNorm, ...(statistics === undefined ? {} : { statistics }) };
  return tf.tidy(() => {
    const gates = gatesOf(network.sites, mixture, noise);
    const { mean, correct, perSample } = modelOf(network).loss(batch, gates, forward);
    const [loss, right] = [mean, correct].map((value) => value.dataSync()[0] ?? Number.NaN);
    return { loss: loss as number, accuracy: (100 * (right as number)) / perSample.size };
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

/** Tied sites share one tensor of weights and one scale, whose gradients are sums over them. */
function byRow(
  sites: readonly Site[],
  mixture: Mixture,
  gradients: LossAndGradients['gates'],
): Pick<MixtureGradients, 'rows' | 'scales'> {
  const first = mixture.map((_, decision) => {
    return sites.findIndex((candidate) => candidate.decision === decision);
  });
  const found = first.map((site) => gradients[site] ?? {});
  const read = reader(found.flatMap(({ weights, scale }) => [weights, scale]));
  const scales = new Float64Array(mixture.length);
  const rows = mixture.map(({ support }, decision) => {
    const { options = [], sets = 1 } = sites[first[decision] ?? -1] ?? {};
    const row = new Float64Array(options.length * sets);
    if (found[decision]?.weights) for (const option of support) row[option] = read();
    if (found[decision]?.scale) scales[decision] = read();
    return row;
  });
  return { rows, scales };
}

/** The values of all tensors one after the other, in one transfer. */
function reader(tensors: readonly (tf.Tensor | undefined)[]): () => number {
  const there = tensors.filter((tensor) => tensor !== undefined);
  const values = tf.tidy(() => {
    return there.length === 0 ? [] : tf.concat(there.map((t) => t.reshape([t.size]))).dataSync();
  });
  let at = 0;
  return () => values[at++] ?? 0;
}
