import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSet } from '@archer-nas/core';
import { temporaryFiles } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { FAKE, fakeFile, fakeFiles } from '../test/fake-cifar100.ts';
import { checkFolder, LabelCounts } from './check-folder.ts';
import { type Cifar100Options, cifar100 } from './cifar100.ts';
import plugin from './index.ts';
import { OFFICIAL, RECORD_BYTES } from './layout.ts';

const folder = temporaryFiles(fakeFiles());
const make = async (options: Partial<Cifar100Options> = {}): Promise<DataSet> => {
  const sums = await checkFolder(folder, FAKE);
  const all: Cifar100Options = { split: 'halves', batch: 8, images: {}, ...options };
  return cifar100(all, folder, { layout: FAKE, sums });
};

describe('cifar100', () => {
  it('reads fine labels, and pixels as rows of red, green, blue', async () => {
    const train = (await make()).open('train');
    const bytes = fakeFile(200, 1);
    expect([...train.labels.slice(0, 3)]).toEqual([1, 38, 75]);
    const pixels = new Uint8Array(2 * 3072);
    train.read(Int32Array.of(5, 0), pixels);
    const at = 5 * RECORD_BYTES + 2;
    // The first pixel's colours, then the second pixel's red.
    expect([...pixels.slice(0, 4)]).toEqual([
      bytes[at],
      bytes[at + 1024],
      bytes[at + 2048],
      bytes[at + 1],
    ]);
    expect(pixels[3072]).toBe(bytes[2]);
  });

  it('halves the train file in its order, or keeps it whole', async () => {
    const halves = await make();
    expect(halves.splits).toEqual(['train', 'valid', 'test']);
    const sizes = halves.splits.map((name) => halves.open(name).size);
    expect(sizes).toEqual([100, 100, 100]);
    const full = await make({ split: 'full' });
    expect(full.open('train').size).toBe(200);
    expect([...full.open('train').labels.slice(100)]).toEqual([...halves.open('valid').labels]);
    expect(() => full.open('valid')).toThrow(/no split 'valid'/);
  });

  it('normalises as SmoothDARTS does, and augments as told', async () => {
    const data = await make({ cutout: 16 });
    expect(data.mean).toEqual([0.5071, 0.4865, 0.4409]);
    expect(data.std).toEqual([0.2673, 0.2564, 0.2762]);
    expect(data.augmentation).toEqual({ cropPadding: 4, flip: true, cutout: 16 });
    expect(data.classes).toBe(100);
  });

  it('takes the first images, and refuses more than there are', async () => {
    const few = await make({ images: { valid: 3 } });
    expect(few.open('valid').size).toBe(3);
    expect(few.hash).not.toBe((await make()).hash);
    await expect(make({ images: { test: 101 } })).rejects.toThrow(/test \(101\) .* \(100\)/);
    await expect(make({ split: 'full', images: { valid: 1 } })).rejects.toThrow(/no split 'valid'/);
  });
});

describe('the folder', () => {
  it('is the official one', () => {
    const bytes = [OFFICIAL.train, OFFICIAL.test].map(({ records }) => records * RECORD_BYTES);
    expect(bytes).toEqual([153_700_000, 30_740_000]);
  });

  it.each<[string, (files: { [name: string]: Buffer }) => void, RegExp]>([
    ['cut files', (files) => (files['test.bin'] = fakeFile(99, 2)), /test.bin has 304326 bytes/],
    [
      'a class too often',
      ({ 'train.bin': train }) => train?.writeUInt8(5, 1),
      /class 1 has 1 images/,
    ],
    [
      'labels that cannot be',
      ({ 'train.bin': train }) => train?.writeUInt8(100, 1),
      /not below 100/,
    ],
    [
      'a class in two coarse ones',
      ({ 'train.bin': train }) => train?.writeUInt8(9, 0),
      /class 1 has 2 images, expected 2 of one coarse class/,
    ],
    [
      'a coarse class of six',
      ({ 'test.bin': test }) => test?.writeUInt8(9, 0),
      /coarse class 2 has 4 classes, expected 5/,
    ],
  ])('is refused with %s', async (_, spoil, message) => {
    const files: { [name: string]: Buffer } = { ...fakeFiles() };
    spoil(files);
    await expect(checkFolder(temporaryFiles(files), FAKE)).rejects.toThrow(
      expect.objectContaining({
        code: 'ARCHER_DATA_CORRUPT',
        message: expect.stringMatching(message),
      }),
    );
  });

  it.each([1, 2, 3073, 3075, 65_536])('is counted alike in chunks of %i bytes', (size) => {
    const count = (bytes: Uint8Array): string | undefined => {
      const labels = new LabelCounts();
      for (let at = 0; at < bytes.length; at += size) labels.add(bytes.subarray(at, at + size));
      return labels.problem(100);
    };
    const bytes = fakeFile(100, 1);
    expect(count(bytes)).toBeUndefined();
    bytes.writeUInt8(5, 7 * RECORD_BYTES + 1);
    expect(count(bytes)).toMatch(/class 5 has 2 images/);
  });

  it('has to be there, and tells other files apart by their sums', async () => {
    const there = temporaryFiles(fakeFiles());
    const before = await checkFolder(there, FAKE);
    const changed = fakeFile(200, 1);
    changed[5] = 250 - (changed[5] as number);
    writeFileSync(join(there, 'train.bin'), changed);
    const after = await checkFolder(there, FAKE);
    expect(after.get('test.bin')).toBe(before.get('test.bin'));
    expect(after.get('train.bin')).not.toBe(before.get('train.bin'));
    const folders = { folders: { manifest: there, data: there } } as never;
    if (!('create' in plugin)) throw new Error('not a maker');
    const options = plugin.options.parse({ folder: 'nowhere' });
    await expect(plugin.create(options as never, folders)).rejects.toThrow(
      expect.objectContaining({ code: 'ARCHER_DATA_MISSING' }),
    );
  });
});
