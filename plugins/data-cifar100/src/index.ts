import { resolve } from 'node:path';
import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { checkFolder } from './check-folder.ts';
import { cifar100 } from './cifar100.ts';
import { OFFICIAL } from './layout.ts';

const count = z.number().int().positive();
const first = count.optional().describe('the first n images; all unless stated');

/** `data: { use: cifar100, folder: … }`: the official files of a folder of the user's. */
const plugin = definePlugin({
  id: 'cifar100',
  kind: 'data',
  summary: 'CIFAR-100 from a folder with the official binary files.',
  provides: ['data:classification'],
  options: z.strictObject({
    folder: z
      .string()
      .min(1)
      .describe('folder with train.bin and test.bin of cifar-100-binary.tar.gz'),
    split: z
      .enum(['halves', 'full'])
      .default('halves')
      .describe(
        "halves: the train file's first half is train, its second half valid; full: no valid",
      ),
    batch: count.default(64).describe('images per training batch'),
    images: z
      .strictObject({ train: first, valid: first, test: first })
      .default({})
      .describe('use only the first n images of a split'),
    cutout: count
      .multipleOf(2)
      .optional()
      .describe('side of a square that is cut out of training images; none unless stated'),
  }),
  async create({ folder: named, ...options }, { folders }) {
    const folder = resolve(folders.manifest, named);
    const sums = await checkFolder(folder, OFFICIAL);
    return cifar100(options, folder, { layout: OFFICIAL, sums });
  },
});

export default plugin;
