import type { tf } from '@archer-nas/engine';
import { addAll, scaleBy } from './elementwise.ts';
import type { Forward, Gate, Path, Site } from './network.ts';

/** Single-path gates: at each site, the option that `path` names and nothing else. */
export function pathGates(path: Path): Gate[] {
  return path.map((option) => ({ support: [option] }));
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
 * One candidate operation of a site. `undefined` stands for a map of zeros: `none` returns
 * it, so that nothing is computed for it.
 */
export type Candidate = (x: tf.Tensor4D) => tf.Tensor4D | undefined;

/**
 * Runs a gated site: Σ over the gate's support of weight × candidate(x), times the gate's
 * scale. Candidates outside the support are not called. A zero input (`undefined`) gives a
 * zero output, which holds for candidates without offsets; a space whose candidates have
 * offsets (affine or running batch norm) passes a tensor of zeros instead.
 *
 * @param candidates one per option of the site
 * @returns `undefined` when the output is zero whatever the weights are
 */
export function site(
  x: tf.Tensor4D | undefined,
  gate: Gate,
  candidates: readonly Candidate[],
  forward: Forward,
): tf.Tensor4D | undefined {
  if (x === undefined) return undefined;
  const outputs = gate.support.map((option, at) => {
    const y = candidates[option]?.(x);
    if (y === undefined || gate.weights === undefined) return y;
    return scaleBy(y, gate.weights.gather([at]).reshape([]), forward);
  });
  const y = addAll(outputs, forward);
  return y === undefined || gate.scale === undefined ? y : scaleBy(y, gate.scale, forward);
}
