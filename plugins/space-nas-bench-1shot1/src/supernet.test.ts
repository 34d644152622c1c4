import { createStreams } from '@archer-nas/core';
import { startEngine, tf } from '@archer-nas/engine';
import {
  type Batch,
  denseMixture,
  gatesOf,
  lossAndGradients,
  type Mixture,
  mixtureGradients,
  mixtureLoss,
  modelOf,
  type Network,
  optionCounts,
  ParameterStore,
  pathGates,
  type Rows,
  type SupernetTask,
} from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import { definitionOf, OPERATIONS, SPACES, type SpaceNumber } from './definition.ts';
import { withNetworks } from './network-space.ts';
import { oneShotSpace } from './space.ts';
import { cellSupernet } from './supernet.ts';
import { reference } from './testing/reference-supernet.ts';

const CIFAR10 = { classes: 10, image: { height: 32, width: 32, channels: 3 } };
const TINY = { classes: 3, image: { height: 8, width: 8, channels: 3 } };
const EACH: SupernetTask = { ...TINY, inputs: 'each' };
const streams = createStreams(7);
const size = { channels: 2, cells: 1 };

const supernet = (number: SpaceNumber, task: SupernetTask = EACH): Network =>
  cellSupernet(definitionOf(number), size, task);
const count = ({ parameters }: Network): number =>
  parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

beforeAll(async () => {
  await startEngine({ engine: 'wasm' });
});

function batchOf(...labels: readonly number[]): Batch {
  const stream = streams.stream('images');
  const values = Float32Array.from({ length: labels.length * 8 * 8 * 3 }, () => stream.normal());
  const images = tf.tensor4d(values, [labels.length, 8, 8, 3]);
  return {
    ...{ images, labels: Int32Array.from(labels), size: labels.length },
    dispose: () => images.dispose(),
  };
}

/** A store whose batch norms have scales and offsets of their own, so that these are seen too. */
function storeOf(network: Network): ParameterStore {
  const store = new ParameterStore(network.parameters, streams);
  for (const { name, shape } of network.parameters) {
    if (!name.includes('.norm.')) continue;
    const stream = streams.stream(`norm/${name}`);
    const mean = name.endsWith('weight') ? 1 : 0;
    const values = Float32Array.from({ length: shape[0] ?? 0 }, () => mean + 0.3 * stream.normal());
    store.set(name, tf.tensor1d(values));
  }
  return store;
}

/** Positive rows that add up to one, no two entries alike. */
function rowsOf(network: Network): Rows {
  return optionCounts(network.sites).map((length, decision) => {
    const stream = streams.stream('row', decision);
    const row = Float64Array.from({ length }, () => 0.1 + stream.float());
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((p) => p / sum);
  });
}

const tensors = (rows: Rows): tf.Tensor1D[] => rows.map((row) => tf.tensor1d([...row]));

function logitsOf(network: Network, store: ParameterStore, mixture: Mixture, batch: Batch) {
  return tf.tidy(() => {
    const gates = gatesOf(network.sites, mixture);
    const forward = { parameters: store, batchNorm: 'batch' } as const;
    return Array.from(network.forward(batch.images, gates, forward).dataSync());
  });
}

