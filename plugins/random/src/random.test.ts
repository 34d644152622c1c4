import { createStreams, type SearchSpace, singleMetric } from '@archer-nas/core';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';
import { type RandomOptions, randomSampler } from './random-sampler.ts';

const metric = { name: 'ones', unit: 'bits', direction: 'maximise' } as const;
const objective = singleMetric(metric);
const defaults: RandomOptions = { repeats: false, distinct: 'architecture', attempts: 100 };

/** All architectures proposed, until the sampler is done or `rounds` are over. */
function proposed(of: SearchSpace<Bits>, options: Partial<RandomOptions>, rounds: number): Bits[] {
  const recipe = randomSampler({ ...defaults, ...options });
  const sampler = recipe.begin({ space: of, metric, objective });
  const next = createStreams(0).sequence('test');
  const all: Bits[] = [];
  for (let round = 0; round < rounds; round++) {
    const answer = sampler.propose(1, next(round));
    if (typeof answer === 'string') break;
    all.push(...answer.map(({ architecture }) => architecture));
  }
  return all;
}

describe('the random sampler', () => {
  it('visits a whole space once, or draws with replacement', () => {
    const once = proposed(bitSpace(4), {}, 100).map((a) => a.join(''));
    expect(once).toHaveLength(16);
    expect(new Set(once).size).toBe(16);
    const again = proposed(bitSpace(4), { repeats: true }, 100).map((a) => a.join(''));
    expect(again).toHaveLength(100);
    expect(again).not.toEqual([...new Set(again)]);
  });

  it('finds at least one of the best 1 % in 100 draws as often as counted (A1)', () => {
    // 10 of 1,024 with replacement: 1 - (1 - 10/1024)^100 = 0.6252.
    const top = new Set(Array.from({ length: 10 }, (_, i) => i.toString(2).padStart(10, '0')));
    const sampler = randomSampler({ ...defaults, repeats: true });
    const begun = sampler.begin({ space: bitSpace(10), metric, objective });
    const next = createStreams(1).sequence('test');
    let hits = 0;
    for (let run = 0; run < 1000; run++) {
      const answer = begun.propose(100, next(run));
      if (typeof answer === 'string') throw new Error(answer);
      if (answer.some(({ architecture }) => top.has(architecture.join('')))) hits++;
    }
    const sigma = Math.sqrt((0.6252 * 0.3748) / 1000);
    expect(Math.abs(hits / 1000 - 0.6252)).toBeLessThan(3 * sigma);
  });

  it('takes isomorphic architectures for one where told so', () => {
    const sorted: SearchSpace<Bits> = {
      ...bitSpace(4),
      canonical: (a) => [...a].sort().join(''),
    };
    expect(proposed(sorted, { distinct: 'canonical' }, 100)).toHaveLength(5); // by number of ones
    expect(() => proposed(bitSpace(4), { distinct: 'canonical' }, 1)).toThrow('isomorphic');
  });
});

describe('the random strategy', () => {
  it('is a search that hands the options that are not its own on', () => {
    const plugin = plugins.find(({ kind }) => kind === 'strategy');
    if (plugin === undefined || !('preset' in plugin)) throw new Error('no preset');
    const block = plugin.preset(plugin.options.parse({ evaluations: 7, repeats: true }) as never);
    expect(block).toEqual({
      use: 'search',
      evaluations: 7,
      sampler: { use: 'random', repeats: true, distinct: 'architecture', attempts: 1000 },
    });
  });
});
