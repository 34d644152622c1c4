import { createStreams, isArcherError } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { alignedModel } from './aligned-model.ts';
import { batchReader } from './batches.ts';
import { pathGates } from './gates.ts';
import { lossAndGradients } from './gradients.ts';
import type { ParameterSource } from './network.ts';
import { ParameterStore } from './parameter-store.ts';
import { pathFeatures } from './path-features.ts';
import { layeredNetwork } from './testing/layered-network.ts';
import { numericGradient } from './testing/numeric-gradient.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

const network = layeredNetwork(2);
const data = toyData();
const PATH = [1, 0];
const ANCHOR = [0, 2];

function setUp() {
  const store = new ParameterStore(network.parameters, createStreams(1));
  const batch = batchReader(data, data.open('train')).plain(Int32Array.of(0, 4, 8, 3, 7));
  const dispose = () => {
    batch.dispose();
    store.dispose();
  };
  return { store, batch, dispose };
}

describe('features of a path', () => {
  it('are the outputs of its blocks, and its logits are those of the network', () => {
    const { store, batch, dispose } = setUp();
    tf.tidy(() => {
      const forward = { parameters: store, batchNorm: 'batch' } as const;
      const { logits, blocks } = pathFeatures(network, PATH, batch.images, forward);
      const whole = network.forward(batch.images, pathGates(PATH), forward);
      expect([...logits.dataSync()]).toEqual([...whole.dataSync()]);
      expect(blocks.map((block) => block?.shape)).toEqual([
        [5, 3, 3, 4],
        [5, 3, 3, 4],
      ]);
    });
    dispose();
  });

  it('need a network in pieces', () => {
    expect(() =>
      pathFeatures(toyNetwork(), [0, 0], undefined as never, undefined as never),
    ).toThrow(
      expect.toSatisfy((error) => isArcherError(error) && error.code === 'ARCHER_CAPABILITY'),
    );
  });
});

describe('an aligned model', () => {
  it.each(['relative', 'squared'] as const)(
    'has the loss, the %s distance of its blocks from the constant anchor, and their gradient',
    (distance) => {
      const { store, batch, dispose } = setUp();
      const before = tf.memory().numTensors;
      const model = alignedModel(network, { anchor: ANCHOR, factor: 3, distance });
      const gates = pathGates(PATH);
      const plain = lossAndGradients(network, store, gates, batch);
      const { gradients, ...result } = lossAndGradients(model, store, gates, batch);
      const expected = tf.tidy(() => {
        const forward = { parameters: store, batchNorm: 'batch' } as const;
        const [own, fixed] = [PATH, ANCHOR].map((path) => {
          return pathFeatures(network, path, batch.images, forward).blocks as tf.Tensor4D[];
        }) as [tf.Tensor4D[], tf.Tensor4D[]];
        const distances = own.map((one, b) => {
          const anchor = fixed[b] as tf.Tensor4D;
          const squared = tf.losses.meanSquaredError(anchor, one);
          return distance === 'squared' ? squared : tf.div(squared, tf.mean(tf.square(anchor)));
        });
        return (plain.loss.dataSync()[0] ?? 0) + (3 / 2) * (tf.addN(distances).dataSync()[0] ?? 0);
      });
      expect(result.loss.dataSync()[0]).toBeCloseTo(expected, 4);
      // Of parameters that the anchor has not, whose change leaves it as it is.
      const own = [...gradients.keys()].filter((name) => /layer0.3|layer1.1/.test(name));
      expect(own.length).toBeGreaterThan(1);
      for (const name of own) {
        const gradient = gradients.get(name) as tf.Tensor;
        const lossOf = (source: ParameterSource) => lossAndGradients(model, source, gates, batch);
        const { at, numeric } = numericGradient(store, name, lossOf, 0.001);
        expect(gradient.dataSync()[at], name).toBeCloseTo(numeric, 2);
        expect(gradient.dataSync()[at]).not.toBe(plain.gradients.get(name)?.dataSync()[at]);
      }
      plain.dispose();
      result.dispose();
      expect(tf.memory().numTensors).toBe(before);
      dispose();
    },
  );

  it('is the network itself for the anchor', () => {
    const { store, batch, dispose } = setUp();
    const model = alignedModel(network, { anchor: PATH, factor: 3, distance: 'relative' });
    const values = [network, model].map((one) => {
      const { gradients } = lossAndGradients(one, store, pathGates(PATH), batch);
      return [...gradients].map(([name, gradient]) => [name, ...gradient.dataSync()]);
    });
    expect(values[1]).toEqual(values[0]);
    dispose();
  });
});
