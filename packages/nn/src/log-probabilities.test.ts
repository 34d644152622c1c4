import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { expect, it } from 'vitest';
import { batchReader } from './batches.ts';
import { pathGates } from './gates.ts';
import { logProbabilities } from './log-probabilities.ts';
import { ParameterStore } from './parameter-store.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

it('gives ln softmax of the logits, image by image, and leaves no tensor behind', () => {
  const [network, data] = [toyNetwork(), toyData()];
  const reader = batchReader(data, data.open('train'));
  const store = new ParameterStore(network.parameters, createStreams(1));
  const gates = pathGates([3, 1]);
  const before = tf.memory().numTensors;
  const rows = logProbabilities(network, store, gates, reader, { batch: 8 });
  expect(tf.memory().numTensors).toBe(before);
  expect(rows).toHaveLength(reader.size * network.classes);
  // The last batch is a smaller one: its statistics are its own.
  const index = Int32Array.from(
    { length: reader.size % 8 },
    (_, i) => i + reader.size - (reader.size % 8),
  );
  const { images } = reader.plain(index);
  const logits = network.forward(images, gates, { parameters: store, batchNorm: 'batch' });
  const values = [...logits.dataSync()].slice(-network.classes);
  const total = Math.log(values.reduce((sum, z) => sum + Math.exp(z), 0));
  const last = [...rows.slice(-network.classes)];
  for (const [k, z] of values.entries()) expect(last[k]).toBeCloseTo(z - total, 5);
  store.dispose();
});
