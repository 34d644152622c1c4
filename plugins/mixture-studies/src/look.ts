import type { DataSet, DataSplit } from '@archer-nas/core';
import {
  batchIndices,
  batchReader,
  evaluateAccuracy,
  type Mixture,
  mixtureAccuracy,
  mixtureLoss,
  pathGates,
  plainBatches,
  type SupernetView,
} from '@archer-nas/nn';
import type { Height } from './loss-landscape.ts';

/** The supernet and the images that it is looked at with. */
export interface Look {
  readonly supernet: SupernetView<unknown>;
  readonly data: Pick<DataSet, 'image' | 'mean' | 'std' | 'augmentation'>;
  readonly split: DataSplit;
  /** Images per batch, whose statistics batch norm has. */
  readonly batch: number;
  /** Batches from the split's start. */
  readonly batches: 'all' | number;
}

/** Percent correct of a mixture with the supernet's weights. */
export function accuracyOf(mixture: Mixture, { supernet, data, split, ...sizes }: Look): number {
  const { network, parameters } = supernet;
  return mixtureAccuracy(network, parameters, mixture, batchReader(data, split), sizes);
}

/** Percent correct of one architecture with the supernet's weights. */
export function accuracyAlone(a: unknown, { supernet, data, split, ...sizes }: Look): number {
  const { network, parameters } = supernet;
  const gates = pathGates(supernet.path(a));
  return evaluateAccuracy(network, parameters, gates, batchReader(data, split), sizes);
}

/** Loss and accuracy of a mixture with the supernet's weights. */
export function heightOf(mixture: Mixture, look: Look): Height {
  return { loss: lossOf(mixture, look), accuracy: accuracyOf(mixture, look) };
}

function lossOf(mixture: Mixture, { supernet, data, split, batch, batches }: Look): number {
  const { network, parameters } = supernet;
  const reader = batchReader(data, split);
  let sum = 0;
  let count = 0;
  for (const one of plainBatches(reader, batchIndices(reader.size, batch, batches))) {
    sum += one.size * mixtureLoss(network, parameters, mixture, one);
    count += one.size;
  }
  return sum / count;
}
