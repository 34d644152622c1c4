import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isTextData } from '@archer-nas/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import plugins from './index.ts';
import { importShakespeare, tinyShakespeare } from './tiny-shakespeare.ts';

const options = { split: 'usual', batch: 64, window: 35 } as const;

describe('tiny Shakespeare', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archer-text-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('says where the text comes from when it is not there', async () => {
    await expect(tinyShakespeare(folder, options)).rejects.toMatchObject({
      code: 'ARCHER_DATA_MISSING',
      hint: expect.stringContaining('archer data import tiny-shakespeare'),
    });
  });

  it.each([
    ['another text', Buffer.from('To be'), 'its text has the sha256'],
    ['another text, packed', gzipSync('To be'), 'its text has the sha256'],
    ['half a gzip', gzipSync('To be').subarray(0, 12), 'it cannot be unpacked'],
  ])('refuses %s, in a folder and when importing, and imports nothing', async (_, bytes, why) => {
    const file = join(folder, 'input.txt.gz');
    await writeFile(file, bytes);
    const corrupt = { code: 'ARCHER_DATA_CORRUPT', message: expect.stringContaining(why) };
    await expect(tinyShakespeare(folder, options)).rejects.toMatchObject(corrupt);
    await expect(importShakespeare(file, join(folder, 'data'))).rejects.toMatchObject(corrupt);
    expect(await readdir(folder)).toEqual(['input.txt.gz']);
  });
});

/** The real text, where the machine has it: ARCHER_TINY_SHAKESPEARE names its folder. */
const real = process.env.ARCHER_TINY_SHAKESPEARE ?? '';

describe.skipIf(!existsSync(real))('tiny Shakespeare itself', () => {
  it('has 65 characters, and 90, 5 and 5 % of its 1,115,394', async () => {
    const data = await tinyShakespeare(real, options);
    expect(data.vocabulary).toHaveLength(65);
    const sizes = data.splits.map((name) => data.open(name).size);
    expect(sizes).toEqual([1_003_855, 55_769, 55_770]);
    const halves = await tinyShakespeare(real, { ...options, split: 'halves', characters: 1000 });
    expect(halves.splits.map((name) => halves.open(name).size)).toEqual([475, 475, 50]);
  });

  it('is imported whole, and read from there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archer-text-'));
    const [plugin] = plugins;
    if (plugin === undefined || !('create' in plugin)) throw new Error('no plugin');
    const file = join(real, 'input.txt.gz');
    await plugin.import?.({ folder, file, log: () => {} });
    const folders = { folders: { data: folder, manifest: folder } } as never;
    const data = await plugin.create(plugin.options.parse({}) as never, folders);
    expect(isTextData(data) && data.vocabulary.length).toBe(65);
    await rm(folder, { recursive: true });
  });
});
