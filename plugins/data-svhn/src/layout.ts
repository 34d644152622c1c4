import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ArcherError, EXIT } from '@archer-nas/core';

/** One of the official files. */
export interface DataFile {
  readonly name: string;
  /** Of its content. */
  readonly md5: string;
  /** Images in it. */
  readonly records: number;
}

/** The official files. */
export interface Layout {
  readonly train: DataFile;
  readonly test: DataFile;
}

/** The cropped digits of the authors' page; `extra_32x32.mat` is not used. */
export const OFFICIAL: Layout = {
  train: { name: 'train_32x32.mat', md5: 'e26dedcc434d2e4c54c9b2d4a06d8373', records: 73_257 },
  test: { name: 'test_32x32.mat', md5: 'eb5a983be6a315427106f1b164d9cef3', records: 26_032 },
};

const HINT =
  'data.folder must hold train_32x32.mat and test_32x32.mat of ' +
  'http://ufldl.stanford.edu/housenumbers/ (format 2, cropped digits)';

/**
 * Checks that a folder holds the official files. It is never written to.
 *
 * @throws ArcherError `ARCHER_DATA_MISSING` or `ARCHER_DATA_CORRUPT`, naming the first bad file
 */
export async function checkFolder(folder: string, layout: Layout): Promise<void> {
  for (const { name, md5 } of [layout.train, layout.test]) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) throw missing(path);
    const hash = createHash('md5');
    await pipeline(createReadStream(path), hash);
    const sum = hash.digest('hex');
    if (sum !== md5) throw corrupt(`${path} has the md5 ${sum}, expected ${md5}`);
  }
}

function missing(path: string): ArcherError {
  return new ArcherError('ARCHER_DATA_MISSING', `There is no file ${path}.`, {
    hint: HINT,
    exit: EXIT.data,
  });
}

/** The file is there but is not what was published. */
export function corrupt(message: string): ArcherError {
  return new ArcherError('ARCHER_DATA_CORRUPT', `${message}.`, { hint: HINT, exit: EXIT.data });
}
