import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  type Batch,
  type Forward,
  type Gate,
  lossAndGradients,
  mixtureGates,
  type Network,
  type ParameterSource,
  ParameterStore,
  pathGates,
  RunningStatistics,
  type Trace,
} from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import { canonical } from './canonical.ts';
import { CELLS, type Cell, cellFromCode, cellOf, isConnected } from './cell.ts';
import { costModel } from './costs.ts';
import { cellNetwork, cellSupernet } from './network.ts';
import { nasBench201 } from './space.ts';

const CIFAR10 = { classes: 10, image: { height: 32, width: 32, channels: 3 } };
const TINY = { classes: 5, image: { height: 8, width: 8, channels: 3 } };
const tiny = nasBench201({
  channels: 4,
  cells: 1,
  convBias: true,
  costs: { classes: 5, image: 8 },
});
const streams = createStreams(7);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function images(count: number): tf.Tensor4D {
  const stream = streams.stream('images');
  const values = Float32Array.from({ length: count * 8 * 8 * 3 }, () => stream.normal());
  return tf.tensor4d(values, [count, 8, 8, 3]);
}

function batchOf(...labels: readonly number[]): Batch {
  const size = labels.length;
  const pixels = images(size);
  return { images: pixels, labels: Int32Array.from(labels), size, dispose: () => pixels.dispose() };
}

