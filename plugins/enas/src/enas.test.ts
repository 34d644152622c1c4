import type { Block, Preset } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';

/** What a manifest's `strategy: { use: enas, ... }` stands for. */
function expand(options: object = {}, id = 'enas'): Block {
  const plugin = plugins.find((one) => one.id === id) as unknown as Preset | undefined;
  if (!plugin) throw new Error(`${id} is no preset`);
  return plugin.preset(plugin.options.parse(options));
}

describe('enas', () => {
  it('is one-shot training of one model per step that a controller samples', () => {
    expect(expand()).toMatchObject({
      use: 'one-shot',
      together: 1,
      paths: { use: 'controller', policy: { units: 100, temperature: 5, tanh: 2.5, bound: 0.1 } },
      order: { use: 'shuffle' },
    });
  });

  it('updates θ by REINFORCE 2,000 times after each epoch, as in the paper', () => {
    expect(expand()).toMatchObject({
      rewards: { rounds: 2000, paths: 1 },
      paths: { learning: { lr: 3.5e-4, batch: 1 } },
    });
  });

  it('ends with the best of 100 models on one and the same minibatch', () => {
    expect(expand()).toMatchObject({
      selection: { architectures: 100 },
      evaluation: { searchBatches: 1, batch: 128 },
    });
    expect(expand()).not.toHaveProperty('search');
  });

  it('has the learning rate of check E: from .05 to .001, again after 10, 30, 70, 150 epochs', () => {
    expect(expand()).toMatchObject({
      epochs: 310,
      lr: 0.05,
      minLr: 0.001,
      restarts: { first: 10, factor: 2 },
      nesterov: true,
    });
  });

  it('has the quirks of the released macro search where it is asked for them', () => {
    expect(expand({ variant: 'released' })).toMatchObject({
      clip: null, // gotcha 5
      weightDecay: 2 * 2.5e-4, // gotcha 6
      unsampled: 'decay', // gotcha 16
      rewards: { rounds: 50, paths: 20 },
      paths: {
        policy: { units: 64, temperature: null, tanh: 1.5 },
        learning: {
          batch: 20,
          beta1: 0, // gotcha 7
          epsilon: 1e-3,
          baseline: { decay: 0.99, start: 'zero' }, // gotcha 2
          entropy: { form: 'sampled' }, // gotcha 3
          skips: { target: 0.4, weight: 0.8, probability: 'logit' }, // gotcha 4
        },
      },
    });
  });

  it('favours separable convolutions in the released micro search (gotcha 10)', () => {
    expect(expand({ variant: 'released-micro' })).toMatchObject({
      paths: {
        policy: {
          tanh: 1.1,
          reduce: 2.5,
          bias: { sep_conv_3x3: 10, sep_conv_5x5: 10 },
          offset: { sep_conv_3x3: 0.25, max_pool_3x3: -0.25 },
        },
        learning: { batch: 10, entropy: { form: 'reward' } },
      },
    });
  });

  it('trains with what the released searches do: dropout, and the auxiliary head of the micro one', () => {
    const extras = ['dropout', 'dropPath', 'auxiliary'];
    const of = (variant: string) => {
      const all = expand({ variant }) as Readonly<Record<string, unknown>>;
      return extras.map((name) => all[name]);
    };
    expect(of('released')).toEqual([0.1, undefined, undefined]);
    expect(of('released-micro')).toEqual([0.1, undefined, 0.4]);
    expect(of('paper')).toEqual([undefined, undefined, undefined]);
  });

  it('takes what is set in place of what its variant says, one option at a time', () => {
    const given = {
      variant: 'released',
      together: 4,
      lr: 0.1,
      learning: { entropy: { weight: 0.1 } },
      rewards: { rounds: 3 },
      evaluation: { batch: 256 },
    };
    expect(expand(given)).toMatchObject({
      together: 4,
      accumulate: 'mean',
      lr: 0.1,
      minLr: 5e-4,
      rewards: { rounds: 3, paths: 20 },
      evaluation: { batch: 256, searchBatches: 1 },
      paths: { learning: { lr: 1e-3, batch: 20, entropy: { weight: 0.1, form: 'sampled' } } },
    });
  });
});

describe('enas-language', () => {
  it('rewards cells with 80 / perplexity on one window, as in the paper (check I)', () => {
    expect(expand({}, 'enas-language')).toMatchObject({
      use: 'one-shot-language',
      paths: { use: 'controller', policy: { units: 100 }, reward: { c: 80 } },
      rewards: { rounds: 2000, paths: 1 },
      evaluation: { searchBatches: 1 },
      ...{ lr: 20, lrDecay: 0.96, lrDecayFrom: 15, clip: 0.25 },
    });
    expect(expand({}, 'enas-language')).not.toHaveProperty('order');
  });

  it('has the numbers of the corrected code where it is asked for them', () => {
    const given = { variant: 'corrected', reward: { c: 100 } };
    expect(expand(given, 'enas-language')).toMatchObject({
      epochs: 600,
      clip: 0.1,
      rewards: { rounds: 25, paths: 10 },
      paths: {
        policy: { units: 64, tanh: 2.25, bound: 0.01, distance: true },
        learning: { batch: 10, lr: 5e-5, baseline: { decay: 0.999 } },
        reward: { c: 100 },
      },
    });
  });
});
