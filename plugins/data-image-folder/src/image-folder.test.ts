import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSet } from '@archer-nas/core';
import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { jpeg, png, temporaryFolder, write } from '../test/pictures.ts';
import { type ImageFolderOptions, imageFolder } from './image-folder.ts';
import plugin from './index.ts';

const shade = (value: number): Buffer => png(4, 4, () => [value, value, value]);

const make = (
  folder: string,
  options: Partial<ImageFolderOptions> = {},
  seed = 0,
): Promise<DataSet> =>
  imageFolder(
    {
      folder,
      size: 4,
      batch: 2,
      validFraction: 0.2,
      cropPadding: 1,
      flip: true,
      memoryMB: 100,
      ...options,
    },
    createStreams(seed),
    () => undefined,
  );

/** The first byte of every image of a split. */
function shades(data: DataSet, split: 'train' | 'valid' | 'test'): number[] {
  const { size } = data.open(split);
  const into = new Uint8Array(48);
  return Array.from({ length: size }, (_, i) => {
    data.open(split).read(Int32Array.of(i), into);
    return into[0] ?? -1;
  });
}

/** `count` images of each of two classes, with shades 0, 1, … and 100, 101, … */
async function twoClasses(folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await write(folder, { [`a/${i}.png`]: shade(i), [`b/${i}.png`]: shade(100 + i) });
  }
}

describe('imageFolder with split folders', () => {
  it('numbers classes by name and keeps the splits apart', async () => {
    await using folder = await temporaryFolder();
    await write(folder.path, {
      'train/zebra/1.png': shade(10),
      'train/ape/2.PNG': shade(20),
      'train/ape/10.jpeg': jpeg(8, 8, [30, 30, 30]),
      'valid/zebra/x.png': shade(40),
      'test/ape/y.png': shade(50),
      'train/ape/notes.txt': 'not an image',
      'train/.hidden/z.png': 'skipped',
    });
    const data = await make(folder.path);
    expect(data.classes).toBe(2);
    expect(data.splits).toEqual(['train', 'valid', 'test']);
    expect([...data.open('train').labels]).toEqual([0, 0, 1]);
    expect(shades(data, 'train')).toEqual([30, 20, 10]); // 10.jpeg before 2.PNG
    expect([...data.open('valid').labels]).toEqual([1]);
    expect(shades(data, 'test')).toEqual([50]);
    expect(data.description).toContain('1 other files or folders ignored');
  });

  it('measures mean and std on the training images', async () => {
    await using folder = await temporaryFolder();
    await write(folder.path, {
      'train/a/1.png': png(2, 2, () => [0, 51, 255]),
      'train/b/1.png': png(2, 2, () => [102, 51, 255]),
      'valid/a/1.png': shade(255),
    });
    const { mean, std } = await make(folder.path, { size: 2 });
    expect(mean).toEqual([0.2, 0.2, 1]);
    expect(std[0]).toBeCloseTo(0.2, 12);
    expect(std.slice(1)).toEqual([1, 1]); // constant channels are not scaled
  });

  it('refuses a class that train does not have', async () => {
    await using folder = await temporaryFolder();
    await write(folder.path, { 'train/a/1.png': shade(1), 'train/b/1.png': shade(2) });
    await write(folder.path, { 'test/c/1.png': shade(3) });
    await expect(make(folder.path, { validFraction: 0 })).rejects.toThrow(
      /c is a class that train/,
    );
  });
});

