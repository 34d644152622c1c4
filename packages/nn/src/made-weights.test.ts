import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { batchReader } from './batches.ts';
import { pathGates } from './gates.ts';
import { lossAndGradients } from './gradients.ts';
import { exportGraphModel } from './graph-model.ts';
import { type WeightSource, withMadeWeights } from './made-weights.ts';
import type { Path } from './network.ts';
import { ParameterStore } from './parameter-store.ts';
import { pathHits } from './path-hits.ts';
import { recalibrate } from './recalibrate.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

const NAME = 'edge1.conv3x3.conv.weight';
const SHAPE = [3, 3, 4, 4];
const plain = toyNetwork();

/** edge1's 3×3 weights are `seed` times one more than the option that runs at edge0. */
const source: WeightSource = {
  parameters: [{ name: 'seed', shape: SHAPE, init: 'uniform', fanIn: 36 }],
  makes: new Set([NAME]),
  of: ([option = 0, other], parameters) =>
    new Map(other === 3 ? [[NAME, tf.mul(parameters.get('seed', SHAPE), 1 + option)]] : []),
};
const made = withMadeWeights(plain, source);
const data = toyData();
const batch = batchReader(data, data.open('train')).plain(Int32Array.of(0, 4, 8, 3, 7));
const streams = createStreams(1);
const paths: readonly Path[] = [
  [1, 3],
  [3, 3],
  [4, 2],
];

/** Stores of both networks: the plain one has the weights that are made for `path`. */
function stores([option = 0]: Path) {
  const [own, all] = [made, plain].map(({ parameters }) => new ParameterStore(parameters, streams));
  const [store, whole] = [own as ParameterStore, all as ParameterStore];
  whole.set(NAME, tf.mul(store.value('seed'), 1 + option));
  return { store, whole, dispose: () => [store, whole].map((one) => one.dispose()) };
}

describe('made weights', () => {
  it('are in no store: what they are made from is', () => {
    const names = made.parameters.map(({ name }) => name);
    expect(names).not.toContain(NAME);
    expect(names.at(-1)).toBe('seed');
    expect(names).toHaveLength(plain.parameters.length);
  });

  it('give the loss of the same weights, and their gradient reaches what they come from', () => {
    const tensors = tf.memory().numTensors;
    for (const path of paths) {
      const { store, whole, dispose } = stores(path);
      const pass = lossAndGradients(made, store, pathGates(path), batch);
      const expected = lossAndGradients(plain, whole, pathGates(path), batch);
      expect(pass.loss.dataSync()).toEqual(expected.loss.dataSync());
      // dL/dseed = (1 + option) dL/dw
      const slope = expected.gradients
        .get(NAME)
        ?.dataSync()
        .map((g) => g * (1 + (path[0] ?? 0)));
      expect(pass.gradients.get('seed')?.dataSync()).toEqual(slope);
      for (const one of [pass, expected]) one.dispose();
      dispose();
    }
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('score and export paths as the same weights do', async () => {
    const tensors = tf.memory().numTensors;
    for (const path of paths) {
      const { store, whole, dispose } = stores(path);
      const hits = await pathHits(made, store, [path]).of(batch);
      expect(hits).toEqual(await pathHits(plain, whole, [path]).of(batch));
      const [mine, other] = [made, plain].map((network) => {
        const parameters = network === made ? store : whole;
        const statistics = recalibrate(network, parameters, pathGates(path), [batch]);
        const files = exportGraphModel(network, parameters, pathGates(path), statistics);
        statistics.dispose();
        return files;
      });
      expect(mine).toEqual(other);
      dispose();
    }
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('refuse to run several options of a site at once', () => {
    const { store, dispose } = stores([0, 0]);
    const both = [{ support: [1, 2] }, { support: [3] }];
    expect(() => lossAndGradients(made, store, both, batch)).toThrow(/made for one path, but 2/);
    dispose();
  });

  it('share no results between the paths of a network in pieces', () => {
    const pieces = [{ name: 'all', inputs: [], run: () => tf.zeros([1, 2]) }] as const;
    expect(withMadeWeights({ ...plain, pieces: pieces as never }, source).pieces).toBeUndefined();
  });
});
