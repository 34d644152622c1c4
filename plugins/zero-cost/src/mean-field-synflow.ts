/** Operations in the order of NAS-Bench-201's strings. */
const NONE = 0;
const CONV_1X1 = 2;
const CONV_3X3 = 3;

/** The four ways from a cell's input to its output, as edges in the order of its string. */
const PATHS: readonly (readonly number[])[] = [[3], [0, 4], [1, 5], [0, 2, 5]];

/** Of the benchmark's networks: channels of the three stages, and cells in each. */
const CHANNELS = [16, 32, 64] as const;
const CELLS = 5;

/** Convolutions outside of cells: the stem and three in each of the two reductions. */
const FIXED_CONVOLUTIONS = 7;

/**
 * log of SynFlow (Tanaka et al., NeurIPS 2020) of a NAS-Bench-201 network in expectation over
 * its initial weights, without building it. With PyTorch's default initialisation the mean of
 * |w| is 0.5/√fan-in, so that a convolution multiplies an all-positive signal by 1.5 √C (3×3)
 * or 0.5 √C (1×1), identity and pooling by 1, `none` by 0. G_C, the gain of a cell, is the sum
 * over its paths of the products of gains. Every layer's share Σ|w ∂R/∂w| equals R times the
 * share of the signal that passes it, hence
 *
 *   5 Σ_C ln G_C + ln(7 + 5 Σ_C mean number of convolutions on a path, weighted by its gain).
 *
 * The constant gain of stem and reductions is left out.
 *
 * @param operations index of the operation on each of the six edges
 * @returns -Infinity where no signal reaches the output
 */
export function meanFieldSynflow(operations: readonly number[]): number {
  let logGain = 0;
  let layers = FIXED_CONVOLUTIONS;
  for (const channels of CHANNELS) {
    let gain = 0;
    let convolutions = 0;
    for (const path of PATHS) {
      const passed = path.reduce(
        (product, edge) => product * gainOf(operations[edge], channels),
        1,
      );
      gain += passed;
      convolutions += passed * path.filter((edge) => isConvolution(operations[edge])).length;
    }
    if (gain === 0) return Number.NEGATIVE_INFINITY;
    logGain += CELLS * Math.log(gain);
    layers += (CELLS * convolutions) / gain;
  }
  return logGain + Math.log(layers);
}

function gainOf(operation: number | undefined, channels: number): number {
  if (operation === NONE) return 0;
  if (operation === CONV_1X1) return 0.5 * Math.sqrt(channels);
  return operation === CONV_3X3 ? 1.5 * Math.sqrt(channels) : 1;
}

function isConvolution(operation: number | undefined): boolean {
  return operation === CONV_1X1 || operation === CONV_3X3;
}
