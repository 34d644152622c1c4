import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Trace } from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import { MACRO } from '../../test/released.ts';
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
import { OPERATIONS, parseMacro } from './architecture.ts';
import { macroNetwork, macroSupernet } from './network.ts';
import { type MacroStructure, pooledAfter } from './skeleton.ts';
import { type MacroSettings, macroSpace } from './space.ts';

const CIFAR10 = { classes: 10, image: { height: 32, width: 32, channels: 3 } };
const settings: MacroSettings = {
  ...{ layers: 6, channels: 4, structure: 'searched', operations: OPERATIONS },
  search: { channels: 4 },
  costs: { classes: 3, image: 8 },
};
const space = macroSpace(settings);
const supernet = space.supernet(TINY);
/** Every operation, and skips from both thirds. */
const mixed = space.parse('0 1 1 2 0 1 3 1 0 0 4 0 1 1 0 5 0 0 0 1 1');

beforeAll(async () => void (await tf.setBackend('cpu')));

describe('the macro supernet', () => {
  it('has 697,870 parameters with 12 layers and 36 channels, as counted by hand', () => {
    // Stem 27·36 + 72; a layer 42·36² + 54·36; eleven norms of joins; 5 and 9 reductions of
    // 36² + 72; classifier 370.
    expect(count(macroSupernet({ layers: 12, channels: 36 }, CIFAR10, OPERATIONS))).toBe(697_870);
  });

  it('gives an architecture the logits of its own network with the same weights', () => {
    const batch = batchOf([0, 1, 2]);
    const stream = createStreams(1).stream('architectures');
    for (const architecture of [mixed, space.sample(stream), space.sample(stream)]) {
      const alone = space.network(architecture, TINY);
      const shared = passOf(supernet, batch, space.path(architecture, supernet));
      expect(shared.logits).toEqual(passOf(alone, batch).logits);
      // And it reads nothing else.
      expect([...shared.read].sort()).toEqual(alone.parameters.map(({ name }) => name).sort());
    }
    batch.dispose();
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

  it('has a site per number of the encoding, which an architecture is the path of', () => {
    expect(supernet.sites.map(({ decision }) => decision)).toEqual([...Array(21).keys()]);
    expect(supernet.sites[3]).toMatchObject({ name: 'layer2.op', node: 'layer2' });
    expect(supernet.sites[5]).toMatchObject({ name: 'layer2.layer0', zero: 0 });
    expect(space.path(mixed, supernet).join(' ')).toBe(space.format(mixed));
  });

  it('adds what it skips to: a bit changes the logits, and which bit matters', () => {
    const batch = batchOf([0, 1, 2]);
    const of = (text: string) => passOf(supernet, batch, space.path(space.parse(text), supernet));
    const [none, stem, layer0] = ['0 0', '1 0', '0 1'].map((bits) =>
      JSON.stringify(of(`0 0 0 0 ${bits} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0`).logits),
    );
    expect(new Set([none, stem, layer0]).size).toBe(3);
    batch.dispose();
  });

  it.each([
    ['none', 0, 1, 1],
    ['all', 1, 3, 5],
  ] as const)('halves what is still read: %s of the skips', (_, bit, first, second) => {
    const reductions: string[] = [];
    const trace: Trace = {
      record(op, inputs, output) {
        if (op === 'concat' && inputs.length === 2) reductions.push(output.shape.join('×'));
      },
    };
    const batch = batchOf([0]);
    const path = supernet.sites.map(({ zero }) => (zero === undefined ? 0 : bit));
    passOf(supernet, batch, path, { trace });
    expect(reductions).toEqual([
      ...Array<string>(first).fill('1×4×4×4'),
      ...Array<string>(second).fill('1×2×2×4'),
    ]);
    batch.dispose();
  });

  it('is halved behind layers L/3 − 1 and 2L/3 − 1', () => {
    expect(pooledAfter({ layers: 12 })).toEqual([3, 7]);
    expect(pooledAfter({ layers: 24 })).toEqual([7, 15]);
  });

  it('has the gradients of finite differences, and leaves no tensor behind', () => {
    const batch = batchOf([0, 1, 2, 0]);
    const path = space.path(mixed, supernet);
    const names = [
      ...['stem.conv.weight', 'layer0.conv_3x3.first.conv.weight', 'layer1.join.norm.weight'],
      ...['layer3.sep_conv_5x5.second.depthwise.weight', 'pool1.layer1.odd.conv.weight'],
      ...['layer5.max_pool_3x3.first.norm.bias', 'head.linear.weight'],
    ];
    for (const { name, backward, numeric } of derivatives(supernet, batch, { names, path })) {
      expect(backward, name).not.toBe(0);
      expect(backward, name).toBeCloseTo(numeric, 2);
    }
    expect(leftBehind(supernet, batch, path)).toBe(0);
    batch.dispose();
  });

  it('runs single paths alone, and says which gate is missing or is none', () => {
    const batch = batchOf([0]);
    expect(() => passOf(supernet, batch, [0, 0])).toThrow(/no gate for layer1.stem/);
    const path = supernet.sites.map(() => 0);
    expect(() => passOf(supernet, batch, [-1, ...path.slice(1)])).toThrow(
      /layer0.op runs one of 6/,
    );
    batch.dispose();
  });

  it('refuses images that it cannot halve twice, and channels that it cannot halve', () => {
    const task = { classes: 2, image: { height: 6, width: 8, channels: 3 } };
    expect(() => space.supernet(task)).toThrow(/halve the image twice; 6×8/);
    expect(() => macroSupernet({ layers: 6, channels: 3 }, TINY, OPERATIONS)).toThrow(
      /3 channels have none/,
    );
  });
});

describe('the macro networks', () => {
  it('are exported with the logits that they have', async () => {
    const batch = batchOf([0, 1, 2, 0]);
    expect(await exportError(supernet, batch, space.path(mixed, supernet))).toBeLessThan(1e-4);
    const own = macroSpace({ ...settings, structure: 'paper' });
    expect(await exportError(own.network(mixed, TINY), batch)).toBeLessThan(1e-4);
    batch.dispose();
  });
});

describe('the macro network of an architecture', () => {
  const released = parseMacro(MACRO, 24);
  const size = { layers: 24, channels: 96 };

  // What a separate count over the authors' layers gives, and the ten biases of the classifier,
  // which theirs has not.
  it.each([
    ['paper', 30_947_424],
    ['released', 42_559_392],
  ] as const)('of 24 layers and 96 channels has the parameters of the %s form', (...row) => {
    const [structure, parameters] = row;
    const network = macroNetwork(size, CIFAR10, { architecture: released, structure });
    expect(count(network)).toBe(parameters + 10);
  });

  it.each([
    ['paper', 11_984],
    ['searched', 6_916],
  ] as const)('costs what is counted by hand: %s', (structure, macs) => {
    // Three layers of conv_3x3 on 8×8, 2 channels, without skips; 10 classes.
    // paper: 27·2·64 + (4 + 36)·64 + 8·16 + (16 + 144 + 16)·16 + 32·4 + (64 + 576 + 64)·4 + 80.
    // searched: 27·2·64 + 40·64 + 4·16 + 40·16 + 4·4 + 40·4 + 20.
    const own = macroSpace({
      ...{ layers: 3, channels: 2, structure, operations: OPERATIONS },
      search: { channels: 2 },
      costs: { classes: 10, image: 8 },
    });
    const costs = own.costs?.of(own.parse('0 0 0 0 0 0'));
    expect(costs?.macs).toBe(macs);
  });

  it('costs what a skip adds: its part of the 1×1 convolution, and its reductions', () => {
    const own = macroSpace({
      ...{ layers: 3, channels: 2, structure: 'paper', operations: OPERATIONS },
      search: { channels: 2 },
      costs: { classes: 10, image: 8 },
    });
    // From the stem to layer 2: 8·8 weights on 2×2; 2·4 on 4×4 and 4·8 on 2×2, with norms.
    const [without, with_] = ['0 0 0 0 0 0', '0 0 0 0 1 0'].map((text) =>
      own.costs?.of(own.parse(text)),
    );
    expect((with_?.macs ?? 0) - (without?.macs ?? 0)).toBe(64 * 4 + 8 * 16 + 32 * 4);
    expect((with_?.params ?? 0) - (without?.params ?? 0)).toBe(64 + (8 + 8) + (32 + 16));
  });

  it('reports as params what its network has', () => {
    const stream = createStreams(2).stream('architectures');
    for (const structure of ['paper', 'released', 'searched'] as MacroStructure[]) {
      const own = macroSpace({ ...settings, structure });
      const architecture = own.sample(stream);
      expect(own.costs?.of(architecture).params).toBe(count(own.network(architecture, TINY)));
    }
  });

  it('doubles the channels at both reductions, where the supernet does not', () => {
    const weight = (structure: MacroStructure) =>
      macroNetwork({ layers: 6, channels: 4 }, TINY, {
        architecture: mixed,
        structure,
      }).parameters.find(({ name }) => name === 'head.linear.weight')?.shape;
    expect(weight('paper')).toEqual([16, 3]);
    expect(weight('searched')).toEqual([4, 3]);
  });

  it('has the gradients of finite differences, and leaves no tensor behind', () => {
    const own = macroSpace({ ...settings, structure: 'paper' });
    const network = own.network(mixed, TINY);
    const batch = batchOf([0, 1, 2, 0]);
    const names = ['layer2.join.conv.weight', 'pool0.stem.even.conv.weight', 'head.linear.bias'];
    const found = derivatives(network, batch, {
      names: names.filter((name) => has(network, name)),
    });
    expect(found).toHaveLength(3);
    for (const { name, backward, numeric } of found) {
      expect(backward, name).toBeCloseTo(numeric, 2);
    }
    expect(leftBehind(network, batch)).toBe(0);
    batch.dispose();
  });
});

function has({ parameters }: { parameters: readonly { name: string }[] }, name: string): boolean {
  return parameters.some((parameter) => parameter.name === name);
}
