import { createStreams } from '@archer-nas/core';
import { beforeAll, describe, expect, it } from 'vitest';

import plugin from './index.ts';
import { type ShuffleNetSettings, shuffleNetSpace } from './space.ts';

const settings = plugin.options.parse({}) as ShuffleNetSettings;
const space = shuffleNetSpace(settings);
const SPOS = '2,1,0,1,2,0,2,0,2,0,2,3,0,0,0,0,3,2,3,3';
const costs = (text: string) => space.costs?.of(space.parse(text)) ?? {};
const everywhere = (block: number) => Array.from({ length: 20 }, () => block).join(',');
const ImageNet = { classes: 1000, image: { height: 224, width: 224, channels: 3 } };

describe('the space of SPOS', () => {
  it('has 4²⁰ = 1,099,511,627,776 architectures (check C2)', () => {
    expect(space.size).toBe(1_099_511_627_776n);
  });

  it('costs what the released architecture costs (check C1, C7)', () => {
    const { macs, weights, params } = costs(SPOS);
    expect({ macs, weights, params }).toEqual({
      macs: 322_918_720,
      weights: 3_529_312,
      params: 3_558_464, // with scale and offset of every batch norm
    });
  });

  it.each([
    [0, 295_842_496, 3_132_448],
    [1, 313_654_976, 3_189_536],
    [2, 340_373_696, 3_275_168],
    [3, 358_825_920, 3_830_400],
  ])('costs of block %i in all places are the published ones (check C1)', (block, ...published) => {
    const { macs, weights } = costs(everywhere(block));
    expect([macs, weights]).toEqual(published);
  });

  it('has a supernet of 8,388,176 parameters without scale and offset (check C2)', () => {
    expect(count(space.supernet(ImageNet).parameters)).toBe(8_388_176);
  });

  it('has networks with as many parameters as the costs say', () => {
    const alone = space.network(space.parse(SPOS), ImageNet);
    expect(count(alone.parameters)).toBe(3_558_464);
  });

  describe('drawn at random', () => {
    const DRAWS = 20_000;
    let macs: number[] = [];
    beforeAll(() => {
      const stream = createStreams(0).stream('architectures');
      const table = space.costs?.additive?.macs;
      macs = Array.from({ length: DRAWS }, () =>
        space
          .sample(stream)
          .reduce((sum, block, at) => sum + (table?.perChoice[at]?.[block] ?? 0), table?.base ?? 0),
      );
    });

    it('costs 327.1 M multiply-adds on average, with a deviation of 11.8 M (check C3)', () => {
      const mean = macs.reduce((sum, value) => sum + value, 0) / DRAWS;
      const variance = macs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / DRAWS;
      // Half a digit of the published values, and three standard errors of 20,000 draws.
      expect(Math.abs(mean - 327.1e6)).toBeLessThan(0.05e6 + 0.25e6);
      expect(Math.abs(Math.sqrt(variance) - 11.8e6)).toBeLessThan(0.05e6 + 0.18e6);
    });

    it('keeps 330 M in 58.9 % of the draws, and fills the bins as published (check C3)', () => {
      const share = (from: number, to: number) =>
        macs.filter((value) => value > from * 1e6 && value <= to * 1e6).length / DRAWS;
      // Three standard errors of two such samples: the published one, and this one.
      const close = (p: number) => 3 * Math.sqrt((2 * p * (1 - p)) / DRAWS) + 5e-4;
      expect(Math.abs(share(0, 330) - 0.589)).toBeLessThan(close(0.589));
      [0.011, 0.064, 0.196, 0.317, 0.273, 0.114, 0.022].forEach((p, bin) => {
        const own = share(290 + 10 * bin, 300 + 10 * bin);
        expect(Math.abs(own - p), `bin ${bin}: ${own}`).toBeLessThan(close(p));
      });
    });
  });
});

function count(parameters: readonly { readonly shape: readonly number[] }[]): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
