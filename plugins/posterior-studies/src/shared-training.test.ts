import { createStreams, type State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Network } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { SharedTraining } from './shared-training.ts';
import { signData, signNetwork } from './testing/toy-signs.ts';

const PLAIN = { epochs: 3, lr: 0.1, momentum: 0, weightDecay: 0, clip: null };

/** Of the paths with these options; `seen` collects the option of each forward pass. */
function begin(
  paths: number[],
  { seen = [] as number[], options = PLAIN, saved = undefined as State | undefined } = {},
) {
  const network: Network = {
    ...signNetwork,
    forward(images, gates, forward) {
      seen.push(gates[0]?.support[0] ?? -1);
      return signNetwork.forward(images, gates, forward);
    },
  };
  const streams = createStreams(4);
  return new SharedTraining(
    {
      ...{ network, options, streams, data: signData, train: signData.open('train') },
      paths: paths.map((option) => [option]),
      init: streams,
    },
    saved,
  );
}

const weight = ({ store }: SharedTraining) => store.value('w').dataSync()[0] as number;

function run(training: SharedTraining, steps = training.total): void {
  for (let i = 0; i < steps; i++) training.step();
}

describe('a training of shared weights', () => {
  it('trains each architecture as often as alone, once in every round', () => {
    const seen: number[] = [];
    const training = begin([0, 1], { seen });
    expect(training.total).toBe(2 * 3 * 2); // two architectures, three epochs, two batches
    run(training);
    for (let round = 0; round < 6; round++) {
      expect(seen.slice(2 * round, 2 * round + 2).sort()).toEqual([0, 1]);
    }
    expect(seen.filter((_, i) => i % 2 === 0)).toContain(1); // not always in the same order
    expect(seen.filter((_, i) => i % 2 === 0)).toContain(0);
    training.dispose();
  });

  it('follows the gradient under a cosine: of one step it is known', () => {
    const training = begin([0]);
    // Losses ln(1 + e^(−2w)) of every image: the slope at w = 1 is −2 / (1 + e²).
    run(training, 1);
    expect(weight(training)).toBeCloseTo(1 + (0.1 * 2) / (1 + Math.E ** 2), 6);
    const before = weight(training);
    run(training, 1);
    const slope = 2 / (1 + Math.exp(2 * before));
    expect(weight(training)).toBeCloseTo(before + 0.05 * (1 + Math.cos(Math.PI / 6)) * slope, 6);
    training.dispose();
  });

  it('goes on from its state as if it had not stopped, and keeps the number of tensors', () => {
    const options = { ...PLAIN, momentum: 0.9, weightDecay: 1e-3 };
    const straight = begin([0, 1, 0], { options });
    run(straight, 5);
    const before = tf.memory().numTensors;
    const resumed = begin([0, 1, 0], { options, saved: straight.state });
    expect(resumed.done).toBe(5);
    for (const one of [straight, resumed]) run(one, 4);
    expect(weight(resumed)).toBe(weight(straight));
    resumed.dispose();
    expect(tf.memory().numTensors).toBe(before);
    straight.dispose();
  });
});
