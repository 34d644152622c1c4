/** One of the six binary files. */
export interface BinaryFile {
  readonly name: string;
  /** Of the whole file, as published. */
  readonly md5: string;
}

/**
 * The binary version of CIFAR-10: files of records, each a label byte and then the red, the
 * green and the blue plane, row by row. Tests use the same shape with few records.
 */
export interface Layout {
  readonly train: readonly BinaryFile[];
  readonly test: BinaryFile;
  /** Records per file. */
  readonly records: number;
}

/** Height and width of an image in pixels. */
export const SIDE = 32;
/** Pixels of an image, and bytes of one colour plane. */
export const PLANE = SIDE * SIDE;
export const CHANNELS = 3;
/** Bytes of an image without its label. */
export const IMAGE_BYTES = PLANE * CHANNELS;
/** Bytes of a record: a label and an image. */
export const RECORD_BYTES = 1 + IMAGE_BYTES;

/** Class names by label, as in the authors' batches.meta.txt. */
export const CLASS_NAMES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/** What the authors published, with the sums of the members of cifar-10-binary.tar.gz. */
export const OFFICIAL: Layout = {
  train: [
    { name: 'data_batch_1', md5: '5dd7e06a14cb22eb9f671a540d1b7c25' },
    { name: 'data_batch_2', md5: '5ea93a67294ea407fff1d09f752e9692' },
    { name: 'data_batch_3', md5: '942cd6a4bcdd0dd3c604fbe906cb4421' },
    { name: 'data_batch_4', md5: 'ae636b3ba5c66a11e91e8cb52e771fcb' },
    { name: 'data_batch_5', md5: '53f37980c15c3d472c316c40844f3f0d' },
  ],
  test: { name: 'test_batch', md5: '803d5f7f4d78ea53de84dbe85f74fb6d' },
  records: 10_000,
};

/** All files, the training ones first. */
export function allFiles(layout: Layout): readonly BinaryFile[] {
  return [...layout.train, layout.test];
}

/** Bytes of every file. */
export function fileBytes(layout: Layout): number {
  return layout.records * RECORD_BYTES;
}

/** The name on disk, and in the authors' archive. */
export function binName(file: BinaryFile): string {
  return `${file.name}.bin`;
}
