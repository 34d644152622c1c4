import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  type Batch,
  denseMixture,
  lossAndGradients,
  mixtureGradients,
  type Network,
  optionCounts,
  ParameterStore,
  softmaxRows,
} from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import { EDGES } from './edges.ts';
import { formatGenotype, type Genotype, parseGenotype, VOCABULARY } from './genotype.ts';
import { cellNetwork } from './network.ts';
import { type DartsNetworks, withNetworks } from './network-space.ts';
import { candidatesOf, operationsOf, type RobustSet, SETS } from './robust-darts.ts';
import { genotypeSpace } from './space.ts';

const TINY = { classes: 3, image: { height: 8, width: 8, channels: 3 } };
const CIFAR10 = { classes: 10, image: { height: 32, width: 32, channels: 3 } };
const small = { channels: 2, cells: 3 };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function spaceOf(set: RobustSet, trained = small): DartsNetworks {
  const plain = genotypeSpace(set, operationsOf(set), { ...trained, classes: 10 });
  return withNetworks(plain, { trained, search: small, candidates: candidatesOf(set) });
}

const uniform = (space: DartsNetworks): number[][] =>
  optionCounts(space.supernet(TINY).sites).map((n) => new Array<number>(n).fill(1 / n));
const count = ({ parameters }: Network): number =>
  parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
const namesOf = ({ normal, reduce }: Genotype) =>
  new Set([...normal, ...reduce].map(({ op }) => VOCABULARY[op]));

function batchOf(step: number): Batch {
  const streams = createStreams(9);
  const stream = streams.stream('images');
  const values = Float32Array.from({ length: 4 * 192 }, () => stream.normal());
  const images = tf.tensor4d(values, [4, 8, 8, 3]);
  const draws = (name: string) => streams.stream(name, step);
  return {
    images,
    labels: Int32Array.of(0, 1, 2, 0),
    size: 4,
    draws,
    dispose: () => images.dispose(),
  };
}

describe.each(SETS)('%s', (set) => {
  const space = spaceOf(set);

  it('has 180 · 2⁸ cells of each kind (check 2)', () => {
    expect(space.size).toBe(46_080n ** 2n);
  });

  it('reads back what it writes, and refuses operations that an edge cannot have', () => {
    for (let i = 0; i < 50; i++) {
      const genotype = space.sample(createStreams(i).stream('genotype'));
      expect(space.parse(space.format(genotype))).toEqual(genotype);
      expect(space.fromChoices(space.toChoices(genotype))).toEqual(genotype);
    }
    const first = space.sample(createStreams(0).stream('genotype'));
    const wrong = { ...first, normal: first.normal.map((edge) => ({ ...edge, op: 4 })) };
    expect(() => space.parse(formatGenotype(wrong))).toThrow(/is not in s[1-4]: normal/);
  });

  it('has 28 decisions of two operations, three in S3, that start at equal weights (check 8)', () => {
    const counts = optionCounts(space.supernet(TINY).sites);
    expect(counts).toEqual(new Array(28).fill(set === 's3' ? 3 : 2));
    const alpha = counts.map((n, i) => {
      const stream = createStreams(1).stream('alpha', i);
      return Float64Array.from({ length: n }, () => 1e-3 * stream.normal());
    });
    for (const row of softmaxRows(alpha)) {
      for (const p of row) expect(Math.abs(p - 1 / row.length)).toBeLessThan(2e-3);
    }
  });

  it('derives what is in it', () => {
    const genotype = space.derive(uniform(space));
    expect(space.fromChoices(space.toChoices(genotype))).toEqual(genotype);
    expect(genotype.normal.map(({ from }) => from)).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
  });
});

describe('S1', () => {
  // `primitives_1` in sota/cnn/spaces.py of xiangning-chen/SmoothDARTS (d3dbfed), that of
  // src/spaces.py of automl/RobustDARTS: node ← input, normal cell, reduction cell.
  it.each([
    ['2←0', 'skip_connect dil_conv_3x3', 'max_pool_3x3 avg_pool_3x3'],
    ['2←1', 'skip_connect dil_conv_5x5', 'max_pool_3x3 dil_conv_3x3'],
    ['3←0', 'skip_connect dil_conv_5x5', 'max_pool_3x3 avg_pool_3x3'],
    ['3←1', 'skip_connect sep_conv_3x3', 'max_pool_3x3 avg_pool_3x3'],
    ['3←2', 'skip_connect dil_conv_3x3', 'skip_connect dil_conv_5x5'],
    ['4←0', 'max_pool_3x3 skip_connect', 'max_pool_3x3 avg_pool_3x3'],
    ['4←1', 'skip_connect sep_conv_3x3', 'max_pool_3x3 sep_conv_3x3'],
    ['4←2', 'skip_connect sep_conv_3x3', 'skip_connect dil_conv_3x3'],
    ['4←3', 'skip_connect dil_conv_3x3', 'skip_connect dil_conv_5x5'],
    ['5←0', 'skip_connect sep_conv_3x3', 'max_pool_3x3 avg_pool_3x3'],
    ['5←1', 'max_pool_3x3 skip_connect', 'max_pool_3x3 avg_pool_3x3'],
    ['5←2', 'skip_connect dil_conv_3x3', 'skip_connect dil_conv_5x5'],
    ['5←3', 'dil_conv_3x3 dil_conv_5x5', 'skip_connect dil_conv_5x5'],
    ['5←4', 'dil_conv_3x3 dil_conv_5x5', 'skip_connect dil_conv_5x5'],
  ])('has on %s the operations of its table, and mixes them', (place, normal, reduce) => {
    const edge = EDGES.findIndex(({ from, to }) => place === `${to}←${from}`);
    for (const operations of [operationsOf('s1'), candidatesOf('s1')]) {
      expect(operations.normal).toHaveLength(14);
      expect(operations.reduce).toHaveLength(14);
      expect(operations.normal[edge]?.join(' ')).toBe(normal);
      expect(operations.reduce[edge]?.join(' ')).toBe(reduce);
    }
  });

  it('derives from each edge what that edge can be', () => {
    const space = spaceOf('s1');
    const second = uniform(space).map(() => [0.4, 0.6]);
    const { normal, reduce } = space.derive(second);
    expect(normal.map(({ op }) => VOCABULARY[op])).toEqual([
      ...['dil_conv_3x3', 'dil_conv_5x5', 'dil_conv_5x5', 'sep_conv_3x3'],
      ...['skip_connect', 'sep_conv_3x3', 'sep_conv_3x3', 'skip_connect'],
    ]);
    expect(reduce.slice(0, 2).map(({ op }) => VOCABULARY[op])).toEqual([
      'avg_pool_3x3',
      'dil_conv_3x3',
    ]);
  });
});