function parameterCount(network: Network): number {
  return network.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

function logits(network: Network, cell: Cell, forward: Partial<Forward> = {}): number[] {
  return tf.tidy(() => {
    const parameters = new ParameterStore(network.parameters, streams);
    const gates = network.sites.length > 0 ? pathGates(tiny.path(cell, network)) : [];
    const pass = { parameters, batchNorm: 'batch' as const, ...forward };
    return Array.from(network.forward(images(3), gates, pass).dataSync());
  });
}

describe('supernet', () => {
  const released = { channels: 16, cells: 5 };
  const everything = tiny.allowed;

  it('has 1,692,474 parameters with convolution bias and 1,685,562 without (C9)', () => {
    const size = (convBias: boolean) =>
      parameterCount(cellSupernet({ ...released, convBias }, CIFAR10, everything));
    expect(size(true)).toBe(1_692_474);
    expect(size(false)).toBe(1_685_562);
  });

  it('has a sixteenth of the parameters of its operations where they see a quarter of the channels', () => {
    const size = (partial?: number) =>
      parameterCount(
        cellSupernet(
          { ...released, convBias: false },
          { ...CIFAR10, ...(partial && { partial }) },
          everything,
        ),
      );
    // 10 C² in the two convolutions of an edge, six edges in each of five cells per stage.
    const operations = 10 * 6 * 5 * (16 ** 2 + 32 ** 2 + 64 ** 2);
    expect(size()).toBe(1_685_562);
    expect(size(4)).toBe(1_685_562 - operations + operations / 16);
  });

  it('lets the other channels pass, `none` included, where operations see a part of them', () => {
    const network = tiny.supernet({ ...TINY, partial: 2 });
    expect(network.pieces).toBeUndefined();
    const all = (op: number) => [op, op, op, op, op, op] as unknown as Cell;
    const [none, skip, conv] = [0, 1, 3].map((op) => logits(network, all(op)));
    expect(new Set(none).size).toBeGreaterThan(5); // differs by image: something gets through
    expect(none).not.toEqual(skip);
    expect(conv).not.toEqual(skip);
  });

  it('refuses channels that are no equal blocks', () => {
    expect(() => tiny.supernet({ ...TINY, partial: 3 })).toThrow(
      expect.objectContaining({ code: 'ARCHER_NB201_CHANNELS' }),
    );
  });

  it('has other depths than the space when asked', () => {
    expect(tiny.supernet({ ...TINY, cells: 2 }).sites).toHaveLength(36);
  });

  it('has 1,686,106 parameters where batch norms outside of the cells are affine', () => {
    const settings = { ...released, convBias: false, skeletonAffine: true };
    const network = cellSupernet(settings, CIFAR10, everything);
    expect(parameterCount(network)).toBe(1_686_106);
    const affine = network.parameters.filter(({ name }) => name.endsWith('norm.weight'));
    expect(affine.map(({ name }) => name.split('.')[0])).toEqual([
      ...['stem', 'reduction1', 'reduction1', 'reduction2', 'reduction2', 'head'],
    ]);
  });

  it('has residual blocks of 14,464 and 57,600 parameters between its stages', () => {
    const settings = { ...released, convBias: false, skeletonAffine: true };
    const { parameters, ...network } = cellSupernet(settings, CIFAR10, everything);
    const blocks = ['reduction1.', 'reduction2.'].map((block) => {
      const own = parameters.filter(({ name }) => name.startsWith(block));
      return parameterCount({ ...network, parameters: own });
    });
    expect(blocks).toEqual([14_464, 57_600]);
  });

  it('has a site per cell and edge, tied to the edge of the architecture', () => {
    const { sites } = cellSupernet({ ...released, convBias: true }, CIFAR10, everything);
    expect(sites).toHaveLength(15 * 6);
    expect(sites[20]).toEqual({
      name: 'cell3.edge2',
      decision: 2,
      options: ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'],
      node: 'cell3.node2',
      zero: 0,
    });
  });

  it('owns each candidate parameter by the site and option that its name says', () => {
    const network = tiny.supernet(TINY);
    const owned = network.parameters.filter(({ owner }) => owner !== undefined);
    expect(owned).toHaveLength(3 * 6 * 2 * 2);
    for (const { name, owner } of owned) {
      const site = network.sites[owner?.site ?? -1];
      expect(name.startsWith(`${site?.name}.${site?.options[owner?.option ?? -1]}.`)).toBe(true);
    }
  });

  it('gives the classifier bias for every image of a disconnected cell (C10)', () => {
    const network = tiny.supernet(TINY);
    const parameters = new ParameterStore(network.parameters, streams);
    const bias = Array.from(parameters.get('head.linear.bias', [5]).dataSync());
    const disconnected: Cell[] = [
      [0, 0, 0, 0, 0, 0],
      [3, 3, 3, 0, 0, 0],
      [0, 0, 3, 0, 2, 4],
    ];
    for (const cell of disconnected) {
      expect(isConnected(cell)).toBe(false);
      expect(logits(network, cell)).toEqual([...bias, ...bias, ...bias]);
    }
    expect(logits(network, [0, 0, 0, 1, 0, 0])).not.toEqual([...bias, ...bias, ...bias]);
  });

  it('computes dead inputs like zeros: `train` and `batch` agree', () => {
    const network = tiny.supernet(TINY);
    const cell: Cell = [0, 3, 3, 1, 2, 2];
    const statistics = new RunningStatistics();
    const trained = logits(network, cell, { batchNorm: 'train', statistics });
    logits(network, cell).forEach((value, at) => {
      expect(trained[at]).toBeCloseTo(value, 5);
    });
    statistics.dispose();
  });

  it('ignores what does not reach the output', () => {
    const network = tiny.supernet(TINY);
    expect(logits(network, [3, 3, 2, 1, 0, 0])).toEqual(logits(network, [0, 0, 0, 1, 0, 0]));
  });

  it('is the weighted sum of its candidates under mixture gates', () => {
    const network = tiny.supernet(TINY);
    const record = (gates: readonly Gate[]) => firstCellOutput(network, gates);
    const weights = [0.1, 0.3, 0.2, 0.25, 0.15];
    // Site 3 leads from input to output; all other edges of the first cell are none.
    const path = (op: number) => pathGates(network.sites.map((_, at) => (at === 3 ? op : 0)));
    const mixed = path(0).map((gate, at) =>
      at === 3 ? { support: [0, 1, 2, 3, 4], weights: tf.tensor1d(weights) } : gate,
    );
    const expected = [1, 2, 3, 4].map((op) => record(path(op)));
    const actual = record(mixed);
    expect(actual.length).toBe(3 * 8 * 8 * 4);
    actual.forEach((value, at) => {
      const sum = expected.reduce(
        (total, one, i) => total + (weights[i + 1] ?? 0) * (one[at] ?? 0),
        0,
      );
      expect(value).toBeCloseTo(sum, 5);
    });
  });

  it('reads no parameter outside the support of its gates', () => {
    const network = tiny.supernet(TINY);
    const parameters = new ParameterStore(network.parameters, streams);
    const read = new Set<string>();
    const spy: ParameterSource = {
      get(name, shape) {
        read.add(name);
        return parameters.get(name, shape);
      },
    };
    // All sites on 1x1 or 3x3: 3x3 only in the second cell.
    const gates = network.sites.map((_, at) => ({ support: at >= 6 && at < 12 ? [2, 3] : [2] }));
    tf.tidy(() => network.forward(images(1), gates, { parameters: spy, batchNorm: 'batch' }));
    expect([...read].sort()).toEqual(parameters.select(gates).sort());
  });

  it('sends gradient to the sampled operations and the skeleton only', () => {
    const network = tiny.supernet(TINY);
    const parameters = new ParameterStore(network.parameters, streams);
    const cell: Cell = [3, 0, 2, 4, 1, 3];
    const batch = batchOf(1, 4);
    const result = lossAndGradients(
      network,
      parameters,
      pathGates(tiny.path(cell, network)),
      batch,
      { names: network.parameters.map(({ name }) => name) },
    );
    const touched = [...result.gradients.keys()].filter((name) => name.startsWith('cell0'));
    expect(touched.map((name) => name.replace(/\.conv\..*/, ''))).toEqual(
      ['edge0.nor_conv_3x3', 'edge2.nor_conv_1x1', 'edge5.nor_conv_3x3'].flatMap((name) => [
        `cell0.${name}`,
        `cell0.${name}`,
      ]),
    );
    expect(result.gradients.has('stem.conv.weight')).toBe(true);
    result.dispose();
  });

  it('runs a mixture of everything with a gradient to every gate', () => {
    const network = tiny.supernet(TINY);
    const parameters = new ParameterStore(network.parameters, streams);
    const gates = mixtureGates(
      network.sites,
      network.sites.map(() => tf.fill([5], 0.2) as tf.Tensor1D),
    );
    const batch = batchOf(0, 3);
    const result = lossAndGradients(network, parameters, gates, batch, { groups: ['gates'] });
    expect(result.gates.map(({ weights }) => weights?.size)).toEqual(network.sites.map(() => 5));
    result.dispose();
  });

  it('of a sub-space has only its candidates, under the same parameter names', () => {
    const pairs = tiny.restrict([
      [1, 3],
      [1, 3],
      [1, 3],
      [1, 3],
      [1, 3],
      [1, 3],
    ]);
    const network = pairs.supernet(TINY);
    const all = new Set(tiny.supernet(TINY).parameters.map(({ name }) => name));
    expect(network.sites[0]?.options).toEqual(['skip_connect', 'nor_conv_3x3']);
    expect(network.parameters.every(({ name }) => all.has(name))).toBe(true);
    expect(network.parameters.some(({ name }) => name.includes('1x1'))).toBe(false);
    const cell: Cell = [3, 1, 3, 3, 1, 3];
    const forward = { batchNorm: 'batch' as const };
    const own = tf.tidy(() => {
      const parameters = new ParameterStore(network.parameters, streams);
      const gates = pathGates(pairs.path(cell, network));
      return Array.from(network.forward(images(3), gates, { parameters, ...forward }).dataSync());
    });
    expect(own).toEqual(logits(tiny.supernet(TINY), cell));
  });

  it('refuses images that cannot be halved twice, and missing gates', () => {
    const task = { classes: 2, image: { height: 8, width: 6, channels: 3 } };
    expect(() => tiny.supernet(task)).toThrow(/8×6/);
    const network = tiny.supernet(TINY);
    const parameters = new ParameterStore(network.parameters, streams);
    const pass = { parameters, batchNorm: 'batch' as const };
    expect(() => network.forward(images(1), pathGates([1]), pass)).toThrow(/cell0.edge1: 1 gates/);
  });
});

describe('stand-alone network', () => {
  it('has 1,531,546 parameters with six 3x3 convolutions', () => {
    const network = cellNetwork({ channels: 16, cells: 5 }, CIFAR10, [3, 3, 3, 3, 3, 3]);
    expect(parameterCount(network)).toBe(1_531_546);
    expect(network.sites).toEqual([]);
  });

  it('has as many parameters as the closed form says', () => {
    const costs = costModel({ channels: 4, cells: 2 }, { classes: 5, image: 8 });
    for (let code = 0; code < CELLS; code += 997) {
      const cell = cellFromCode(code);
      const network = cellNetwork({ channels: 4, cells: 2 }, TINY, cell);
      expect(parameterCount(network)).toBe(costs.of(cell).params);
    }
  });

  it('computes as many multiply-adds as the closed form says', () => {
    const cells: Cell[] = [
      [3, 3, 3, 3, 3, 3],
      [2, 1, 3, 4, 2, 1],
      [0, 0, 0, 0, 0, 0],
    ];
    for (const cell of cells) {
      const count = multiplyAdds(tiny.network(cell, TINY));
      expect(count).toBe(tiny.costs.of(cell).macs);
    }
  });

  it('turns a convolution on nothing into an offset that can be learned', () => {
    const cell: Cell = [0, 0, 0, 1, 2, 0];
    const plain: Cell = [0, 0, 0, 1, 0, 0];
    expect(canonical(cell)).not.toBe(canonical(plain));
    const network = tiny.network(cell, TINY);
    expect(logits(network, cell)).toEqual(logits(tiny.network(plain, TINY), plain));
    const parameters = new ParameterStore(network.parameters, streams);
    const before = forwardWith(network, parameters);
    for (const channel of ['cell0', 'cell1', 'cell2']) {
      const name = `${channel}.edge4.nor_conv_1x1.norm.bias`;
      parameters.set(name, tf.range(0, parameters.value(name).size));
    }
    expect(forwardWith(network, parameters)).not.toEqual(before);
  });

  it('uses running statistics when asked, and learns scale and offset', () => {
    const cell = cellOf([3, 2, 1, 4, 3, 2]);
    const network = tiny.network(cell, TINY);
    const names = network.parameters.map(({ name }) => name);
    expect(names).toContain('cell2.edge5.nor_conv_1x1.norm.weight');
    expect(names.some((name) => name.endsWith('conv.bias'))).toBe(false);
    const statistics = new RunningStatistics({ momentum: 1 });
    logits(network, cell, { batchNorm: 'train', statistics });
    const running = logits(network, cell, { batchNorm: 'running', statistics });
    expect(running.every(Number.isFinite)).toBe(true);
    expect(running).not.toEqual(logits(network, cell));
    statistics.dispose();
  });
});

function forwardWith(network: Network, parameters: ParameterStore): number[] {
  return tf.tidy(() => {
    const pass = { parameters, batchNorm: 'batch' as const };
    return Array.from(network.forward(images(3), [], pass).dataSync());
  });
}

/** The first cell's output: in the trace, what the first reduction block averages. */
function firstCellOutput(network: Network, gates: readonly Gate[]): number[] {
  return tf.tidy(() => {
    let found: tf.Tensor | undefined;
    const trace: Trace = {
      record(op, inputs) {
        if (op === 'avgPool2x2') found ??= inputs[0]?.clone(); // the map itself is freed when its turn is over
      },
    };
    const parameters = new ParameterStore(network.parameters, streams);
    network.forward(images(3), gates, { parameters, batchNorm: 'batch', trace });
    return Array.from(found?.dataSync() ?? []);
  });
}

/** Positions of a map [1, height, width, channels]. */
function pixels({ shape }: tf.Tensor): number {
  return (shape[1] ?? 0) * (shape[2] ?? 0);
}

/** Multiply-adds of one image: recorded convolutions, and the classifier with its bias. */
function multiplyAdds(network: Network): number {
  let count = 0;
  const trace: Trace = {
    record(op, [, weight], output) {
      if (op === 'conv2d') count += (weight?.size ?? 0) * pixels(output);
      if (op === 'linear') count += (weight?.size ?? 0) + output.size;
    },
  };
  // Running statistics, as for an export: fused kernels record no convolutions.
  const statistics = new RunningStatistics();
  tf.tidy(() => {
    const parameters = new ParameterStore(network.parameters, streams);
    network.forward(images(1), [], { parameters, batchNorm: 'running', statistics, trace });
  });
  statistics.dispose();
  return count;
}
