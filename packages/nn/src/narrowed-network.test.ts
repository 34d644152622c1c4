import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { batchReader } from './batches.ts';
import { pathGates } from './gates.ts';
import { denseMixture, mixtureGradients, mixtureLoss } from './mixture.ts';
import { narrowedNetwork, narrowedPath, widenedRows } from './narrowed-network.ts';
import { ParameterStore } from './parameter-store.ts';
import { layeredNetwork } from './testing/layered-network.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

const toy = toyNetwork();
const left = [
  [1, 3],
  [0, 2, 4],
];
const narrow = narrowedNetwork(toy, left);
const data = toyData();
const batch = batchReader(data, data.open('train')).plain(Int32Array.of(0, 4, 8, 3, 7));
const streams = createStreams(1);
const rows = (...values: number[][]) => values.map((row) => Float64Array.from(row));

describe('a narrowed network', () => {
  it('has the options and the parameters that are left', () => {
    expect(narrow.sites.map(({ options }) => options)).toEqual([
      ['skip', 'conv3x3'],
      ['none', 'conv1x1', 'pool'],
    ]);
    const names = narrow.parameters.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('edge0'))).toEqual([
      'edge0.conv3x3.conv.weight',
      'edge0.conv3x3.conv.bias',
    ]);
    expect(
      narrow.parameters.find(({ name }) => name === 'edge1.conv1x1.conv.weight')?.owner,
    ).toEqual({ site: 1, option: 1 });
  });

  it('has the loss and the gradients of the whole one, where the others weigh nothing', () => {
    const store = new ParameterStore(toy.parameters, streams);
    const p = rows([0.4, 0.6], [0.2, 0.5, 0.3]);
    const wide = widenedRows(p, left, [5, 5]);
    expect(wide).toEqual(rows([0, 0.4, 0, 0.6, 0], [0.2, 0, 0.5, 0, 0.3]));
    const mine = mixtureGradients(narrow, store, denseMixture(p), batch);
    const whole = mixtureGradients(toy, store, denseMixture(wide), batch);
    expect(mine.loss.dataSync()[0]).toBeCloseTo(whole.loss.dataSync()[0] as number, 6);
    left.forEach((options, decision) => {
      options.forEach((option, at) => {
        const value = whole.rows[decision]?.[option] as number;
        expect(mine.rows[decision]?.[at]).toBeCloseTo(value, 5);
      });
    });
    mine.dispose();
    whole.dispose();
    store.dispose();
  });

  it('drops the outputs that its own numbers mean', () => {
    const store = new ParameterStore(narrow.parameters, streams);
    const p = denseMixture(rows([0.5, 0.5], [0.2, 0.5, 0.3]));
    const drop = { rate: 0.5, each: 'image' } as const;
    const none = { rate: 0, each: 'image' } as const;
    const asked: number[][] = [];
    const noise = (site: number, option = -1) => {
      asked.push([site, option]);
      return streams.stream('drop', site, option);
    };
    const noisy = [{ ...p[0], drops: [none, drop] }, p[1]] as typeof p;
    mixtureLoss(narrow, store, noisy, batch, { noise });
    expect(asked).toEqual([[0, 1]]);
    store.dispose();
  });

  it('gives the logits of the paths that are left, in pieces too', () => {
    const layers = layeredNetwork(2);
    const part = narrowedNetwork(layers, [
      [1, 3],
      [0, 2],
    ]);
    const store = new ParameterStore(layers.parameters, streams);
    const forward = { parameters: store, batchNorm: 'batch' } as const;
    const images = tf.ones([2, 6, 6, 3]) as tf.Tensor4D;
    const logits = (network: typeof layers | typeof part, path: number[]) =>
      Array.from(network.forward(images, pathGates(path), forward).dataSync());
    expect(logits(part, [0, 1])).toEqual(logits(layers, [1, 2]));
    expect(logits(part, [1, 0])).toEqual(logits(layers, [3, 0]));
    expect(part.pieces?.[1]?.shortcut?.(1, [false])).toBe(0); // skip
    expect(part.pieces?.[1]?.shortcut?.(0, [false])).toBeUndefined();
    const own = part.pieces?.[2]?.run([tf.ones([2, 3, 3, 4])], forward, 1);
    const same = layers.pieces[2]?.run([tf.ones([2, 3, 3, 4])], forward, 2);
    expect(Array.from(own?.dataSync() ?? [])).toEqual(Array.from(same?.dataSync() ?? [1]));
  });

  it('has the paths that are left, and nothing where zeros are not', () => {
    const sites = toy.sites.map((site) => ({ ...site, zero: 0 }));
    expect(narrowedPath([3, 4], sites, left)).toEqual([1, 2]);
    expect(narrowedPath([0, 0], sites, left)).toEqual([-1, 0]);
    expect(narrowedPath([2, 4], sites, left)).toBeUndefined();
  });
});
