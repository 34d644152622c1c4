import { tf } from '@archer-nas/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { channelsByParity, partialChannels, shuffleChannels } from './partial-channels.ts';
import { maxPool2x2 } from './pooling.ts';
import { describeOnEngines } from './testing/engines.ts';
import { expectGradients, wave } from './testing/finite-differences.ts';
import { forwardWith } from './testing/forward.ts';

const forward = forwardWith({});
const counted = (channels: number) =>
  tf.range(0, channels).reshape([1, 1, 1, channels]) as tf.Tensor4D;
const values = (x: tf.Tensor) => Array.from(x.dataSync());
const double = (x: tf.Tensor4D) => tf.mul<tf.Tensor4D>(x, 2);

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

describe('R39 the channel shuffle', () => {
  it.each([
    [8, [0, 2, 4, 6, 1, 3, 5, 7]],
    [16, [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]],
  ])('reads %i channels in four groups in the published order (PC-DARTS)', (channels, order) => {
    expect(values(shuffleChannels(counted(channels), 4, forward))).toEqual(order);
  });
});

describe('R39 channels by parity', () => {
  it('are those of even, then those of odd number, whether or not they are recorded', () => {
    const recorded = { ...forward, trace: { record: () => {} } };
    for (const pass of [forward, recorded]) {
      const [even, odd] = channelsByParity(counted(6), pass);
      expect([values(even), values(odd)]).toEqual([
        [0, 2, 4],
        [1, 3, 5],
      ]);
    }
  });
});

describe('R39 partial channels', () => {
  it('run the first block of channels, let the others pass, and shuffle', () => {
    const y = partialChannels(counted(8), { of: 4 }, double, forward);
    // 0 1 | 2 … 7 becomes 0 2 | 2 … 7, read as 0 2 4 6 1 3 5 7.
    expect(values(y)).toEqual([0, 2, 4, 6, 2, 3, 5, 7]);
  });

  it('put zeros where nothing runs, at the size of the stride', () => {
    const x = tf.range(0, 16).reshape([1, 2, 2, 4]) as tf.Tensor4D;
    expect(values(partialChannels(x, { of: 2 }, () => undefined, forward)).slice(0, 4)).toEqual([
      0, 2, 0, 3,
    ]);
    const halved = partialChannels(x, { of: 2, stride: 2 }, () => undefined, forward);
    expect(halved.shape).toEqual([1, 1, 1, 4]);
    expect(values(halved)).toEqual([0, 14, 0, 15]); // maxima of the bypass
  });
});

it.each([1, 2] as const)('partial channels of stride %i are what an export records', (stride) => {
  const x = wave([2, 4, 4, 6], 0.4) as tf.Tensor4D;
  const run = (part: tf.Tensor4D) => (stride === 1 ? double(part) : maxPool2x2(part, forward));
  for (const operation of [run, () => undefined]) {
    const own = partialChannels(x, { of: 3, stride }, operation, forward);
    const trace = { record: () => {} };
    const exported = partialChannels(x, { of: 3, stride }, operation, { ...forward, trace });
    const unsigned = (map: tf.Tensor) => values(map).map((value) => value + 0); // no −0
    expect(unsigned(own)).toEqual(unsigned(exported));
  }
});

describeOnEngines(() => {
  it.each([1, 2] as const)('R39 partial channels of stride %i have exact gradients', (stride) => {
    const run = (part: tf.Tensor4D): tf.Tensor4D => {
      const y = tf.mul<tf.Tensor4D>(part, part);
      return stride === 1 ? y : maxPool2x2(y, forward);
    };
    expectGradients(
      (input) => partialChannels(input as tf.Tensor4D, { of: 3, stride }, run, forward),
      [wave([2, 4, 4, 6], 0.2)],
      { step: 1e-3, tolerance: 5e-3 },
    );
  });
});
