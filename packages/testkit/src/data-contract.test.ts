import { ArcherError, type DataSet, type SplitName } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { dataChecks } from './data-contract.ts';
import { broken } from './testing/broken.ts';

const PIXELS = 4;
/** Reads of all data sets of the process. */
let reads = 0;
/** How much an image changes with its place in the batch. */
let drift = 0;

/** Six images of 2×2 pixels in each of two splits; has one mistake. */
function shades(mistake: string): DataSet {
  const sizes: Partial<Record<SplitName, number>> = { train: 6, valid: 6 };
  if (mistake === 'withheld split readable') sizes.test = 6;
  return {
    name: 'shades',
    batch: 2,
    classes: 3,
    image: { height: 2, width: 2, channels: 1 },
    mean: mistake === 'mean per nothing' ? [] : [0.5],
    std: [mistake === 'no deviation' ? 0 : 0.25],
    augmentation: { cropPadding: 0, flip: false },
    hash: mistake === 'hash of the moment' ? `${reads++}` : 'shades',
    description: 'shades',
    splits: ['train', 'valid'],
    open(name) {
      const size = sizes[name];
      if (size === undefined) throw new ArcherError('ARCHER_NO_SPLIT', `no split '${name}'`);
      const labels = Int32Array.from({ length: size }, (_, i) => i % 3);
      if (mistake === 'label out of range') labels[5] = 3;
      if (mistake === 'label below zero') labels[0] = -1;
      if (mistake === 'random labels') labels[1] = Math.floor(Math.random() * 3);
      return {
        name,
        size: mistake === 'size of another' ? size + 1 : size,
        labels,
        read(index, into) {
          reads += 1;
          index.forEach((image, at) => {
            const shade = mistake === 'read depends on calls' ? reads : 10 * image + at * drift;
            into.fill(shade % 256, at * PIXELS, (at + 1) * PIXELS);
          });
          if (mistake === 'writes beside') new Uint8Array(into.buffer).fill(7);
        },
      };
    },
  };
}

async function of(mistake: string): Promise<string[]> {
  drift = mistake === 'read depends on the batch' ? 1 : 0;
  return broken(dataChecks(async () => shades(mistake)));
}

describe('dataChecks', () => {
  it('pass a data set that keeps the contract', async () => {
    expect(await of('none')).toEqual([]);
  });

  it.each([
    ['label out of range', 'labels every image by one of its classes'],
    ['label below zero', 'labels every image by one of its classes'],
    ['size of another', 'labels every image by one of its classes'],
    ['read depends on calls', 'reads an image the same whatever was read before'],
    ['read depends on the batch', 'reads an image the same whatever was read before'],
    ['writes beside', 'writes the images that it is asked for and nothing beside them'],
    ['withheld split readable', 'has the splits that it lists and no other'],
    ['mean per nothing', 'describes its images'],
    ['no deviation', 'describes its images'],
    ['hash of the moment', 'is the same when it is opened again'],
  ])('catch a data set with this mistake: %s', async (mistake, check) => {
    expect(await of(mistake)).toContain(check);
  });

  it('catch labels that are random', async () => {
    const found = await Promise.all(Array.from({ length: 8 }, () => of('random labels')));
    expect(found.flat()).toContain('is the same when it is opened again');
  });
});
