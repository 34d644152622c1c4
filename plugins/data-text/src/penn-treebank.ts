import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { ArcherError, EXIT, type SplitName, type TextData } from '@archer-nas/core';
import type { BatchOptions } from './corpus.ts';
import { readCorpus } from './read-corpus.ts';
import { bytesOf, textOf } from './text-file.ts';

/** A file of the corpus: its size and MD5. */
export interface TreebankFile {
  readonly bytes: number;
  readonly md5: string;
}

/** Mikolov's preprocessing of the Penn Treebank: 10,000 words with `<unk>`, `N` and `<eos>`. */
export const TREEBANK: Readonly<Record<SplitName, TreebankFile>> = {
  train: { bytes: 5_101_618, md5: 'f26c4b92c5fdc7b3f8c7cdcb991d8420' },
  valid: { bytes: 399_782, md5: 'aa0affc06ff7c36e977d7cd49e3839bf' },
  test: { bytes: 449_945, md5: '8b80168b89c18661a38ef683c0dc3721' },
};

const HINT =
  'Name the folder with ptb.train.txt, ptb.valid.txt and ptb.test.txt of ' +
  "Mikolov's preprocessing as data.folder. The text is the Linguistic Data Consortium's " +
  '(LDC99T42), for holders of its licence; Archer does not bring it.';

/** What is read of the corpus. */
export interface TreebankOptions extends BatchOptions {
  /** Tokens of each split, from its start; all unless stated. */
  readonly tokens?: number | undefined;
}

/**
 * The Penn Treebank as words, from a folder, which is never written to.
 * @throws ArcherError `ARCHER_DATA_MISSING`, `ARCHER_DATA_UNUSABLE` or `ARCHER_DATA_CORRUPT`
 */
export async function pennTreebank(
  folder: string,
  options: TreebankOptions,
  files = TREEBANK,
): Promise<TextData> {
  const splits = new Map<SplitName, string>();
  for (const split of ['train', 'valid', 'test'] as const) {
    const path = resolve(folder, `ptb.${split}.txt`);
    const bytes = await bytesOf(path, { hint: HINT });
    checkFile(path, bytes, files[split]);
    splits.set(split, textOf(bytes, path));
  }
  const description = "Penn Treebank (Mikolov's preprocessing), words";
  const corpus = { name: 'penn-treebank', splits, description };
  return readCorpus(corpus, { ...options, level: 'word' });
}

function checkFile(path: string, bytes: Buffer, wanted: TreebankFile): void {
  const md5 = createHash('md5').update(bytes).digest('hex');
  if (md5 === wanted.md5) return;
  const size = (count: number): string => `${count.toLocaleString('en')} bytes`;
  throw new ArcherError(
    'ARCHER_DATA_CORRUPT',
    `${path} is not the file that results on Penn Treebank are about: ${size(bytes.length)} with ` +
      `the MD5 ${md5}, not ${size(wanted.bytes)} with ${wanted.md5}.`,
    { hint: `${HINT} Any other text can be read as text-folder.`, exit: EXIT.data },
  );
}
