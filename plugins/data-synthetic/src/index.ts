import { createStreams, definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { synthetic } from './synthetic.ts';

const count = z.number().int().positive();

/** `data: { use: synthetic }`: class patterns with noise, made on the spot. */
const plugin = definePlugin({
  id: 'synthetic',
  kind: 'data',
  summary: 'Small labelled images made from a stream, for smoke runs and tests.',
  provides: ['data:classification', 'data:made-up'],
  options: z.strictObject({
    classes: z.number().int().min(2).max(1000).default(4).describe('how many classes'),
    size: z.number().int().min(2).max(256).default(8).describe('height and width in pixels'),
    channels: z.number().int().min(1).max(4).default(3).describe('colours of a pixel'),
    train: count.default(256).describe('images'),
    valid: count.default(128).describe('images'),
    test: count.default(128).describe('images'),
    noise: z.number().min(0).max(1).default(0.1).describe('std of the noise; 1 is the full range'),
    seed: z.number().int().default(0).describe("of the images; the run's seed does not matter"),
    batch: count.default(32).describe('images per training batch'),
  }),
  create: (options) => synthetic(options, createStreams(options.seed)),
});

export default plugin;
