import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import * as nn from '@archer-nas/nn';
import {
  type Batch,
  denseMixture,
  lossAndGradients,
  type Network,
  narrowedPath,
  optionCounts,
  type ParameterSource,
  ParameterStore,
  pathGates,
  singleMixture,
  type Trace,
} from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import { RELEASED } from '../test/released.ts';
import { SMOOTH_DARTS, smoothDarts } from '../test/smooth-darts.ts';
import { dartsCandidates } from './candidates.ts';
import { type Genotype, parseGenotype } from './genotype.ts';
import { cellNetwork, cellSupernet } from './network.ts';
import { networkCosts } from './network-costs.ts';
import { type DartsNetworks, withNetworks } from './network-space.ts';
import { candidatesOf, operationsOf, SETS } from './robust-darts.ts';
import { STEMS } from './skeleton.ts';
import { dartsSpace, genotypeSpace } from './space.ts';

const CIFAR10 = { classes: 10, image: { height: 32, width: 32, channels: 3 } };
const TINY = { classes: 3, image: { height: 8, width: 8, channels: 3 } };
const streams = createStreams(7);
const small = { channels: 2, cells: 3 };
const paper = { channels: 36, cells: 20, classes: 10 };
const genotypes = dartsSpace({ ...small, classes: 3 });
const space = withNetworks(genotypes, {
  trained: small,
  search: small,
  candidates: dartsCandidates(),
});
const v2 = parseGenotype(RELEASED.DARTS_V2);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const count = (network: Network): number =>
  network.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

function batchOf(...labels: readonly number[]): Batch {
  const stream = streams.stream('images');
  const size = labels.length;
  const values = Float32Array.from({ length: size * 192 }, () => stream.normal());
  const images = tf.tensor4d(values, [size, 8, 8, 3]);
  return { images, labels: Int32Array.from(labels), size, dispose: () => images.dispose() };
}

/**
 * One image of CIFAR-10's size through a network that is trained alone, with running statistics:
 * kernels that take those of the batch record no convolutions.
 */
function runOnce(network: Network, trace: Trace): void {
  const parameters = new ParameterStore(network.parameters, streams);
  const statistics = new nn.RunningStatistics();
  tf.tidy(() => {
    const forward = { parameters, batchNorm: 'running', statistics, trace } as const;
    network.forward(tf.zeros([1, 32, 32, 3]), [], forward);
  });
  statistics.dispose();
  parameters.dispose();
}

/** In convolutions and the classifier, as they ran on one image. */
function multiplyAdds(network: Network): number {
  let sum = 0;
  const record: Trace['record'] = (op, [, weight], { shape }) => {
    if (!['conv2d', 'depthwiseConv2d', 'linear'].includes(op)) return;
    const [, height, width] = op === 'linear' ? [1, 1, 1] : shape;
    sum += (weight?.size ?? 0) * (height ?? 0) * (width ?? 0);
  };
  runOnce(network, { record });
  return sum;
}

/** Genotype → path of the supernet → one-hot mixture → genotype. */
function expectRoundTrip(space: DartsNetworks, genotype: Genotype): void {
  const network = space.supernet(TINY);
  const rows = optionCounts(network.sites).map((n) => new Array<number>(n).fill(0));
  space.path(genotype, network).forEach((option, site) => {
    const row = rows[network.sites[site]?.decision ?? -1];
    if (row && option >= 0) row[option] = 1;
  });
  expect(space.derive(rows)).toEqual(genotype);
  expect(space.fromChoices(space.toChoices(genotype))).toEqual(genotype);
}

/** Logits of three images. */
function logits(network: Network, path: readonly number[] = []): number[] {
  const store = new ParameterStore(network.parameters, streams);
  const batch = batchOf(0, 1, 2);
  const forward = { parameters: store, batchNorm: 'batch' } as const;
  const values = tf.tidy(() => {
    return Array.from(network.forward(batch.images, pathGates(path), forward).dataSync());
  });
  batch.dispose();
  store.dispose();
  return values;
}

