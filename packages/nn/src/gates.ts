import { tf } from '@archer-nas/engine';
import { scaleBy } from './elementwise.ts';
import { fusedKernel } from './fused.ts';
import { MapSum } from './map-sum.ts';
import type { ArchitecturePath, Forward, Gate, Site } from './network.ts';
import { partialChannels } from './partial-channels.ts';

/** Gates without weights: at each site, what `path` names and nothing else. */
export function pathGates(path: ArchitecturePath): Gate[] {
  return path.map((taken) => ({ support: typeof taken === 'number' ? [taken] : taken }));
}

/** Every option of every site, with one vector of mixture weights per site. */
export function mixtureGates(sites: readonly Site[], weights: readonly tf.Tensor1D[]): Gate[] {
  return sites.map(({ options }, site) => {
    const support = options.map((_, option) => option);
    const mixture = weights[site];
    return mixture === undefined ? { support } : { support, weights: mixture };
  });
}

/**
 * One candidate operation of a site: gives a new map, which then belongs to the site, or x
 * itself. `undefined` stands for a map of zeros: `none` returns it, so that nothing is computed
 * for it. What the result will be added to may be taken from `sum` and included.
 */
export type Candidate = (x: tf.Tensor4D, sum?: MapSum) => tf.Tensor4D | undefined;

/**
 * Runs a gated site: Σ over the gate's support of weight × candidate(x), times the gate's
 * scale. Candidates outside the support are not called. A zero input (`undefined`) gives a
 * zero output, which holds for candidates without offsets; a space whose candidates have
 * offsets (affine or running batch norm) passes a tensor of zeros instead.
 *
 * @param candidates one per option of the site
 * @returns `undefined` when the output is zero whatever the weights are, and where the support is
 *   nothing: there is no such edge
 */
export function site(
  x: tf.Tensor4D | undefined,
  gate: Gate,
  candidates: readonly Candidate[],
  forward: Forward,
): tf.Tensor4D | undefined {
  const sum = new MapSum(forward);
  addSite(sum, x, gate, candidates, forward);
  return sum.total;
}

/** Adds the output of a {@link site} to a sum. */
export function addSite(
  sum: MapSum,
  x: tf.Tensor4D | undefined,
  gate: Gate,
  candidates: readonly Candidate[],
  forward: Forward,
): void {
  const { support, weights, scale, partial, after } = gate;
  // Where nothing runs nothing passes either, as partial channels would let it.
  if (x === undefined || support.every((option) => option < 0)) return;
  const [only] = support;
  if (support.length === 1 && !weights && !scale && !partial && !after) {
    const y = candidates[only as number]?.(x, sum);
    sum.add(y, y !== x);
    return;
  }
  const mixture =
    partial === undefined ? options(x, gate, candidates, forward) : new MapSum(forward);
  if (partial !== undefined) {
    const run = (part: tf.Tensor4D) => options(part, gate, candidates, forward).total;
    mixture.add(partialChannels(x, partial, run, forward), true);
  }
  const y = mixture.total;
  if (y === undefined || scale === undefined) {
    sum.add(y, y !== x);
  } else {
    sum.add(scaleBy(y, scale, forward), true);
    if (y !== x) mixture.dispose();
  }
}

/** Σ over the support of weight × candidate(x). */
function options(
  x: tf.Tensor4D,
  { support, weights, after }: Gate,
  candidates: readonly Candidate[],
  forward: Forward,
): MapSum {
  const chosen = support.map((option) => {
    const candidate = candidates[option];
    return after === undefined ? candidate : changed(candidate, (y) => after(option, y));
  });
  return weights ? mixed(x, chosen, weights, forward) : unweighted(x, chosen, forward);
}

function changed(
  candidate: Candidate | undefined,
  change: (y: tf.Tensor4D) => tf.Tensor4D,
): Candidate {
  return (x) => {
    const y = candidate?.(x);
    if (y === undefined) return undefined;
    const z = change(y);
    if (y !== x && y !== z) y.dispose();
    return z;
  };
}

function unweighted(
  x: tf.Tensor4D,
  candidates: readonly (Candidate | undefined)[],
  forward: Forward,
): MapSum {
  const sum = new MapSum(forward);
  for (const candidate of candidates) {
    const y = candidate?.(x, sum);
    sum.add(y, y !== x);
  }
  return sum;
}

/** Σ weight × candidate(x): one kernel where the engine has it. */
function mixed(
  x: tf.Tensor4D,
  candidates: readonly (Candidate | undefined)[],
  weights: tf.Tensor1D,
  forward: Forward,
): MapSum {
  const fused = forward.trace === undefined ? fusedKernel('mixture') : undefined;
  if (fused === undefined) return mixedApart(x, candidates, weights, forward);
  const outputs = candidates.map((candidate) => candidate?.(x));
  const places = [...outputs.keys()].filter((at) => outputs[at] !== undefined);
  const maps = places.map((at) => outputs[at] as tf.Tensor4D);
  const sum = new MapSum(forward);
  if (maps.length === 0) return sum;
  const used = maps.length === weights.size ? weights : picked(weights, places);
  sum.add(fused(maps, used) as tf.Tensor4D, true);
  for (const map of maps) if (map !== x) map.dispose();
  return sum;
}

function mixedApart(
  x: tf.Tensor4D,
  candidates: readonly (Candidate | undefined)[],
  weights: tf.Tensor1D,
  forward: Forward,
): MapSum {
  const sum = new MapSum(forward);
  candidates.forEach((candidate, at) => {
    const y = candidate?.(x);
    if (y === undefined) return;
    sum.add(scaleBy(y, picked(weights, [at]).reshape([]), forward), true);
    if (y !== x) y.dispose();
  });
  return sum;
}

/** The weights at `places`: a product with ones and zeros, for tfjs's gather has no gradient on wasm. */
export function picked(weights: tf.Tensor1D, places: readonly number[]): tf.Tensor1D {
  const selection = tf.tidy(() => tf.oneHot([...places], weights.size).toFloat());
  const column = tf.matMul(selection, weights.reshape([weights.size, 1]));
  selection.dispose();
  return column.reshape([places.length]);
}
