import { createStreams } from '@archer-nas/core';
import { describeChecks, spaceChecks } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';

import plugins from './index.ts';
import type { DartsNetworks } from './network-space.ts';
import { dartsSpace } from './space.ts';

const space = dartsSpace({ channels: 36, cells: 20, classes: 10 });
const operations = (kept: readonly number[]) =>
  space.restrict(space.decisions.map(({ name }) => (name.endsWith(':inputs') ? undefined : kept)));

describeChecks(
  'a sub-space',
  spaceChecks(async () => ({ space: operations([2, 3]) })),
);

describe('the space', () => {
  it('has (180 · 49⁴)² genotypes', () => {
    expect(space.size).toBe(1_037_664_180n ** 2n);
  });

  it('has 180 · 2⁸ cells of each kind with skips and sep_conv_3x3 alone, as S2', () => {
    expect(operations([2, 3]).size).toBe(46_080n ** 2n);
  });

  it('reads every pair of inputs of a node equally often', () => {
    const stream = createStreams(1).stream('sample');
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 4_000; draw++) {
      const pair = space
        .sample(stream)
        .normal.slice(6)
        .map(({ from }) => from)
        .join('+');
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    // 400 ± 5 standard deviations of 19.
    for (const count of counts.values()) expect(Math.abs(count - 400)).toBeLessThan(95);
  });

  it('has a neighbour per other option: two cells of 2 + 5 + 9 pairs and 8 · 6 operations', () => {
    const genotype = space.sample(createStreams(2).stream('sample'));
    expect([...space.neighbours(genotype)]).toHaveLength(2 * (16 + 48));
  });
});

describe('plugin darts', () => {
  it('makes sub-spaces of fewer operations, and networks for ImageNet', async () => {
    const [plugin] = plugins;
    if (plugin === undefined || !('create' in plugin)) throw new Error('not a maker');
    const options = plugin.options.parse({ operations: ['sep_conv_3x3', 'skip_connect'] });
    const part = await plugin.create(options as never, {} as never);
    expect(part).toMatchObject({ size: 46_080n ** 2n });
    expect(plugin.options.safeParse({ operations: ['none'] }).success).toBe(false);
    const large = await plugin.create(
      plugin.options.parse({ stem: 'imagenet' }) as never,
      {} as never,
    );
    const image = { height: 224, width: 224, channels: 3 };
    const { parameters } = (large as DartsNetworks).supernet({ classes: 1000, image });
    expect(parameters[0]).toMatchObject({ name: 'stem.conv.weight', shape: [3, 3, 3, 8] });
    const odd = plugin.options.parse({ stem: 'imagenet', image: 100 });
    await expect(plugin.create(odd as never, {} as never)).rejects.toThrow(/100×100 is not div/);
  });
});