describe('imageFolder with class folders only', () => {
  it('holds out the fraction of every class, by seed', async () => {
    await using folder = await temporaryFolder();
    await twoClasses(folder.path, 10);
    const data = await make(folder.path, { validFraction: 0.3 });
    expect(data.splits).toEqual(['train', 'valid']);
    expect([...data.open('valid').labels]).toEqual([0, 0, 0, 1, 1, 1]);
    const all = [...shades(data, 'train'), ...shades(data, 'valid')].sort((x, y) => x - y);
    expect(all).toEqual([...Array(10).keys(), ...[...Array(10).keys()].map((i) => 100 + i)]);

    const [same, other] = await Promise.all([
      make(folder.path, { validFraction: 0.3 }),
      make(folder.path, { validFraction: 0.3 }, 1),
    ]);
    expect(shades(same, 'valid')).toEqual(shades(data, 'valid'));
    expect(same.hash).toBe(data.hash);
    expect(shades(other, 'valid')).not.toEqual(shades(data, 'valid'));
    expect(other.hash).not.toBe(data.hash);
  });

  it('holds nothing out when told so', async () => {
    await using folder = await temporaryFolder();
    await twoClasses(folder.path, 2);
    const data = await make(folder.path, { validFraction: 0 });
    expect(data.splits).toEqual(['train']);
    expect(() => data.open('valid')).toThrow("no split 'valid'");
  });

  it('refuses a fraction that leaves a side empty', async () => {
    await using folder = await temporaryFolder();
    await twoClasses(folder.path, 2);
    await expect(make(folder.path, { validFraction: 0.9 })).rejects.toThrow('none to train on');
    await expect(make(folder.path, { validFraction: 0.1 })).rejects.toThrow('none for valid');
  });

  it('changes its hash with content, class and size', async () => {
    await using folder = await temporaryFolder();
    await twoClasses(folder.path, 5);
    const { hash } = await make(folder.path);
    expect((await make(folder.path, { size: 2 })).hash).not.toBe(hash);
    await write(folder.path, { 'b/3.png': shade(7) });
    expect((await make(folder.path)).hash).not.toBe(hash);
  });
});

describe('imageFolder refuses', () => {
  const code = (fault: string): object => ({ code: `ARCHER_DATA_${fault}`, exit: 5 });

  it('a folder that is not there, or has no classes', async () => {
    await using folder = await temporaryFolder();
    await expect(make(join(folder.path, 'no'))).rejects.toMatchObject(code('MISSING'));
    await expect(make(folder.path)).rejects.toMatchObject(code('LAYOUT'));
    await write(folder.path, { 'only/1.png': shade(1) });
    await expect(make(folder.path)).rejects.toThrow('only the class only');
    await write(folder.path, { 'other/readme.txt': '' });
    await expect(make(folder.path)).rejects.toThrow('other has no PNG or JPEG file');
  });

  it('links that lead out of it, and follows those that stay', async () => {
    await using outside = await temporaryFolder();
    await using folder = await temporaryFolder();
    await write(outside.path, { 'secret.png': shade(1) });
    await twoClasses(folder.path, 5);
    await symlink(join(folder.path, 'a', '1.png'), join(folder.path, 'b', 'inside.png'));
    expect((await make(folder.path, { validFraction: 0 })).open('train').size).toBe(11);

    await symlink(join(outside.path, 'secret.png'), join(folder.path, 'b', 'outside.png'));
    await expect(make(folder.path)).rejects.toMatchObject(code('OUTSIDE'));
    await expect(make(folder.path)).rejects.toThrow('outside.png leads out of');
  });

  it('a class folder that is a link out, even to a folder with the same beginning', async () => {
    await using outside = await temporaryFolder();
    await write(outside.path, { 'set/a/1.png': shade(1), 'set-secret/1.png': shade(2) });
    await symlink(join(outside.path, 'set-secret'), join(outside.path, 'set', 'b'));
    await expect(make(join(outside.path, 'set'))).rejects.toMatchObject(code('OUTSIDE'));
  });

  it('a broken image, naming it', async () => {
    await using folder = await temporaryFolder();
    await twoClasses(folder.path, 2);
    await write(folder.path, { 'b/broken.png': shade(5).subarray(0, 50) });
    const answer = make(folder.path, { validFraction: 0 });
    await expect(answer).rejects.toMatchObject(code('CORRUPT'));
    await expect(answer).rejects.toThrow(join('b', 'broken.png'));
  });

  it('more pixels than it may keep, before it decodes any', async () => {
    await using folder = await temporaryFolder();
    await write(folder.path, { 'a/1.png': 'not decoded', 'b/1.png': 'not decoded' });
    const answer = make(folder.path, { size: 1000, memoryMB: 5, validFraction: 0 });
    await expect(answer).rejects.toMatchObject(code('TOO_LARGE'));
    await expect(answer).rejects.toThrow('take 6 MB, data.memoryMB allows 5');
  });
});

describe('the plugin', () => {
  it('fills in its defaults and wants a folder', () => {
    expect(plugin.options.parse({ folder: 'x' })).toEqual({
      folder: 'x',
      size: 32,
      batch: 64,
      validFraction: 0.2,
      seed: 0,
      flip: true,
      memoryMB: 2048,
    });
    expect(() => plugin.options.parse({})).toThrow('folder');
  });
});
