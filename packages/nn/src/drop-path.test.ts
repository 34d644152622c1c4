import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchReader } from './batches.ts';
import { crossEntropy } from './cross-entropy.ts';
import { dropPath } from './drop-path.ts';
import { lossAndGradients } from './gradients.ts';
import type { Forward, Network } from './network.ts';
import { ParameterStore } from './parameter-store.ts';
import { forwardWith } from './testing/forward.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const streams = createStreams(1);
const pass = (rate: number): Forward => ({
  ...forwardWith({}),
  dropPath: rate,
  draws: (name) => streams.stream(name),
});
const ones = (images: number): tf.Tensor4D => tf.ones([images, 2, 1, 3]);

describe('dropPath', () => {
  it('takes whole images away, and divides the others by the share that is kept', () => {
    const images = dropPath(ones(4000), pass(0.2), 'edge').reshape([4000, 6]).arraySync();
    const kept = (images as number[][]).filter(([value]) => value !== 0);
    for (const image of kept) for (const value of image) expect(value).toBe(1.25);
    for (const image of images as number[][]) expect(new Set(image).size).toBe(1);
    // 3200 ± 4 standard deviations of 25.
    expect(Math.abs(kept.length - 3200)).toBeLessThan(100);
  });

  it('draws by name, and the same again', () => {
    const drawn = (name: string) => dropPath(ones(64), pass(0.5), name).dataSync();
    expect(drawn('a')).toEqual(drawn('a'));
    expect(drawn('a')).not.toEqual(drawn('b'));
  });

  it('changes nothing at rate 0, and needs something to draw from', () => {
    const y = ones(2);
    expect(dropPath(y, pass(0), 'edge')).toBe(y);
    expect(() => dropPath(y, { ...forwardWith({}), dropPath: 0.1 }, 'edge')).toThrow(/edge/);
  });
});

describe('an auxiliary head', () => {
  const data = toyData();
  const toy = toyNetwork();
  const store = new ParameterStore(toy.parameters, createStreams(1));
  /** Its second head is the first one times −2. */
  const twoHeads: Network = {
    ...toy,
    auxiliary: true,
    forward(images, gates, forward) {
      const logits = toy.forward(images, gates, forward);
      forward.auxiliary?.(tf.mul(logits, -2));
      return logits;
    },
  };
  const gates = [{ support: [2] }, { support: [3] }];

  it('adds its weighted cross-entropy to the loss, and to nothing else', () => {
    const batch = batchReader(data, data.open('train')).plain(Int32Array.of(0, 4, 8, 3, 7));
    const logits = toy.forward(batch.images, gates, { parameters: store, batchNorm: 'batch' });
    const [main, second] = [logits, tf.mul<tf.Tensor2D>(logits, -2)].map(
      (all) => crossEntropy(all, batch.labels).mean.dataSync()[0] as number,
    ) as [number, number];
    const result = lossAndGradients(twoHeads, store, gates, batch, { auxiliary: 0.4 });
    const plain = lossAndGradients(twoHeads, store, gates, batch);
    expect(result.loss.dataSync()[0]).toBeCloseTo(main + 0.4 * second, 5);
    expect(plain.loss.dataSync()[0]).toBeCloseTo(main, 6);
    expect(result.perSample.dataSync()).toEqual(plain.perSample.dataSync());
    const [a, b] = [result, plain].map(({ gradients }) => gradients.get('classifier.bias'));
    expect(a?.dataSync()).not.toEqual(b?.dataSync());
  });

  it('has to be there when it is asked for', () => {
    const batch = batchReader(data, data.open('train')).plain(Int32Array.of(0));
    expect(() => lossAndGradients(toy, store, gates, batch, { auxiliary: 0.4 })).toThrow(
      /no auxiliary head/,
    );
  });
});