describe('the supernet', () => {
  it.each([
    [16, 8, 10, 1_930_618],
    [16, 8, 100, 1_953_748],
    [4, 3, 10, 72_854],
    [8, 5, 10, 394_210],
    [4, 8, 10, 207_094],
  ])('of %i channels and %i cells has %i classes and %i parameters (check D)', (...row) => {
    const [channels, cells, classes, parameters] = row;
    const task = { ...CIFAR10, classes };
    for (const none of [true, false]) {
      const network = cellSupernet({ channels, cells }, task, dartsCandidates(undefined, { none }));
      expect(count(network)).toBe(parameters);
    }
  });

  it('has 299,578 parameters where operations see a quarter of the channels (check of PC-DARTS)', () => {
    const task = { ...CIFAR10, partial: 4 };
    const network = cellSupernet({ channels: 16, cells: 8 }, task, dartsCandidates());
    expect(count(network)).toBe(299_578);
    expect(network.sites.every(({ zero }) => zero === undefined)).toBe(true);
    const uneven = { ...CIFAR10, partial: 3 };
    expect(() => cellSupernet({ channels: 16, cells: 8 }, uneven, dartsCandidates())).toThrow(
      /16 channels, which are no 3 equal blocks/,
    );
  });

  it('keeps sizes and gradients with partial channels', () => {
    const candidates = dartsCandidates();
    const network = cellSupernet({ channels: 4, cells: 3 }, { ...TINY, partial: 2 }, candidates);
    const store = new ParameterStore(network.parameters, streams);
    const batch = batchOf(0, 1, 2, 0);
    const p = Array.from({ length: 28 }, () => new Float64Array(8).fill(1 / 8));
    const result = nn.mixtureGradients(network, store, denseMixture(p), batch);
    expect(result.rows.every((row) => row.slice(1).every((g) => g !== 0))).toBe(true);
    result.dispose();
    batch.dispose();
    store.dispose();
  });

  it('is as deep as it is asked to be', () => {
    const { sites } = cellSupernet(
      { channels: 4, cells: 8 },
      { ...CIFAR10, cells: 5 },
      dartsCandidates(),
    );
    expect(sites).toHaveLength(5 * 14);
    expect(sites[16]).toMatchObject({ node: 'cell1.node3', zero: 0 });
  });

  it('has a site per cell and edge, tied by the type of its cell', () => {
    const { sites } = cellSupernet({ channels: 4, cells: 8 }, CIFAR10, dartsCandidates());
    expect(sites).toHaveLength(8 * 14);
    expect(optionCounts(sites)).toEqual(new Array(28).fill(8));
    // 8¹⁴ = 4.4e12 cells, were no edge left out.
    const cells = optionCounts(sites).slice(0, 14);
    expect(cells.reduce((product, n) => product * n, 1)).toBe(4_398_046_511_104);
    // Cells 2 and 5 are reduction cells.
    const types = [0, 1, 2, 3, 4, 5, 6, 7].map((cell) => sites[14 * cell]?.decision);
    expect(types).toEqual([0, 0, 14, 0, 0, 14, 0, 0]);
    expect(sites[2 * 14 + 3]).toMatchObject({
      name: 'cell2.edge3',
      decision: 17,
      node: 'cell2.node3',
      zero: 0,
    });
  });

  it('has cells of half the size and twice the channels at a third and two thirds (check 3)', () => {
    const search = { channels: 16, cells: 8 };
    const network = cellSupernet(search, CIFAR10, dartsCandidates(['skip_connect']));
    const outputs: number[][] = [];
    const trace: Trace = {
      record: (op, inputs, output) => {
        if (op === 'concat' && inputs.length === 4) outputs.push(output.shape.slice(1));
      },
    };
    tf.tidy(() => {
      const parameters = new ParameterStore(network.parameters, streams);
      const path = pathGates(network.sites.map(() => 1));
      const images: tf.Tensor4D = tf.zeros([1, 32, 32, 3]);
      network.forward(images, path, { parameters, batchNorm: 'batch', trace });
      parameters.dispose();
    });
    const sides = [32, 32, 16, 16, 16, 8, 8, 8];
    const channels = [64, 64, 128, 128, 128, 256, 256, 256];
    expect(outputs).toEqual(sides.map((side, cell) => [side, side, channels[cell]]));
  });

  it('is made of zeros where every edge is none', () => {
    const network = space.supernet(TINY);
    const store = new ParameterStore(network.parameters, streams);
    const bias = Array.from(store.get('head.linear.bias', [3]).dataSync());
    store.dispose();
    const nothing = network.sites.map(() => 0);
    expect(logits(network, nothing)).toEqual([...bias, ...bias, ...bias]);
    expect(
      logits(
        network,
        nothing.map(() => -1),
      ),
    ).toEqual([...bias, ...bias, ...bias]);
  });

  it('runs what a genotype keeps and nothing else', () => {
    const network = space.supernet(TINY);
    const path = space.path(v2, network);
    const used = path.map((option, site) => network.sites[site]?.options[option] ?? '-');
    expect(used.slice(0, 14)).toEqual([
      ...['sep_conv_3x3', 'sep_conv_3x3', 'sep_conv_3x3', 'sep_conv_3x3', '-'],
      ...['skip_connect', 'sep_conv_3x3', '-', '-'],
      ...['skip_connect', '-', 'dil_conv_3x3', '-', '-'],
    ]);
    // Nor where `none` is no option any more, and no site says which gave zeros.
    const left = network.sites.map(({ options }) => [...options.keys()].slice(1));
    const sites = network.sites.map(({ zero, ...site }) => site);
    const least = narrowedPath(path, sites, left) ?? [];
    expect(least.map((option) => Number(option) + 1 || -1)).toEqual(path);
    const { parameters, forward } = network;
    const store = new ParameterStore(parameters, streams);
    const read = new Set<string>();
    const spy: ParameterSource = {
      get(name, shape) {
        read.add(name);
        return store.get(name, shape);
      },
    };
    const batch = batchOf(0, 1);
    const gates = pathGates(path);
    tf.tidy(() => forward(batch.images, gates, { parameters: spy, batchNorm: 'batch' }));
    expect([...read].sort()).toEqual(store.select(gates).sort());
    batch.dispose();
    store.dispose();
  });

  it.each(Object.keys(RELEASED) as (keyof typeof RELEASED)[])(
    'derives %s from a mixture of what it runs of it (check 6)',
    (name) => expectRoundTrip(space, parseGenotype(RELEASED[name])),
  );

  it.each(SMOOTH_DARTS)('derives %s in its space from a mixture of what it runs of it', (name) => {
    const set = /_(s\d)_/.exec(name)?.[1] ?? '';
    const robust = SETS.find((one) => one === set);
    const candidates = robust ? candidatesOf(robust) : dartsCandidates(undefined, { none: false });
    const plain = robust ? genotypeSpace(set, operationsOf(robust), paper) : genotypes;
    const there = withNetworks(plain, { trained: small, search: small, candidates });
    expectRoundTrip(there, parseGenotype(smoothDarts(name)));
  });

  it('mixes with a gradient to every weight, and leaves no tensor behind', () => {
    const network = space.supernet(TINY);
    const store = new ParameterStore(network.parameters, streams);
    const batch = batchOf(0, 1, 2, 0);
    const before = tf.memory().numTensors;
    const p = Array.from({ length: 28 }, () => new Float64Array(8).fill(1 / 8));
    const result = nn.mixtureGradients(network, store, denseMixture(p), batch);
    expect(result.gradients.size).toBe(network.parameters.length);
    // `none` has no gradient of its own, and every other operation has one.
    for (const row of result.rows) {
      expect(row[0]).toBe(0);
      expect(row.slice(1).every((g) => g !== 0 && Number.isFinite(g))).toBe(true);
    }
    result.dispose();
    nn.mixtureGradients(network, store, singleMixture(Array(28).fill(4)), batch).dispose();
    expect(tf.memory().numTensors).toBe(before);
    batch.dispose();
    store.dispose();
  });

  it('has the gradients by the mixture that finite differences have', () => {
    // Without convolutions: their ReLUs have kinks at every distance.
    const candidates = dartsCandidates(['max_pool_3x3', 'avg_pool_3x3', 'skip_connect']);
    const network = cellSupernet(small, TINY, candidates);
    const store = new ParameterStore(network.parameters, streams);
    const batch = batchOf(0, 1, 2, 0);
    const p = Array.from({ length: 28 }, (_, row) =>
      Float64Array.from({ length: 4 }, (__, i) => (1 + ((3 * row + 5 * i) % 7)) / 16),
    );
    const loss = (row: number, option: number, by: number): number => {
      const moved = p.map((given) => given.slice());
      (moved[row] as Float64Array)[option] = (p[row]?.[option] ?? 0) + by;
      return nn.mixtureLoss(network, store, denseMixture(moved), batch);
    };
    const result = nn.mixtureGradients(network, store, denseMixture(p), batch);
    for (let row = 0; row < 28; row += 4) {
      const option = 1 + (row % 3);
      const numeric = (loss(row, option, 3e-4) - loss(row, option, -3e-4)) / 6e-4;
      expect(result.rows[row]?.[option], `row ${row}, option ${option}`).toBeCloseTo(numeric, 2);
    }
    result.dispose();
    batch.dispose();
    store.dispose();
  });

  it('refuses images that both reduction cells cannot halve', () => {
    const task = { classes: 2, image: { height: 6, width: 8, channels: 3 } };
    expect(() => space.supernet(task)).toThrow(/divides the image by 4; 6×8/);
  });

  it('says which gate is missing', () => {
    expect(() => logits(space.supernet(TINY), [1, 1, 1])).toThrow(/no gate for cell0.edge3/);
  });
});

