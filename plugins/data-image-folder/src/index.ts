import { resolve } from 'node:path';
import { createStreams, definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { imageFolder } from './image-folder.ts';

/** CIFAR's augmentation pads 4 pixels of 32; other sizes keep the proportion. */
const PADDING_PER_PIXEL = 4 / 32;

/** `data: { use: image-folder, folder: … }`: images of your own in class folders. */
const plugin = definePlugin({
  id: 'image-folder',
  kind: 'data',
  summary: 'Images in class folders (PNG, JPEG) as a data set.',
  provides: ['data:classification'],
  options: z.strictObject({
    folder: z.string().min(1).describe('folder/<class>/*.png or folder/train/<class>/*.png …'),
    size: z.number().int().min(2).max(1024).default(32).describe('height and width to scale to'),
    batch: z.number().int().positive().default(64).describe('images per training batch'),
    validFraction: z
      .number()
      .min(0)
      .lt(1)
      .default(0.2)
      .describe('held out of train where there is no valid folder; 0: no valid split'),
    seed: z.number().int().default(0).describe("of the held-out part; the run's does not matter"),
    cropPadding: z.number().int().min(0).optional().describe('default: an eighth of the size'),
    flip: z.boolean().default(true).describe('mirror training images at random'),
    memoryMB: z.number().positive().default(2048).describe('what all decoded images may take'),
  }),
  create({ seed, ...options }, { folders, log }) {
    const folder = resolve(folders.manifest, options.folder);
    const cropPadding = options.cropPadding ?? Math.round(options.size * PADDING_PER_PIXEL);
    return imageFolder({ ...options, folder, cropPadding }, createStreams(seed), log);
  },
});

export default plugin;
