import type { Block } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import plugin from './index.ts';

/** What a manifest's `strategy: { use: spos, ... }` stands for. */
function expand(options: object): Block {
  if (!('preset' in plugin)) throw new Error('spos is no preset');
  return plugin.preset(plugin.options.parse(options));
}

describe('spos', () => {
  it('is one-shot training of uniform paths that leaves unsampled operations alone', () => {
    expect(expand({})).toEqual({
      use: 'one-shot',
      epochs: 250,
      lr: 0.05,
      momentum: 0.9,
      weightDecay: 2.5e-4,
      clip: 5,
      unsampled: 'freeze',
      paths: { use: 'uniform' },
      order: { use: 'shuffle' },
      search: { use: 'evolution' },
    });
  });

  it('hands cost limits and options of the search to the sampler', () => {
    const search = { generations: 3, constraint: { macs: 100e6 } };
    expect(expand({ search })).toMatchObject({ search: { use: 'evolution', ...search } });
    const evaluation = { searchEvaluations: 9 };
    expect(expand({ search: { use: 'random' }, evaluation })).toMatchObject({
      search: { use: 'random' },
      evaluation,
    });
  });

  it('can end with the training', () => {
    expect(expand({ search: null })).not.toHaveProperty('search');
  });

  it('trains as the paper on ImageNet when told so', () => {
    const paper = { lr: 0.5, schedule: 'linear', every: 'step', clip: null, labelSmoothing: 0.1 };
    expect(expand(paper)).toMatchObject(paper);
  });
});