describe('the network of a genotype', () => {
  const parse = (name: keyof typeof RELEASED): Genotype => parseGenotype(RELEASED[name]);

  it.each([
    ['DARTS_V2', 36, 20, 3_349_342],
    ['DARTS_V2', 16, 8, 246_106],
    ['DARTS_V1', 36, 20, 3_169_414],
    ['PC_DARTS_IMAGE', 36, 20, 3_721_510],
    ['ALL_SEP_CONV_3X3', 36, 20, 4_701_718],
  ] as const)('%s with %i channels and %i cells has %i parameters (checks D and 5)', (...row) => {
    const [name, channels, cells, parameters] = row;
    const network = cellNetwork({ channels, cells }, CIFAR10, parse(name));
    expect(count(network)).toBe(parameters);
    expect(network.sites).toEqual([]);
  });

  it.each(STEMS)('costs what the closed form says, with the stem for %s', (stem) => {
    for (let i = 0; i < 6; i++) {
      const genotype = genotypes.sample(createStreams(i).stream('genotype'));
      const size = { channels: 6 + 2 * i, cells: 3 + (i % 4), stem };
      const network = cellNetwork(size, { ...CIFAR10, classes: 7 }, genotype);
      const { params, macs } = networkCosts(genotype, { ...size, classes: 7, image: 32 });
      expect(count(network)).toBe(params);
      expect(multiplyAdds(network)).toBe(macs);
    }
  });

  it('halves images three times before its first cell with the stem for ImageNet', () => {
    const size = { channels: 4, cells: 3, stem: 'imagenet' } as const;
    const maps: number[][] = [];
    const record: Trace['record'] = (op, _, y) => {
      if (op === 'conv2d' && maps.length < 4) maps.push(y.shape.slice(1));
    };
    runOnce(cellNetwork(size, CIFAR10, v2), { record });
    // C/2, C and C channels; then the first cell's first input, half of its channels at a time.
    expect(maps).toEqual([16, 8, 4, 4].map((side, at) => [side, side, [2, 4, 4, 2][at]]));
    const odd = { classes: 2, image: { height: 48, width: 32, channels: 3 } };
    expect(() => cellNetwork(size, odd, v2)).toThrow(/divides the image by 32; 48×32/);
    const supernet = cellSupernet(size, CIFAR10, dartsCandidates());
    expect(supernet.parameters[0]).toMatchObject({ name: 'stem.conv.weight', shape: [3, 3, 3, 2] });
  });

  it('has parameters with the names that the supernet has for them', () => {
    const known = new Set(space.supernet(TINY).parameters.map(({ name }) => name));
    const weights = space.network(v2, TINY).parameters.filter(({ name }) => !/norm/.test(name));
    expect(weights.filter(({ name }) => !known.has(name))).toEqual([]);
    expect(weights.length).toBeGreaterThan(20);
  });

  it('learns: its loss on a batch falls', () => {
    const network = space.network(v2, TINY);
    const store = new ParameterStore(network.parameters, streams);
    const batch = batchOf(0, 1, 2, 0, 1, 2);
    const sgd = new nn.Sgd(store, { momentum: 0.9, nesterov: false, weightDecay: 0 });
    const before = tf.memory().numTensors;
    const losses: number[] = [];
    let after = 0;
    for (let step = 0; step < 8; step++) {
      const result = lossAndGradients(network, store, [], batch);
      losses.push(result.loss.dataSync()[0] as number);
      sgd.step(result.gradients, { learningRate: 0.05 });
      result.dispose();
      if (step === 0) after = tf.memory().numTensors;
    }
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);
    expect(tf.memory().numTensors).toBe(after);
    expect(after).toBeGreaterThan(before); // momentum
    sgd.dispose();
    store.dispose();
    batch.dispose();
  });

  it('is exported with the logits that it has', () => {
    const network = space.network(v2, TINY);
    const store = new ParameterStore(network.parameters, streams);
    const batch = batchOf(0, 1, 2);
    const statistics = nn.recalibrate(network, store, [], [batch]);
    const files = nn.exportGraphModel(network, store, [], statistics);
    expect(Object.keys(files)).toContain('model.json');
    statistics.dispose();
    store.dispose();
    batch.dispose();
  });
});
