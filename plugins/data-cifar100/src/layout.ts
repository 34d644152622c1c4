import { ArcherError, EXIT } from '@archer-nas/core';

/** One of the official files. */
export interface DataFile {
  readonly name: string;
  /** Images in it. */
  readonly records: number;
}

/** The official files. */
export interface Layout {
  readonly train: DataFile;
  readonly test: DataFile;
}

/** The members of the authors' `cifar-100-binary.tar.gz`. */
export const OFFICIAL: Layout = {
  train: { name: 'train.bin', records: 50_000 },
  test: { name: 'test.bin', records: 10_000 },
};

/** The coarse label, the fine label, then the planes red, green, blue. */
export const RECORD_BYTES = 2 + 3 * 32 * 32;
export const CLASSES = 100;
export const COARSE_CLASSES = 20;

const HINT =
  'data.folder must hold train.bin and test.bin of ' +
  'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz (md5 03b5dce01913d631647c71ecec9e9cb8); ' +
  'the Python and MATLAB versions are other files';

/** The file is not there. */
export function missing(path: string): ArcherError {
  return new ArcherError('ARCHER_DATA_MISSING', `There is no file ${path}.`, {
    hint: HINT,
    exit: EXIT.data,
  });
}

/** The file is there but cannot be what was published. */
export function corrupt(message: string): ArcherError {
  return new ArcherError('ARCHER_DATA_CORRUPT', `${message}.`, { hint: HINT, exit: EXIT.data });
}
