import { resolve } from 'node:path';
import { createStreams, definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { LANGUAGE } from './corpus.ts';
import { syntheticText } from './synthetic-text.ts';
import { importShakespeare, tinyShakespeare } from './tiny-shakespeare.ts';

const count = z.int().positive();
const batch = count.default(64).describe('parallel streams of a training batch');
const window = count.default(35).describe('characters of each stream per batch (BPTT)');
const FOLDER = 'tinyshakespeare';

const shakespeare = definePlugin({
  id: 'tiny-shakespeare',
  kind: 'data',
  summary: 'Tiny Shakespeare, a million characters, from a file that the user has.',
  ...LANGUAGE,
  options: z.strictObject({
    folder: z
      .string()
      .min(1)
      .optional()
      .describe('folder with input.txt or input.txt.gz; without it, what was imported'),
    split: z
      .enum(['usual', 'halves'])
      .default('usual')
      .describe('usual: 90, 5 and 5 % train, valid and test; halves: 47.5, 47.5 and 5 %'),
    characters: count.optional().describe('only so many, from the start; all unless stated'),
    batch,
    window,
  }),
  create: ({ folder, ...options }, { folders }) =>
    tinyShakespeare(
      folder === undefined ? resolve(folders.data, FOLDER) : resolve(folders.manifest, folder),
      options,
    ),
  import: ({ folder, file }) => importShakespeare(file, resolve(folder, FOLDER)),
});

const synthetic = definePlugin({
  id: 'synthetic-text',
  kind: 'data',
  summary: 'Made-up sentences, for smoke runs and tests.',
  provides: [...LANGUAGE.provides, 'data:made-up'],
  requires: LANGUAGE.requires,
  options: z.strictObject({
    train: count.default(2048).describe('characters'),
    valid: count.default(1024).describe('characters'),
    test: count.default(1024).describe('characters'),
    seed: z.int().default(0).describe("of the text; the run's seed does not matter"),
    batch,
    window,
  }),
  create: ({ seed, ...options }) => syntheticText(options, createStreams(seed)),
});

export default [shakespeare, synthetic];
