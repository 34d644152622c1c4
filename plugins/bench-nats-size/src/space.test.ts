import { choiceSpace } from '@archer-nas/core';
import { describeChecks, spaceChecks } from '@archer-nas/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { costModel } from './costs.ts';
import {
  ARCHITECTURES,
  byIndex,
  formatSizes,
  officialIndex,
  parseSizes,
  sizeSpec,
} from './sizes.ts';

const space = choiceSpace(sizeSpec(costModel({ classes: 10, image: 32 })));

describeChecks(
  'a sub-space',
  spaceChecks(async () => ({
    space: space.restrict([[0, 7], undefined, undefined, [3], undefined]),
  })),
);

describe('the notation', () => {
  it('numbers architectures by octal digits, the first layer first', () => {
    expect(formatSizes(byIndex(0))).toBe('8:8:8:8:8');
    expect(formatSizes(byIndex(1))).toBe('8:8:8:8:16');
    expect(formatSizes(byIndex(32_698))).toBe('64:64:56:64:24');
    expect(formatSizes(byIndex(32_767))).toBe('64:64:64:64:64');
    expect(space.size).toBe(32_768n);
  });

  it('goes from index to text and back', () => {
    fc.assert(
      fc.property(fc.nat(ARCHITECTURES - 1), (index) => {
        expect(officialIndex(parseSizes(formatSizes(byIndex(index))))).toBe(index);
      }),
    );
  });

  it('says which layer is wrong', () => {
    expect(() => parseSizes('8:16:24:32:41')).toThrow('layer 5 is "41"');
    expect(() => parseSizes('8:16')).toThrow('it has 2 of 5 layers');
  });
});

describe('costs', () => {
  it('are those of the official records', () => {
    // Parameters and million FLOPs of architectures 0, 11 and 284.
    const records = [
      [0, 11_714, 4.481114],
      [11, 49_202, 6.84065],
      [284, 144_834, 21.827994],
    ] as const;
    for (const [index, params, flops] of records) {
      expect(space.costs?.of(byIndex(index))).toEqual({ params, macs: Math.round(flops * 1e6) });
    }
  });

  it('need an image that can be halved twice', () => {
    expect(() => costModel({ classes: 10, image: 30 })).toThrow(/multiple|halved/);
  });
});
