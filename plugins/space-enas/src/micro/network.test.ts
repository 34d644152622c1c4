import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { lossAndGradients, ParameterStore } from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import { MICRO } from '../../test/released.ts';
import {
  batchOf,
  count,
  derivatives,
  differentRows,
  exportError,
  leftBehind,
  passOf,
  TINY,
} from '../testing/runs.ts';
import { OPERATIONS, parseMicro } from './cells.ts';
import { microNetwork, microSupernet } from './network.ts';
import { dropPathAt, placesOf, reductionCells } from './skeleton.ts';
import { type MicroSettings, microSpace } from './space.ts';

const CIFAR10 = { classes: 10, image: { height: 32, width: 32, channels: 3 } };
const settings: MicroSettings = {
  ...{ nodes: 3, layers: 3, channels: 4, structure: 'searched', operations: OPERATIONS },
  search: { layers: 3, channels: 4 },
  costs: { classes: 3, image: 8 },
};
const space = microSpace(settings);
const supernet = space.supernet(TINY);
/** Every operation in both cells; loose ends: an input and two nodes, and two nodes. */
const mixed = space.parse('1 0 1 4 2 1 1 2 1 3 2 4 0 4 1 3 0 0 2 2 1 1 0 4');

beforeAll(async () => void (await tf.setBackend('cpu')));

describe('the micro supernet', () => {
  it('has 5,373,150 parameters with 6 layers and 20 channels, as counted by hand', () => {
    // A cell with c channels: 40 (4c² + 76c) of branches, 7c² + 2c of its output. Two with 20,
    // three with 40, three with 80; calibrations 12,200, stem 1,740, classifier 810.
    const searched = { nodes: 5, operations: OPERATIONS };
    const network = microSupernet({ layers: 6, channels: 20 }, CIFAR10, searched);
    expect(count(network)).toBe(5_373_150);
  });

  it('drops what reaches its classifier where the pass says so: without it the bias is left', () => {
    const batch = batchOf([0, 1, 2]);
    const alone = space.network(mixed, TINY);
    for (const [network, path] of [[alone], [supernet, space.path(mixed, supernet)]] as const) {
      expect(network.dropout).toBe(true);
      expect(differentRows(network, batch, { dropout: 0, path })).toBe(3);
      expect(differentRows(network, batch, { dropout: 1 - 1e-9, path })).toBe(1);
    }
    batch.dispose();
  });

  it('gives an architecture the logits of its own network with the same weights', () => {
    const batch = batchOf([0, 1, 2]);
    const stream = createStreams(1).stream('architectures');
    for (const architecture of [mixed, space.sample(stream), space.sample(stream)]) {
      const alone = space.network(architecture, TINY);
      const shared = passOf(supernet, batch, space.path(architecture, supernet));
      expect(shared.logits).toEqual(passOf(alone, batch).logits);
      // And it reads nothing else: no other pair's weights, no rows of nodes that are read.
      expect([...shared.read].sort()).toEqual(alone.parameters.map(({ name }) => name).sort());
    }
    batch.dispose();
  });

  it('has a site per cell and branch, tied by the type of its cell, and weights per pair', () => {
    const { sites } = supernet;
    expect(sites).toHaveLength(5 * 6);
    // Cells 1 and 3 reduce.
    expect([0, 1, 2, 3, 4].map((cell) => sites[6 * cell]?.decision)).toEqual([0, 6, 0, 6, 0]);
    expect(sites[8]).toMatchObject({ name: 'cell1.node3.first', node: 'cell1.node3' });
    expect(sites[8]?.options.slice(9)).toEqual([
      ...['1.identity', '2.sep_conv_3x3', '2.sep_conv_5x5'],
      ...['2.avg_pool_3x3', '2.max_pool_3x3', '2.identity'],
    ]);
    const path = space.path(mixed, supernet);
    expect(path.slice(0, 6).map((option, at) => sites[at]?.options[option])).toEqual([
      ...['1.sep_conv_3x3', '1.identity', '2.sep_conv_5x5'],
      ...['1.avg_pool_3x3', '1.max_pool_3x3', '2.identity'],
    ]);
  });

  it('leaves rows of the output that an architecture does not use without a gradient', () => {
    const batch = batchOf([0, 1, 2]);
    const store = new ParameterStore(supernet.parameters, createStreams(0));
    const gates = space.path(mixed, supernet).map((option) => ({ support: [option] }));
    const result = lossAndGradients(supernet, store, gates, batch);
    const rows = [0, 1, 2, 3, 4].map((node) =>
      result.gradients.has(`cell0.output.node${node}.weight`),
    );
    expect(rows).toEqual([true, false, false, true, true]);
    for (const each of [result, store, batch]) each.dispose();
  });

  it('has cells of half the size and twice the channels after a third and two thirds', () => {
    expect(reductionCells({ layers: 6 })).toEqual([2, 5]);
    expect(reductionCells({ layers: 15 })).toEqual([5, 11]);
    const places = placesOf({ layers: 6, channels: 20 });
    expect(places.map(({ channels }) => channels)).toEqual([20, 20, 40, 40, 40, 80, 80, 80]);
    expect(places.map(({ halvings }) => halvings.output)).toEqual([0, 0, 1, 1, 1, 2, 2, 2]);
    const calibrations = places.map(({ inputs }) => inputs.map((one) => one.calibration).join());
    expect(calibrations).toEqual([
      ...['project,project', 'project,none', 'reduce,halve', 'none,none', 'none,none'],
      ...['reduce,halve', 'none,none', 'none,none'],
    ]);
  });

  it('has the gradients of finite differences, and leaves no tensor behind', () => {
    const batch = batchOf([0, 1, 2, 0]);
    const path = space.path(mixed, supernet);
    const names = [
      ...['stem.conv.weight', 'cell0.node2.first.from1.sep_conv_3x3.0.depthwise.weight'],
      ...['cell0.output.node0.weight', 'cell1.input0.odd.conv.weight', 'cell2.output.norm.weight'],
      ...['cell1.node4.first.from1.sep_conv_5x5.1.norm.weight', 'head.linear.weight'],
    ];
    for (const { name, backward, numeric } of derivatives(supernet, batch, { names, path })) {
      expect(backward, name).not.toBe(0);
      expect(backward, name).toBeCloseTo(numeric, 2);
    }
    expect(leftBehind(supernet, batch, path)).toBe(0);
    batch.dispose();
  });
});

