import { createStreams } from '@archer-nas/core';
import { startEngine, tf } from '@archer-nas/engine';
import { lossAndGradients, ParameterStore, pathGates } from '@archer-nas/nn';
import { expect, it } from 'vitest';
import { OPERATIONS } from './cell.ts';
import { cellSupernet } from './network.ts';
import { blocksOf } from './skeleton.ts';

const starts = await startEngine({ engine: 'native' }).then(
  () => true,
  () => false,
);

/** Bytes that the engine has taken from the system so far; it hands them out again and again. */
const taken = () => (tf.backend() as unknown as { buffers: { bytes: number } }).buffers.bytes;

/** Batch and image so large that maps outweigh the parameters. */
const [BATCH, SIDE, CHANNELS, CELLS] = [32, 32, 4, 3];

/** Bytes of one map of features in each cell. */
function mapBytes(): number[] {
  return blocksOf({ channels: CHANNELS, cells: CELLS }).flatMap((block) => {
    if (block.kind !== 'cell') return [];
    const scale = block.channels / CHANNELS;
    return [(4 * BATCH * SIDE * SIDE * block.channels) / scale ** 2];
  });
}

it.runIf(starts)('a training step holds what the way back reads, and hardly more', () => {
  const image = { height: SIDE, width: SIDE, channels: 3 };
  const allowed = Array.from({ length: 6 }, () => OPERATIONS.map((_, op) => op));
  const skeleton = { channels: CHANNELS, cells: CELLS, convBias: true };
  const network = cellSupernet(skeleton, { classes: 10, image }, allowed);
  const store = new ParameterStore(network.parameters, createStreams(0));
  const names = ['conv_3x3', 'avg_pool_3x3', 'conv_1x1', 'skip_connect', 'conv_3x3', 'conv_1x1'];
  const ops = names.map((name) => OPERATIONS.findIndex((known) => known.endsWith(name)));
  const gates = pathGates(Array.from({ length: 3 * CELLS }, () => ops).flat());
  const batch = {
    images: tf.randomNormal([BATCH, SIDE, SIDE, 3], 0, 1, 'float32', 1) as tf.Tensor4D,
    labels: new Int32Array(BATCH),
    size: BATCH,
    dispose: () => {},
  };
  const before = taken();
  const step = () => lossAndGradients(network, store, gates, batch).dispose();
  step();
  const once = taken() - before;
  for (let i = 0; i < 3; i++) step();
  expect(taken() - before, 'later steps take nothing').toBe(once);
  // Per cell its three nodes that are read, and the results of its four convolutions.
  const maps = mapBytes();
  const needed = 7 * maps.reduce((sum, bytes) => sum + bytes, 0);
  const largest = maps[0] as number;
  expect(once).toBeGreaterThan(needed);
  // Stem, reductions and head hold 4.4 of the largest maps, the gradients on the way about 3; one
  // map more in every cell would be 5.25.
  expect(once).toBeLessThan(needed + 9 * largest);
  store.dispose();
});
