import type { Gate, Network, NormStatistics, ParameterSource } from './network.ts';

/** The files of a tfjs graph model. */
export interface GraphModelFiles {
  readonly 'model.json': string;
  readonly 'weights.bin': Uint8Array;
}

/**
 * A network under fixed single-path or mixture gates, with its weights, as a tfjs graph
 * model: input `images` [-1, height, width, channels] (normalised), output `logits`. With
 * `statistics` batch norm uses them; without, it uses the statistics of the batch it is given.
 */
export function exportGraphModel(
  network: Network,
  parameters: ParameterSource,
  gates: readonly Gate[],
  statistics?: NormStatistics,
): GraphModelFiles {
  throw new Error('not written yet');
}
