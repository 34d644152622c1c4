import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { batchReader } from './batches.ts';
import { clipByGlobalNorm, gradientNorms, gradientNormsBySite } from './clipping.ts';
import { mixtureGates, pathGates } from './gates.ts';
import { lossAndGradients } from './gradients.ts';
import type { ParameterSource } from './network.ts';
import { RunningStatistics } from './norm-statistics.ts';
import { ParameterStore } from './parameter-store.ts';
import { Sgd } from './sgd.ts';
import { numericGradient } from './testing/numeric-gradient.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

const network = toyNetwork();
const data = toyData();
const index = Int32Array.of(0, 4, 8, 3, 7);

function setUp() {
  const store = new ParameterStore(network.parameters, createStreams(1));
  const batch = batchReader(data, data.open('train')).plain(index);
  return { store, batch };
}

describe('lossAndGradients', () => {
  it('R39 agrees with finite differences for every parameter of a path', () => {
    const { store, batch } = setUp();
    const gates = pathGates([3, 4]);
    const { gradients } = lossAndGradients(network, store, gates, batch);
    expect([...gradients.keys()]).toEqual(store.select(gates));
    for (const [name, gradient] of gradients) {
      const lossOf = (source: ParameterSource) => lossAndGradients(network, source, gates, batch);
      const { at, numeric } = numericGradient(store, name, lossOf, 0.01);
      expect(gradient.dataSync()[at], name).toBeCloseTo(numeric, 3);
    }
  });

  it('computes nothing outside of the support', () => {
    const { store, batch } = setUp();
    const reads: string[] = [];
    const spy = {
      get(name: string, shape: readonly number[]) {
        reads.push(name);
        return store.get(name, shape);
      },
    };
    const { gradients } = lossAndGradients(network, spy, pathGates([2, 0]), batch);
    expect([...gradients.keys()].some((name) => name.includes('edge1'))).toBe(false);
    expect(reads.some((name) => name.includes('edge1') || name.includes('conv3x3'))).toBe(false);
  });

  it('gives the gradients of mixture weights', () => {
    const { store, batch } = setUp();
    const mixture = [0.1, 0.2, 0.3, 0.25, 0.15];
    const loss = (values: number[]): number => {
      const gates = mixtureGates(network.sites, [tf.tensor1d(values), tf.tensor1d(mixture)]);
      return lossAndGradients(network, store, gates, batch).loss.dataSync()[0] ?? Number.NaN;
    };
    const gates = mixtureGates(network.sites, [tf.tensor1d(mixture), tf.tensor1d(mixture)]);
    const result = lossAndGradients(network, store, gates, batch, { groups: ['gates'] });
    expect(result.gradients.size).toBe(0);
    const gradient = result.gates[0]?.weights?.dataSync() ?? [];
    mixture.forEach((_, option) => {
      const moved = (by: number) => mixture.map((w, i) => (i === option ? w + by : w));
      const numeric = (loss(moved(0.01)) - loss(moved(-0.01))) / 0.02;
      expect(gradient[option], `option ${option}`).toBeCloseTo(numeric, 3);
    });
    expect(gradient[0]).toBe(0);
  });

  it('takes only the named parameters when asked', () => {
    const { store, batch } = setUp();
    const names = ['classifier.bias'];
    const result = lossAndGradients(network, store, pathGates([3, 3]), batch, { names });
    expect([...result.gradients.keys()]).toEqual(names);
  });

  it('keeps the number of tensors constant over training steps', () => {
    const store = new ParameterStore(network.parameters, createStreams(1));
    const sgd = new Sgd(store, { momentum: 0.9, unsampled: 'decay' });
    const statistics = new RunningStatistics();
    const reader = batchReader(data, data.open('train'));
    const counts = [1, 2, 3, 4].map((epoch) => {
      const batch = reader.augmented(index, { streams: createStreams(1), epoch, position: 0 });
      const options = { batchNorm: 'train', statistics } as const;
      const result = lossAndGradients(network, store, pathGates([3, 2]), batch, options);
      sgd.step(result.gradients, { learningRate: 0.1 });
      result.dispose();
      batch.dispose();
      return tf.memory().numTensors;
    });
    expect(new Set(counts).size).toBe(1);
  });
});

describe('clipping', () => {
  const gradients = new Map<string, tf.Tensor>([
    ['a', tf.tensor1d([3, 0])],
    ['b', tf.tensor2d([[0, 4]])],
  ]);

  it("scales to the norm with PyTorch's coefficient", () => {
    const { gradients: clipped, norm, coefficient } = clipByGlobalNorm(gradients, 2);
    expect(norm).toBeCloseTo(5, 6);
    expect(coefficient).toBeCloseTo(2 / (5 + 1e-6), 9);
    expect(clipped.get('b')?.dataSync()[1]).toBeCloseTo(1.6, 5);
    expect(clipByGlobalNorm(gradients, 6).coefficient).toBe(1);
  });

  it('sums norms per site, not squares', () => {
    const specs = [
      { name: 'a', shape: [2], init: 'zeros', owner: { site: 1, option: 0 } },
      { name: 'b', shape: [1, 2], init: 'zeros', owner: { site: 1, option: 0 } },
    ] as const;
    const sites = [0, 1].map((decision) => ({ name: `s${decision}`, decision, options: ['x'] }));
    const norms = gradientNorms(gradients);
    expect([...gradientNormsBySite(sites, specs, norms)]).toEqual([0, 7]);
    expect([...gradientNormsBySite(sites, specs, norms, 0.5)]).toEqual([0, 3.5]);
  });
});
