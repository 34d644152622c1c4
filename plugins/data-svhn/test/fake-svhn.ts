import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { DataFile, Layout } from '../src/layout.ts';

const HEADER = Buffer.alloc(128, ' ');
HEADER.write('MATLAB 5.0 MAT-file');
HEADER.writeUInt16LE(0x0100, 124);
HEADER.write('IM', 126);

/** An element of a MATLAB file, padded to eight bytes. */
function element(type: number, data: Buffer): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type, 0);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([tag, data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
}

/** A small element: type and data in eight bytes. */
function small(type: number, data: Buffer): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(type, 0);
  bytes.writeUInt16LE(data.length, 2);
  data.copy(bytes, 4);
  return bytes;
}

const int32 = (...values: number[]): Buffer => Buffer.from(Int32Array.from(values).buffer);

/** A matrix of bytes, type 2, or of doubles, type 9. */
function matrix(name: string, dimensions: number[], [type, data]: [2 | 9, Buffer]): Buffer {
  const flags = element(6, int32(type === 2 ? 9 : 6, 0));
  const parts = [
    flags,
    element(5, int32(...dimensions)),
    small(1, Buffer.from(name)),
    element(type, data),
  ];
  return element(14, Buffer.concat(parts));
}

/** The pixel of an image at a row, a column and a channel. */
export const pixelOf = (image: number, [row, column, channel]: readonly number[]): number =>
  (image * 91 + Number(row) * 7 + Number(column) * 3 + Number(channel) * 50) % 256;

/** Digits 1 to 10. */
export const digitOf = (image: number): number => 1 + ((image * 3) % 10);

/** A file of so many images; compressed as the official ones are, unless told otherwise. */
export function fakeMat(records: number, { compressed = true, bytes = false } = {}): Buffer {
  const X = Buffer.alloc(records * 3072);
  let at = 0;
  for (let image = 0; image < records; image++) {
    for (let channel = 0; channel < 3; channel++) {
      for (let column = 0; column < 32; column++) {
        for (let row = 0; row < 32; row++) X[at++] = pixelOf(image, [row, column, channel]);
      }
    }
  }
  const digits = Array.from({ length: records }, (_, image) => digitOf(image));
  const y: [2 | 9, Buffer] = bytes
    ? [2, Buffer.from(digits)]
    : [9, Buffer.from(Float64Array.from(digits).buffer)];
  const arrays = [matrix('X', [32, 32, 3, records], [2, X]), matrix('y', [records, 1], y)];
  return Buffer.concat([HEADER, ...arrays.map((array) => (compressed ? packed(array) : array))]);
}

/** Compressed elements are not padded. */
function packed(array: Buffer): Buffer {
  const data = deflateSync(array);
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(15, 0);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([tag, data]);
}

const file = (name: string, records: number): DataFile => {
  return { name, records, md5: createHash('md5').update(fakeMat(records)).digest('hex') };
};

/** As the official files, with seven and four images. */
export const FAKE: Layout = {
  train: file('train_32x32.mat', 7),
  test: file('test_32x32.mat', 4),
};

/** Both files by name. */
export function fakeFiles(): Readonly<Record<string, Buffer>> {
  return { 'train_32x32.mat': fakeMat(7), 'test_32x32.mat': fakeMat(4) };
}