describe('S2, S3 and S4', () => {
  it.each([
    ['s2', ['skip_connect', 'sep_conv_3x3'], ['skip_connect', 'sep_conv_3x3']],
    ['s3', ['none', 'skip_connect', 'sep_conv_3x3'], ['skip_connect', 'sep_conv_3x3']],
    ['s4', ['noise', 'sep_conv_3x3'], ['noise', 'sep_conv_3x3']],
  ] as const)('%s mixes %j on every edge of both cells, and derives %j', (set, mixed, derived) => {
    for (const cell of ['normal', 'reduce'] as const) {
      expect(candidatesOf(set)[cell]).toEqual(Array(14).fill(mixed));
      expect(operationsOf(set)[cell]).toEqual(Array(14).fill(derived));
    }
  });
});

describe('S3', () => {
  it('never derives none, however heavy it is', () => {
    const space = spaceOf('s3');
    const heavy = uniform(space).map(() => [0.98, 0.015, 0.005]);
    expect(namesOf(space.derive(heavy))).toEqual(new Set(['skip_connect']));
    expect(() =>
      space.parse(space.format(space.derive(heavy)).replace('skip_connect', 'none')),
    ).toThrow(/"none" is no operation/);
  });
});

describe('S4', () => {
  const space = spaceOf('s4');
  const separable = space.derive(uniform(space).map(() => [0.1, 0.9]));

  it('has 4,701,718 parameters with separable convolutions alone, 36 channels, 20 cells (check 5)', () => {
    expect(namesOf(separable)).toEqual(new Set(['sep_conv_3x3']));
    const network = spaceOf('s4', { channels: 36, cells: 20 }).network(separable, CIFAR10);
    expect(count(network)).toBe(4_701_718);
  });

  it('sends gradient to separable convolutions and none to noise or through it (check 8)', () => {
    const network = space.supernet(TINY);
    const store = new ParameterStore(network.parameters, createStreams(1));
    const batch = batchOf(0);
    // Only noise: nothing of the input reaches the loss.
    const onlyNoise = denseMixture(EDGES.concat(EDGES).map(() => Float64Array.of(1, 0)));
    const nothing = mixtureGradients(network, store, onlyNoise, batch);
    for (const [name, gradient] of nothing.gradients) {
      const most = tf.tidy(() => tf.max(tf.abs(gradient)).dataSync()[0]);
      if (name !== 'head.linear.weight' && name !== 'head.linear.bias' && !/input[01]/.test(name)) {
        expect(most, name).toBe(0);
      }
    }
    expect(Math.max(...(nothing.gradients.get('stem.conv.weight')?.dataSync() ?? [1]))).toBe(0);
    nothing.dispose();
    const both = mixtureGradients(network, store, denseMixture(uniformRows()), batch);
    const first = both.gradients.get('cell0.edge0.sep_conv_3x3.0.pointwise.weight');
    expect(first?.dataSync().some((value) => value !== 0)).toBe(true);
    expect([...both.gradients.keys()].filter((name) => name.includes('noise'))).toEqual([]);
    both.dispose();
    batch.dispose();
    store.dispose();
  });

  it('is noisy in every step anew, and the same in every pass of a step', () => {
    const network = space.supernet(TINY);
    const store = new ParameterStore(network.parameters, createStreams(1));
    const lossAt = (step: number): number => {
      const batch = batchOf(step);
      const before = tf.memory().numTensors;
      const gates = network.sites.map(() => ({ support: [0, 1] }));
      const result = lossAndGradients(network, store, gates, batch);
      const [loss = 0] = result.loss.dataSync();
      result.dispose();
      expect(tf.memory().numTensors).toBe(before);
      batch.dispose();
      return loss;
    };
    expect(lossAt(1)).toBe(lossAt(1));
    expect(lossAt(1)).not.toBe(lossAt(2));
    store.dispose();
  });

  it('is noisy too when it is trained alone', () => {
    const noisy = parseGenotype(formatGenotype(separable).replaceAll('sep_conv_3x3', 'noise'));
    const network = cellNetwork(small, TINY, noisy);
    const store = new ParameterStore(network.parameters, createStreams(1));
    const [a, b] = [batchOf(1), batchOf(2)].map((batch) => {
      const result = lossAndGradients(network, store, [], batch);
      const [loss] = result.loss.dataSync();
      result.dispose();
      batch.dispose();
      return loss;
    });
    expect(a).not.toBe(b);
    store.dispose();
  });

  function uniformRows(): Float64Array[] {
    return uniform(space).map((row) => Float64Array.from(row));
  }
});
