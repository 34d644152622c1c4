import { resolve } from 'node:path';
import type { SplitName, TextData } from '@archer-nas/core';
import { type ReadingOptions, readCorpus } from './read-corpus.ts';
import { bytesOf, textOf } from './text-file.ts';

/** Names of the files of a corpus; there need not be a test text. */
export interface TextFiles {
  readonly train: string;
  readonly valid: string;
  readonly test?: string | undefined;
}

/** How a user's folder is read. */
export interface FolderOptions extends ReadingOptions {
  readonly files: TextFiles;
}

/**
 * A user's own text, from a folder, which is never written to.
 * @throws ArcherError `ARCHER_DATA_MISSING`, `ARCHER_DATA_UNUSABLE`, `ARCHER_DATA_CORRUPT` or
 * `ARCHER_DATA_SHORT`
 */
export async function textFolder(
  folder: string,
  { files, ...options }: FolderOptions,
): Promise<TextData> {
  const splits = new Map<SplitName, string>();
  for (const split of ['train', 'valid', 'test'] as const) {
    const name = files[split];
    if (name === undefined) continue;
    const path = resolve(folder, name);
    const hint = `Bring it, or name the file of ${split} as data.files.${split}.`;
    splits.set(split, textOf(await bytesOf(path, { hint }), path));
  }
  const description = `text of a user's own: ${Object.values(files).join(', ')}`;
  return readCorpus({ name: 'text-folder', splits, description }, options);
}
