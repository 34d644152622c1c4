import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  type Gate,
  lossAndGradients,
  type Network,
  type ParameterSource,
  ParameterStore,
  pathGates,
  pathHits,
  usedParameters,
} from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { type Cell, cellOf } from './cell.ts';
import { cellSupernet } from './network.ts';

const TASK = { classes: 4, image: { height: 8, width: 8, channels: 3 } };
const SETTINGS = { channels: 4, cells: 1, convBias: false };
const ALL = Array.from({ length: 6 }, () => [0, 1, 2, 3, 4]);
const supernet = (sets?: number): Network =>
  cellSupernet(SETTINGS, { ...TASK, ...(sets && { sets }) }, ALL);
const streams = createStreams(4);
const CELL: Cell = cellOf([3, 2, 3, 4, 2, 3]);
const pathOf = (network: Network) => network.sites.map(({ decision }) => CELL[decision] as number);
const images = tf.randomNormal<tf.Rank.R4>([5, 8, 8, 3], 0, 1, 'float32', 1);
const batch = { images, labels: Int32Array.of(0, 1, 2, 3, 0), size: 5, dispose() {} };

function logits(network: Network, parameters: ParameterSource, gates: readonly Gate[]): number[] {
  const forward = { parameters, batchNorm: 'batch' } as const;
  return tf.tidy(() => [...network.forward(images, gates, forward).dataSync()]);
}

/** Every set has the weights of the first. */
function alike(network: Network): ParameterSource {
  const store = new ParameterStore(network.parameters, streams);
  return { get: (name, shape) => store.get(name.replace(/set\d/, 'set0'), shape) };
}

describe('edges that share operation sets', () => {
  it('have the parameters of one set in a cell, not of six (check C7)', () => {
    const count = (sets: number | undefined, cell: number): number =>
      supernet(sets)
        .parameters.filter(({ name }) => name.startsWith(`cell${cell}.`))
        .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    for (const [cell, C] of [4, 8, 16].entries()) {
      expect(count(1, cell)).toBe(10 * C * C);
      expect(count(3, cell)).toBe(3 * 10 * C * C);
      expect(count(undefined, cell)).toBe(6 * 10 * C * C);
    }
  });

  it('give what one set gives when the sets are alike, whatever weighs them (check C7)', () => {
    const one = supernet(1);
    const three = supernet(3);
    const weights = new ParameterStore(one.parameters, streams);
    const expected = logits(one, weights, pathGates(pathOf(one)));
    for (const mixture of [
      [0, 0, 1],
      [0.2, 0.5, 0.3],
      [1.5, -1, 0.5],
    ]) {
      const gates = pathOf(three).map((op) => ({
        support: [op, op + 5, op + 10],
        weights: tf.tensor1d(mixture),
      }));
      const got = logits(three, alike(three), gates);
      got.forEach((value, at) => void expect(value).toBeCloseTo(expected[at] as number, 4));
    }
    // Unless they are not.
    const own = new ParameterStore(three.parameters, streams);
    const second = pathGates(pathOf(three).map((op) => op + 5));
    expect(logits(three, own, second)).not.toEqual(logits(three, own, pathGates(pathOf(three))));
  });

  it('add the gradients of every edge that runs an operation, to the parameters of its set', () => {
    const network = supernet(2);
    const store = new ParameterStore(network.parameters, streams);
    const path = pathOf(network).map((op, site) => (site % 2 === 0 ? op : op + 5));
    const used = usedParameters(network.parameters, pathGates(path)).map(({ name }) => name);
    const names = used.filter((name) => name.startsWith('cell0.'));
    // Edges 0 and 2 run conv3x3 of set 0, edge 4 conv1x1 of it; 1 conv1x1 and 5 conv3x3 of set 1.
    expect(names.sort()).toEqual(
      ['0.nor_conv_1x1', '0.nor_conv_3x3', '1.nor_conv_1x1', '1.nor_conv_3x3'].map(
        (name) => `cell0.set${name}.conv.weight`,
      ),
    );
    // The same weights on edges of their own have the gradients that the shared ones add up.
    const apart = supernet();
    const copies = new ParameterStore(apart.parameters, streams);
    for (const { name } of apart.parameters) {
      const [, edge = ''] = /edge(\d)/.exec(name) ?? [];
      const value = store.value(name.replace(/edge\d/, `set${Number(edge) % 2}`));
      copies.set(name, tf.add(value, 0));
    }
    const together = lossAndGradients(network, store, pathGates(path), batch);
    const each = lossAndGradients(apart, copies, pathGates(pathOf(apart)), batch);
    const sum = (of: typeof each, pattern: RegExp): Float32Array => {
      const found = [...of.gradients].flatMap(([name, g]) => (pattern.test(name) ? [g] : []));
      return tf.tidy(() => tf.addN(found).dataSync() as Float32Array);
    };
    const shared = sum(together, /cell0.set0.nor_conv_3x3/);
    const edges = sum(each, /cell0.edge[024].nor_conv_3x3/);
    for (const [at, value] of shared.entries()) expect(value).toBeCloseTo(edges[at] as number, 4);
    expect(Math.max(...shared.map(Math.abs))).toBeGreaterThan(0.01);
    together.dispose();
    each.dispose();
  });

  it('are scored in pieces as in the forward pass', async () => {
    const network = supernet(2);
    const store = new ParameterStore(network.parameters, streams);
    const base = pathOf(network);
    const paths = [0, 1, 2, 3].map((shift) => base.map((op, at) => op + 5 * ((at + shift) % 2)));
    const hits = await pathHits(network, store, paths).of(batch);
    paths.forEach((path, at) => {
      const values = logits(network, store, pathGates(path));
      const right = [...batch.labels].filter((label, image) => {
        const row = values.slice(4 * image, 4 * image + 4);
        return row.indexOf(Math.max(...row)) === label;
      });
      expect(hits[at]).toBe(right.length);
    });
  });

  it('say between which nodes they lie, and how many sets there are', () => {
    const [first] = supernet(2).sites;
    expect(first).toMatchObject({ sets: 2, from: 'cell0.node0', node: 'cell0.node1' });
    expect(supernet().sites[0]).not.toHaveProperty('from');
  });

  it('are refused where the operations of edges differ', () => {
    const other = ALL.map((operations, edge) => (edge === 2 ? [0, 3] : operations));
    expect(() => cellSupernet(SETTINGS, { ...TASK, sets: 2 }, other)).toThrow(/differ/);
  });
});