describe('the micro networks', () => {
  it('are exported with the logits that they have', async () => {
    const batch = batchOf([0, 1, 2, 0]);
    expect(await exportError(supernet, batch, space.path(mixed, supernet))).toBeLessThan(1e-4);
    const own = microSpace({ ...settings, structure: 'paper' });
    expect(await exportError(own.network(mixed, TINY), batch)).toBeLessThan(1e-4);
    batch.dispose();
  });
});

describe('the micro network of an architecture', () => {
  const released = parseMicro(MICRO, 5);
  const paper = microSpace({ ...settings, structure: 'paper' });

  it('of the released cells with 15 layers and 36 channels has 3,894,382 parameters', () => {
    // What a separate count over the authors' layers gives, and the ten biases of the classifier,
    // which theirs has not.
    const standAlone = { architecture: released, structure: 'paper' } as const;
    const network = microNetwork({ layers: 15, channels: 36 }, CIFAR10, standAlone);
    expect(count(network)).toBe(3_894_372 + 10);
  });

  it('reports as params what its network has', () => {
    const stream = createStreams(2).stream('architectures');
    for (const own of [space, paper]) {
      for (let i = 0; i < 5; i++) {
        const architecture = own.sample(stream);
        expect(own.costs?.of(architecture).params).toBe(count(own.network(architecture, TINY)));
      }
    }
  });

  it('costs the multiply-adds that are counted by hand', () => {
    // One layer and both reductions with one node, 2 channels, on 8×8; 10 classes. The cells are
    // reduction (8→4), reduction (4→2), normal; reductions are a separable 3×3 and an identity of
    // input 0, so that input 1 is a loose end. 4, 8 and 8 channels.
    const own = microSpace({
      ...{ nodes: 1, layers: 1, channels: 2, structure: 'paper', operations: OPERATIONS },
      search: { layers: 1, channels: 2 },
      costs: { classes: 10, image: 8 },
    });
    expect(reductionCells({ layers: 1 })).toEqual([0, 1]);
    const stem = 27 * 6 * 64;
    // Inputs 6 → 4, twice, and the base; then 2 (9·4 + 16), the identity 16, the loose end 16.
    const first = (24 + 24 + 16) * 64 + (2 * (36 + 16) + 16 + 16) * 16;
    // Inputs 6 → 8 halved, 8 → 8 as it is; base; 2 (9·8 + 64), 64, 64.
    const second = (48 + 64) * 16 + (2 * (72 + 64) + 64 + 64) * 4;
    // Inputs: 8 halved, 16 → 8; base; two identities, the loose ends are node 2 and input 1.
    const third = (64 + 128 + 64) * 4;
    // The classifier reads 16 channels.
    const { macs } = own.costs?.of(own.parse('0 4 0 4 0 0 0 4')) ?? {};
    expect(macs).toBe(stem + first + second + third + 160);
  });

  it('concatenates loose ends: its channels are as many times wider', () => {
    const network = paper.network(mixed, TINY);
    const shapeOf = (wanted: string) =>
      network.parameters.find(({ name }) => name === wanted)?.shape.join('×');
    // Normal cells have three loose ends, reduction cells two.
    expect(shapeOf('cell1.input1.conv.weight')).toBe('1×1×12×8');
    expect(shapeOf('cell2.input1.conv.weight')).toBe('1×1×16×8');
    expect(shapeOf('head.linear.weight')).toBe('48×3');
  });

  it('has the gradients of finite differences, and leaves no tensor behind', () => {
    const network = paper.network(mixed, TINY);
    const batch = batchOf([0, 1, 2, 0]);
    const names = [
      ...['cell0.base.conv.weight', 'cell1.node2.first.from0.identity.even.conv.weight'],
      ...[
        'cell1.node4.first.from1.sep_conv_5x5.0.depthwise.weight',
        'cell2.input0.odd.conv.weight',
      ],
    ];
    for (const { name, backward, numeric } of derivatives(network, batch, { names })) {
      expect(backward, name).not.toBe(0);
      expect(backward, name).toBeCloseTo(numeric, 2);
    }
    expect(leftBehind(network, batch)).toBe(0);
    batch.dispose();
  });

  it('drops more paths the deeper a cell is, and no identity', () => {
    const size = { layers: 3, channels: 4 };
    const rates = placesOf(size).map((place) => dropPathAt(0.4, place, size));
    expect(rates.map((rate) => Number(rate.toFixed(2)))).toEqual([0.08, 0.16, 0.24, 0.32, 0.4]);
    const batch = batchOf([0, 1, 2]);
    const drawn: string[] = [];
    const draws = (name: string) => {
      drawn.push(name);
      return createStreams(0).stream(name);
    };
    const network = paper.network(mixed, TINY);
    passOf(network, batch, [], { dropPath: 0.4, draws });
    // In the normal cell two of six branches are identities, in the reduction cell two.
    expect(drawn).toHaveLength(5 * 4);
    expect(drawn.slice(0, 2)).toEqual([
      'cell0.node2.first.from1.drop',
      'cell0.node3.first.from2.drop',
    ]);
    batch.dispose();
  });

  it('has an auxiliary head behind the second reduction, for its training alone', () => {
    const task = { ...CIFAR10, auxiliary: true };
    const network = microNetwork({ layers: 3, channels: 2 }, task, {
      ...{ architecture: mixed, structure: 'paper' },
    });
    const plain = microNetwork({ layers: 3, channels: 2 }, CIFAR10, {
      ...{ architecture: mixed, structure: 'paper' },
    });
    // On 3 · 8 channels: 24·128 + 256, 4·128·768 + 1536, 768·10 + 10.
    expect(count(network) - count(plain)).toBe(24 * 128 + 256 + 4 * 128 * 768 + 1536 + 7690);
    expect([network.auxiliary, plain.auxiliary]).toEqual([true, false]);
    const batch = batchOf([0, 1], 32);
    const shapes: number[][] = [];
    passOf(network, batch, [], { auxiliary: ({ shape }) => shapes.push(shape) });
    expect(shapes).toEqual([[2, 10]]);
    batch.dispose();
    const small = { ...task, image: TINY.image };
    expect(() =>
      microNetwork({ layers: 3, channels: 2 }, small, {
        ...{ architecture: mixed, structure: 'paper' },
      }),
    ).toThrow(/8×8; images of 8×8 give it 2×2/);
  });
});
