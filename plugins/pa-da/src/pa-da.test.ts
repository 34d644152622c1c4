import type { Block } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';

/** What a manifest's `strategy: { use: pa-da, ... }` stands for. */
function expand(options: object): Block {
  const plugin = plugins.find(({ kind }) => kind === 'strategy');
  if (plugin === undefined || !('preset' in plugin)) throw new Error('no preset strategy:pa-da');
  return (plugin.preset as (chosen: unknown) => Block)(plugin.options.parse(options));
}

describe('pa-da', () => {
  it('is one-shot training with the released values', () => {
    expect(expand({})).toEqual({
      use: 'one-shot',
      epochs: 250,
      lr: 0.05,
      momentum: 0.9,
      weightDecay: 2.5e-4,
      clip: 5,
      unsampled: 'decay',
      paths: {
        use: 'importance',
        statistic: 'ema',
        scope: 'shared',
        norms: 'after-clip',
        multiplicity: 'divide',
        smoothing: 'linear',
        weighted: false,
      },
      order: { use: 'importance', smoothing: 'linear', weighted: false },
    });
  });

  it('has a weighted variant whose values can be overridden one by one', () => {
    const weighted = expand({ variant: 'weighted' });
    expect(weighted).toMatchObject({
      paths: { weighted: true, norms: 'before-clip' },
      order: { weighted: true },
    });
    expect(expand({ variant: 'weighted', weights: 'path', norms: 'after-clip' })).toMatchObject({
      paths: { weighted: true, norms: 'after-clip' },
      order: { weighted: false },
    });
    expect(expand({ weights: 'data', weightCap: 10 })).toMatchObject({
      paths: { weighted: false, norms: 'after-clip' },
      order: { weighted: true, weightCap: 10 },
    });
  });

  it('passes other options of one-shot on', () => {
    const search = { use: 'evolution', population: 10 };
    expect(expand({ epochs: 3, schedule: 'linear', search })).toMatchObject({
      epochs: 3,
      schedule: 'linear',
      search,
    });
  });
});
