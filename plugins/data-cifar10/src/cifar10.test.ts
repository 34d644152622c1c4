import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSet } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { FAKE, fakeBin, temporaryFolder, writeFakes } from '../test/fake-cifar.ts';
import { type Cifar10Options, cifar10, splitIndices } from './cifar10.ts';
import plugin from './index.ts';
import { OFFICIAL, RECORD_BYTES } from './layout.ts';
import { shrunk } from './shrink.ts';
import { checkUserFolder } from './user-folder.ts';

const halves: Cifar10Options = { split: 'halves', batch: 8, images: {}, size: 32 };
const make = (options: Partial<Cifar10Options> = {}, folder = '/nowhere'): DataSet =>
  cifar10({ ...halves, ...options }, folder, FAKE);

describe('splitIndices', () => {
  it("has NAS-Bench-201's halves", () => {
    const splits = splitIndices('halves', OFFICIAL);
    const at = (name: 'train' | 'valid'): (number | undefined)[] =>
      [0, 10, 111].map((i) => splits.get(name)?.[i]);
    expect(at('train')).toEqual([0, 26, 203]);
    expect(at('valid')).toEqual([1, 18, 242]);
    const both = [...(splits.get('train') ?? []), ...(splits.get('valid') ?? [])];
    expect(both.length).toBe(50_000);
    expect(new Set(both).size).toBe(50_000);
  });
});

describe('splitIndices of a tenth', () => {
  it('holds out the last 5,000 training images', () => {
    const splits = splitIndices('tenth', OFFICIAL);
    const ends = (['train', 'valid'] as const).map((name) => {
      const index = splits.get(name);
      return [index?.length, index?.[0], index?.at(-1)];
    });
    expect(ends).toEqual([
      [45_000, 0, 44_999],
      [5_000, 45_000, 49_999],
    ]);
  });
});

describe('cifar10', () => {
  it('reads pixels as rows of red, green, blue, with the label of the same record', async () => {
    await using folder = await temporaryFolder();
    await writeFakes(folder.path);
    const train = make({ split: 'full' }, folder.path).open('train');
    const pixels = new Uint8Array(2 * 3072);
    train.read(Int32Array.of(6, 0), pixels); // record 2 of data_batch_2, record 0 of data_batch_1
    const [first, second] = [fakeBin('data_batch_1'), fakeBin('data_batch_2')];
    const record = 2 * RECORD_BYTES;
    expect(train.labels[6]).toBe(second[record]);
    for (const channel of [0, 1, 2]) {
      const [y, x] = [5, 9];
      const plane = 1 + channel * 1024 + y * 32 + x;
      expect(pixels[(y * 32 + x) * 3 + channel]).toBe(second[record + plane]);
      expect(pixels[3072 + (y * 32 + x) * 3 + channel]).toBe(first[plane]);
    }
  });

  it('has train, valid and test in halves, and no valid in full', () => {
    expect(make().splits).toEqual(['train', 'valid', 'test']);
    const full = make({ split: 'full' });
    expect(full.splits).toEqual(['train', 'test']);
    expect(() => full.open('valid')).toThrow(/no split 'valid'/);
  });

  it('limits a split to its first images', async () => {
    await using folder = await temporaryFolder();
    await writeFakes(folder.path);
    const [all, few] = [make({}, folder.path), make({ images: { valid: 3 } }, folder.path)];
    expect(few.open('valid').size).toBe(3);
    expect([...few.open('valid').labels]).toEqual([...all.open('valid').labels.slice(0, 3)]);
    expect(few.open('train').size).toBe(10);
  });

  it('cuts out of training images what it is told', () => {
    expect(make({ cutout: 16 }).augmentation).toEqual({ cropPadding: 4, flip: true, cutout: 16 });
    expect(make().augmentation).toEqual({ cropPadding: 4, flip: true });
    expect(make({ cutout: 16 }).hash).toBe(make().hash);
  });

  it('shrinks its images, and crops them as much less', async () => {
    await using folder = await temporaryFolder();
    await writeFakes(folder.path);
    const small = make({ size: 16 }, folder.path);
    expect(small.image).toEqual({ height: 16, width: 16, channels: 3 });
    expect(small.augmentation.cropPadding).toBe(2);
    const pixels = new Uint8Array(16 * 16 * 3);
    const original = new Uint8Array(3072);
    small.open('train').read(Int32Array.of(4), pixels);
    make({}, folder.path).open('train').read(Int32Array.of(4), original);
    expect(pixels).toEqual(shrunk(original, 16));
  });

  it('refuses a limit above what there is', () => {
    expect(() => make({ images: { train: 11 } })).toThrow('images.train (11)');
    expect(() => make({ split: 'full', images: { valid: 1 } })).toThrow("no split 'valid'");
  });

  it('changes its hash with the split and the limits, not with the batch', () => {
    const { hash } = make();
    expect(make({ batch: 64 }).hash).toBe(hash);
    expect(make({ split: 'full' }).hash).not.toBe(hash);
    expect(make({ images: { test: 2 } }).hash).not.toBe(hash);
    expect(make({ size: 16 }).hash).not.toBe(hash);
  });

  it('notices a file that was cut after it was checked', async () => {
    await using folder = await temporaryFolder();
    await writeFakes(folder.path);
    await truncate(join(folder.path, 'test_batch.bin'), 5000);
    const data = make({}, folder.path);
    expect(() => data.open('test')).toThrow('test_batch.bin has 5000 bytes, expected 12292');
  });
});

describe('checkUserFolder', () => {
  it('accepts the official files and names the one that is not', async () => {
    await using folder = await temporaryFolder();
    await expect(checkUserFolder(folder.path, FAKE)).rejects.toMatchObject({
      code: 'ARCHER_DATA_MISSING',
      exit: 5,
      message: expect.stringContaining('data_batch_1.bin is not there'),
    });
    await writeFakes(folder.path);
    await checkUserFolder(folder.path, FAKE);
    await truncate(join(folder.path, 'data_batch_3.bin'), 12);
    await expect(checkUserFolder(folder.path, FAKE)).rejects.toMatchObject({
      code: 'ARCHER_DATA_CORRUPT',
      message: expect.stringContaining('data_batch_3.bin has 12 bytes'),
    });
  });
});

describe('the plugin', () => {
  it('fills in its defaults and refuses options that it does not know', () => {
    expect(plugin.options.parse({})).toEqual({ split: 'halves', batch: 256, images: {}, size: 32 });
    expect(() => plugin.options.parse({ images: { train: 0 } })).toThrow();
    expect(() => plugin.options.parse({ splits: 'full' })).toThrow('splits');
  });
});
