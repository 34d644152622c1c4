import type { LayeredSpace } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';

import plugin from './index.ts';

const made = async (options: object) => {
  if (!('create' in plugin)) throw new Error('mobile is a preset');
  return (await plugin.create(plugin.options.parse(options), {} as never)) as LayeredSpace;
};
const [proxyless, fair, small, large] = (await Promise.all(
  ['proxylessnas', 'fairnas', 'pc-nas-small', 'pc-nas-large'].map((skeleton) => made({ skeleton })),
)) as [LayeredSpace, LayeredSpace, LayeredSpace, LayeredSpace];

const ImageNet = { classes: 1000, image: { height: 224, width: 224, channels: 3 } };
const NAMES = ['k3_e3', 'k5_e3', 'k7_e3', 'k3_e6', 'k5_e6', 'k7_e6', 'skip'];
const named = (numbers: string) => [...numbers].map((at) => NAMES[Number(at)]).join(' ');

function costs(space: LayeredSpace, text: string) {
  const { macs, params } = space.costs?.of(space.parse(text)) ?? {};
  return { macs, params };
}

describe('the space of ProxylessNAS', () => {
  it('has 6⁶ · 7¹⁵ architectures', () => {
    expect(proxyless.size).toBe(221_502_229_807_900_608n);
  });

  it.each([
    ['k3_e3', 257.42, 3.192],
    ['k3_e6', 472.62, 4.685],
    ['k5_e6', 526.21, 4.852],
    ['k7_e6', 606.59, 5.103],
  ])('costs of %s in all layers are the published ones (check C9)', (name, macs, params) => {
    const own = costs(proxyless, Array.from({ length: 21 }, () => name).join(' '));
    expect(Math.abs((own.macs ?? 0) / 1e6 - macs)).toBeLessThanOrEqual(0.005);
    expect(Math.abs((own.params ?? 0) / 1e6 - params)).toBeLessThanOrEqual(0.0005);
  });

  it('has the released Proxyless-R mobile network, with skips, 32 channels in its first stage', async () => {
    const space = await made({ channels: [32, 40, 80, 96, 192, 320] });
    // As uninas measured it: 320,428,864 less the 1,280 of the average.
    expect(costs(space, named('106620115111411155225'))).toEqual({
      macs: 320_427_584,
      params: 4_080_512,
    });
  });
});

describe('the space of FairNAS', () => {
  it('has 6¹⁹ architectures', () => {
    expect(fair.size).toBe(609_359_740_010_496n);
  });

  it.each([
    ['A', '2023500551311335354', 388_122_848, 4_651_352],
    ['B', '1010312031032054534', 345_297_632, 4_506_272],
    ['C', '1020000003000055334', 321_024_992, 4_397_864],
  ])('has FairNAS-%s at its published costs (check C4, C8)', (_, numbers, macs, params) => {
    expect(costs(fair, named(numbers))).toEqual({ macs, params });
  });

  it('has networks with as many parameters as the costs say', () => {
    const alone = fair.network(fair.parse(named('2023500551311335354')), ImageNet);
    expect(alone.parameters.reduce((sum, { shape }) => sum + size(shape), 0)).toBe(4_651_352);
  });
});

describe('the spaces of PC-NAS', () => {
  it('have nine and nineteen candidates in each of 21 layers', () => {
    for (const [space, count] of [
      [small, 9],
      [large, 19],
    ] as const) {
      expect(space.decisions.map(({ options }) => options.length)).toEqual(
        Array.from({ length: 21 }, () => count),
      );
    }
    const [first] = small.decisions;
    expect(large.decisions[0]?.options.slice(0, 9)).toEqual(first?.options);
  });
});

function size(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
