import { resolve } from 'node:path';
import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { checkFolder, OFFICIAL } from './layout.ts';
import { svhn } from './svhn.ts';

const count = z.number().int().positive();
const first = count.optional().describe('the first n images; all unless stated');

/** `data: { use: svhn, folder: … }`: the official files of a folder of the user's. */
const plugin = definePlugin({
  id: 'svhn',
  kind: 'data',
  summary: 'SVHN, cropped digits, from a folder with the official MATLAB files, checked.',
  provides: ['data:classification'],
  options: z.strictObject({
    folder: z.string().min(1).describe('folder with train_32x32.mat and test_32x32.mat'),
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
    const data = svhn(options, folder, OFFICIAL); // refuses bad options before the files are read
    await checkFolder(folder, OFFICIAL);
    return data;
  },
});

export default plugin;