describe('the supernet', () => {
  it.each([
    [1, 24, 12, 5, [3, 4]],
    [2, 26, 12, 5, [2, 3, 4]],
    [3, 35, 15, 6, [2, 3, 4, 5]],
  ] as const)(
    'of space %i has %i architecture parameters (check 1)',
    (number, all, operations, output, inputs) => {
      const { sites } = supernet(number);
      const counts = optionCounts(sites);
      const blocks = operations / 3;
      expect(counts).toEqual([...new Array(blocks).fill(3), output, ...inputs]);
      expect(counts.reduce((a, b) => a + b)).toBe(all);
      // Three cells, tied to the same decisions.
      expect(sites).toHaveLength(3 * counts.length);
      expect(sites[0]).toEqual({ name: 'cell0.node1', decision: 0, options: [...OPERATIONS] });
      expect(sites[counts.length + blocks]).toEqual({
        name: 'cell1.output.inputs',
        decision: blocks,
        options: Array.from({ length: output }, (_, from) => String(from)),
        keeps: number === 2 ? 3 : 2,
      });
    },
  );

  it('has one option per set of inputs for searches of single paths', () => {
    const { sites } = supernet(1, TINY);
    // 12 operations; outputs of two among five, inputs of two among three and among four.
    expect(optionCounts(sites)).toEqual([3, 3, 3, 3, 10, 3, 6]);
    expect(sites[5]?.options).toEqual(['0+1', '0+2', '1+2']);
    expect(sites.some(({ keeps }) => keeps !== undefined)).toBe(false);
    const options = optionCounts(sites).reduce((a, b) => a * b);
    expect(BigInt(options)).toBe(oneShotSpace(1).size);
  });

  // By the layers: stem; per block a projection and two convolutions; the output's projection;
  // the last 1×1 convolution; the classifier.
  it.each([
    [1, 1_101_402],
    [2, 1_101_402],
    [3, 1_509_594],
  ] as const)('of space %i has %i parameters with 16 channels and 9 cells', (number, expected) => {
    const whole = { channels: 16, cells: 3 };
    for (const inputs of ['sets', 'each'] as const) {
      const network = cellSupernet(definitionOf(number), whole, { ...CIFAR10, inputs });
      expect(count(network)).toBe(expected);
    }
  });

  it.each(SPACES)('of space %i is what the paper says, written out', (number) => {
    const network = supernet(number);
    const store = storeOf(network);
    const batch = batchOf(0, 1, 2, 0);
    const p = rowsOf(network);
    const found = logitsOf(network, store, denseMixture(p), batch);
    const expected = tf.tidy(() =>
      Array.from(reference(definitionOf(number), size, store, tensors(p), batch.images).dataSync()),
    );
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] as number, 4);
    batch.dispose();
    store.dispose();
  });

  it('runs what has all the weight as if nothing else were there', () => {
    const space = withNetworks(oneShotSpace(1), {
      ...{ definition: definitionOf(1), trained: size, search: size },
    });
    const network = supernet(1);
    const store = storeOf(network);
    const batch = batchOf(0, 1, 2, 0);
    for (let i = 0; i < 4; i++) {
      const path = space.path(space.sample(streams.stream('cell', i)), network);
      const taken = path.slice(0, 7).map((one) => [one].flat());
      const ones = optionCounts(network.sites).map((length, decision) =>
        Float64Array.from({ length }, (_, at) => Number(taken[decision]?.includes(at))),
      );
      const weighed = logitsOf(network, store, denseMixture(ones), batch);
      const alone = tf.tidy(() => {
        const forward = { parameters: store, batchNorm: 'batch' } as const;
        return network.forward(batch.images, pathGates(path), forward).dataSync();
      });
      for (const [at, value] of weighed.entries()) expect(value).toBeCloseTo(alone[at] ?? 0, 4);
    }
    batch.dispose();
    store.dispose();
  });

  it.each(SPACES)('of space %i has the gradients of these formulas by every weight', (number) => {
    const network = supernet(number);
    const store = storeOf(network);
    const batch = batchOf(0, 1, 2, 0);
    const p = rowsOf(network);
    const result = mixtureGradients(network, store, denseMixture(p), batch, { by: ['mixture'] });
    const expected = tf.tidy(() => {
      const loss = (...at: tf.Tensor1D[]): tf.Scalar => {
        const logits = reference(definitionOf(number), size, store, at, batch.images);
        const log = tf.logSoftmax(logits).mul(tf.oneHot([...batch.labels], 3));
        return log.sum().div(-batch.size) as tf.Scalar;
      };
      return tf
        .grads(loss as never)(tensors(p))
        .map((row) => row.dataSync());
    });
    for (const [decision, row] of result.rows.entries()) {
      for (const [option, gradient] of row.entries()) {
        expect(gradient).not.toBe(0);
        expect(gradient).toBeCloseTo(expected[decision]?.[option] as number, 4);
      }
    }
    result.dispose();
    batch.dispose();
    store.dispose();
  });

  it.each(['each', 'sets'] as const)(
    "has the gradients of finite differences by the last cell's gates (%s)",
    (inputs) => {
      const network = supernet(2, { ...TINY, inputs });
      const store = storeOf(network);
      for (const { name, shape } of network.parameters) {
        // So that no ReLU is at its corner, where a difference has no limit.
        if (name.endsWith('norm.bias')) store.set(name, tf.fill([shape[0] ?? 0], 5));
      }
      const batch = batchOf(0, 1, 2, 0);
      const p = rowsOf(network);
      const last = (2 / 3) * network.sites.length;
      const gatesAt = (site = -1, option = -1, shift = 0) =>
        network.sites.map(({ decision }, at) => {
          const row = Array.from(p[decision] ?? []);
          if (at === site) row[option] = (row[option] ?? 0) + shift;
          return { support: [...row.keys()], weights: tf.tensor1d(row) };
        });
      const lossAt = (...at: [number, number, number]): number =>
        tf.tidy(() => {
          const forward = { parameters: store, batchNorm: 'batch' } as const;
          const loss = modelOf(network).loss(batch, gatesAt(...at), forward);
          return loss.mean.dataSync()[0] as number;
        });
      const gates = gatesAt();
      const result = lossAndGradients(network, store, gates, batch, { groups: ['gates'] });
      const step = 4e-3;
      for (let site = last; site < network.sites.length; site++) {
        const row = result.gates[site]?.weights?.dataSync() ?? [];
        for (const [option, gradient] of row.entries()) {
          const difference = lossAt(site, option, step) - lossAt(site, option, -step);
          expect(gradient).not.toBe(0);
          expect(Math.abs(gradient - difference / (2 * step))).toBeLessThan(2e-3);
        }
      }
      result.dispose();
      tf.dispose(gates.map(({ weights }) => weights));
      batch.dispose();
      store.dispose();
    },
  );

  it('runs and trains nothing that the output does not read', () => {
    const network = supernet(1, TINY);
    const store = storeOf(network);
    const batch = batchOf(0, 1, 2, 0);
    const space = withNetworks(oneShotSpace(1), {
      ...{ definition: definitionOf(1), trained: size, search: size },
    });
    // Output ← {1, 2}, so that blocks 3 and 4 are loose ends.
    const cell = { graph: [[], [0], [0, 1], [0, 1], [2, 3], [1, 2]], operations: [0, 1, 0, 1] };
    const gates = pathGates(space.path(cell, network));
    const result = lossAndGradients(network, store, gates, batch);
    const names = [...result.gradients.keys()];
    expect(names.filter((name) => /node[34]/.test(name))).toEqual([]);
    expect(names).toContain('cell2.node2.conv1x1-bn-relu.conv.weight');
    expect(names.filter((name) => name.includes('output'))).toEqual([]);
    result.dispose();
    batch.dispose();
    store.dispose();
  });

  it('leaves no tensors behind, in either kind of step', () => {
    const network = supernet(2);
    const store = storeOf(network);
    const batch = batchOf(0, 1, 2, 0);
    const p = denseMixture(rowsOf(network));
    // The scaling factors of DSO-NAS can leave a node without inputs and a block without operation.
    const sparse = p.map((row, at) =>
      at % 2 === 0 ? row : { support: [], weights: new Float64Array() },
    );
    for (const mixture of [p, sparse]) {
      const { numTensors } = tf.memory();
      for (let step = 0; step < 2; step++) {
        mixtureGradients(network, store, mixture, batch).dispose();
        expect(tf.memory().numTensors).toBe(numTensors);
        expect(mixtureLoss(network, store, mixture, batch)).toBeGreaterThan(0);
        expect(tf.memory().numTensors).toBe(numTensors);
      }
    }
    batch.dispose();
    store.dispose();
  });

  it('is as deep as it is asked to be', () => {
    expect(supernet(1, { ...EACH, cells: 2 }).sites).toHaveLength(6 * 7);
  });

  it('has a part of the channels in its operations where that is asked for', () => {
    const wide = { channels: 4, cells: 1 };
    const of = (partial?: number) =>
      cellSupernet(definitionOf(1), wide, { ...EACH, ...(partial && { partial }) });
    // Per block 10 C² of filters and 4 C of scales and offsets; the rest is not changed.
    const [filters, norms] = [4, 8, 16].reduce(
      ([f, n], c) => [f + 4 * 10 * c * c, n + 4 * 4 * c] as [number, number],
      [0, 0],
    );
    expect(count(of(2))).toBe(count(of()) - filters + filters / 4 - norms / 2);
    const network = of(2);
    const store = storeOf(network);
    const batch = batchOf(0, 1, 2, 0);
    const result = mixtureGradients(network, store, denseMixture(rowsOf(network)), batch);
    expect(result.rows.every((row) => row.every((g) => g !== 0))).toBe(true);
    result.dispose();
    batch.dispose();
    store.dispose();
    expect(() => of(3)).toThrow(/4 channels, which are no 3 equal blocks/);
  });

  it('refuses images that cannot be halved twice', () => {
    const image = { height: 6, width: 8, channels: 3 };
    expect(() => supernet(1, { classes: 3, image })).toThrow(/6×8 is not divisible by 4/);
  });
});
