import { resolve } from 'node:path';
import { createStreams, definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { LANGUAGE } from './corpus.ts';
import { pennTreebank } from './penn-treebank.ts';
import { syntheticText } from './synthetic-text.ts';
import { textFolder } from './text-folder.ts';
import { importShakespeare, tinyShakespeare } from './tiny-shakespeare.ts';

const count = z.int().positive();
const batch = count.default(64).describe('parallel streams of a training batch');
const window = count.default(35).describe('tokens of each stream per batch (BPTT)');
const tokens = count.optional().describe('only so many of each split, from its start');
const FOLDER = 'tinyshakespeare';
const TREEBANK = 'penn-treebank';

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

const treebank = definePlugin({
  id: 'penn-treebank',
  kind: 'data',
  summary: 'The Penn Treebank as words, from a folder of a user who has its licence.',
  ...LANGUAGE,
  options: z.strictObject({
    folder: z
      .string()
      .min(1)
      .optional()
      .describe(
        'folder with ptb.train.txt, ptb.valid.txt and ptb.test.txt; ' +
          'without it, penn-treebank in the data folder',
      ),
    tokens,
    batch,
    window,
  }),
  create: ({ folder, ...options }, { folders }) =>
    pennTreebank(
      folder === undefined ? resolve(folders.data, TREEBANK) : resolve(folders.manifest, folder),
      options,
    ),
});

const name = z.string().min(1);

const own = definePlugin({
  id: 'text-folder',
  kind: 'data',
  summary: "A user's own text from a folder, as words or as characters.",
  ...LANGUAGE,
  options: z.strictObject({
    folder: name.describe('folder with the files'),
    files: z
      .strictObject({
        train: name.default('train.txt').describe('file of the train text'),
        valid: name.default('valid.txt').describe('file of the valid text'),
        test: name.optional().describe('file of the test text; without it there is none'),
      })
      .prefault({})
      .describe('their names in it'),
    level: z.enum(['word', 'character']).default('word').describe('what tokens are'),
    vocabulary: z
      .int()
      .min(2)
      .optional()
      .describe('at most so many different tokens, the most frequent; all of train unless stated'),
    tokens,
    batch,
    window,
  }),
  create: ({ folder, ...options }, { folders }) =>
    textFolder(resolve(folders.manifest, folder), options),
});

export default [shakespeare, synthetic, treebank, own];
