import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  type GradientOptions,
  type LossAndGradients,
  lossAndGradients,
  type Network,
  ParameterStore,
  pathGates,
} from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import { batchOf, count, passOf, TINY } from '../testing/runs.ts';
import { OPERATIONS } from './cells.ts';
import { dropPathAt, placesOf } from './skeleton.ts';
import { microSpace } from './space.ts';

// Cells 1 and 3 reduce, 4 is behind the second reduction; 2, 4 and 8 channels.
const size = { layers: 3, channels: 2 };
const space = microSpace({
  ...{ nodes: 3, ...size, structure: 'paper', operations: OPERATIONS, search: size },
  costs: { classes: 3, image: 8 },
});
const CIFAR = { classes: 3, image: { height: 32, width: 32, channels: 3 } };
const plain = space.supernet(CIFAR);
const headed = space.supernet({ ...CIFAR, auxiliary: true });
/** Normal and reduction cells with four operations that can be dropped, and two identities. */
const mixed = space.parse('1 0 1 4 2 1 1 2 1 3 2 4 0 4 1 3 0 0 2 2 1 1 0 4');
const path = space.path(mixed, headed);

beforeAll(async () => void (await tf.setBackend('cpu')));

/** Loss and gradients of {@link mixed} on two images, which `use` reads. */
function step<T>(network: Network, options: GradientOptions, use: (of: LossAndGradients) => T): T {
  const batch = batchOf([0, 1], 32);
  const store = new ParameterStore(network.parameters, createStreams(4));
  const result = lossAndGradients(network, store, pathGates(path), batch, options);
  try {
    return use(result);
  } finally {
    for (const each of [result, store, batch]) each.dispose();
  }
}

const lossOf = ({ loss }: LossAndGradients): number => loss.dataSync()[0] as number;
const gradientOf = (name: string) => (of: LossAndGradients) => {
  return [...(of.gradients.get(name)?.dataSync() ?? [])];
};

describe('the micro supernet in a search with an auxiliary head', () => {
  it('has the head on the mixed output behind the second reduction, whatever is sampled', () => {
    // On 8 channels: 8·128 + 256, 4·128·768 + 1536, 768·3 + 3.
    expect(count(headed) - count(plain)).toBe(8 * 128 + 256 + 4 * 128 * 768 + 1536 + 768 * 3 + 3);
    expect([headed.auxiliary, plain.auxiliary]).toEqual([true, false]);
    const own = headed.parameters.filter(({ name }) => name.startsWith('auxiliary'));
    expect(own.map(({ owner }) => owner)).toEqual(own.map(() => undefined));
    const shapes: number[][] = [];
    const batch = batchOf([0, 1], 32);
    passOf(headed, batch, path, { auxiliary: ({ shape }) => shapes.push(shape) });
    batch.dispose();
    expect(shapes).toEqual([[2, 3]]);
  });

  it('adds the weighted loss of the head: in equal steps for equal weights', () => {
    const [none = 0, some = 0, more = 0] = [0, 0.4, 0.8].map((auxiliary) =>
      step(headed, { auxiliary }, lossOf),
    );
    expect(none).toBe(step(plain, {}, lossOf));
    // About ln 3 of an untrained head.
    expect((some - none) / 0.4).toBeGreaterThan(0.5);
    expect(more - some).toBeCloseTo(some - none, 5);
  });

  it('moves what is in front of the head and the head, and not the classifier', () => {
    const of = (name: string, auxiliary: number) => step(headed, { auxiliary }, gradientOf(name));
    expect(of('auxiliary.linear.weight', 0)).toEqual([]);
    expect(of('auxiliary.linear.weight', 0.4).some((value) => value !== 0)).toBe(true);
    expect(of('stem.conv.weight', 0.4)).not.toEqual(of('stem.conv.weight', 0));
    expect(of('head.linear.weight', 0.4)).toEqual(of('head.linear.weight', 0));
  });

  it('needs images whose maps fit the head', () => {
    expect(() => space.supernet({ ...TINY, auxiliary: true })).toThrow(/images of 8×8 give it 2×2/);
  });

  it('leaves no tensor behind, with drop-path and dropout too', () => {
    const before = tf.memory().numTensors;
    step(headed, { auxiliary: 0.4, dropPath: 0.4, dropout: 0.1 }, lossOf);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the micro supernet in a search with drop-path', () => {
  it('has rates that grow with the cells, as in the released schedule: (l + 1)/(L + 2)', () => {
    const released = { layers: 6, channels: 20 };
    const rates = placesOf(released).map((place) => dropPathAt(0.4, place, released));
    const expected = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4];
    rates.forEach((rate, cell) => {
      expect(rate).toBeCloseTo(expected[cell] as number, 12);
    });
    expect(rates).toHaveLength(8);
  });

  it('drops what the sampled branches give, and neither identities nor other branches', () => {
    const drawn: string[] = [];
    const draws = (name: string) => {
      drawn.push(name);
      return createStreams(0).stream(name);
    };
    const batch = batchOf([0, 1], 32);
    passOf(plain, batch, path, { dropPath: 0.4, draws });
    batch.dispose();
    expect(drawn).toHaveLength(5 * 4);
    expect(drawn.slice(0, 4)).toEqual([
      ...['cell0.node2.first.from1.drop', 'cell0.node3.first.from2.drop'],
      ...['cell0.node3.second.from1.drop', 'cell0.node4.first.from1.drop'],
    ]);
  });

  it('leaves the bias of the classifier alone where all branches of all cells are dropped', () => {
    // Both inputs are read, so that loose ends are nodes alone.
    const cell = '0 0 1 1 0 2 1 3 0 0 2 1';
    const own = space.path(space.parse(`${cell} ${cell}`), plain);
    const batch = batchOf([0, 1], 32);
    const logits = (settings = {}) => passOf(plain, batch, own, settings).logits;
    // The largest number there is: what is dropped with any probability is dropped.
    const draws = () => ({ uint32: () => 2 ** 32 - 1 }) as never;
    const [first, second] = [logits({ dropPath: 0.4, draws }), logits()];
    expect(first.slice(0, 3)).toEqual(first.slice(3));
    expect(second.slice(0, 3)).not.toEqual(second.slice(3));
    batch.dispose();
  });
});
