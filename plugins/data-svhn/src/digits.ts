import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corrupt, type DataFile } from './layout.ts';
import { type MatArray, readMatFile } from './mat-file.ts';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;
const IMAGE_BYTES = PLANE * CHANNELS;
/** Headers and padding beside the values. */
const SLACK = 1024;

/**
 * Labels and NHWC pixels of the images `from` to `to` of a file. The digit 0, which the file calls
 * 10, is class 0.
 */
export function readDigits(
  folder: string,
  { file, from, to }: { readonly file: DataFile; readonly from: number; readonly to: number },
): { labels: Int32Array; pixels: Uint8Array } {
  const path = join(folder, file.name);
  const { images, digits } = arraysOf(path, file.records);
  const labels = Int32Array.from(
    { length: to - from },
    (_, i) => (digits[from + i] as number) % 10,
  );
  const pixels = new Uint8Array(labels.length * IMAGE_BYTES);
  for (let i = 0; i < labels.length; i++) {
    const image = images.subarray((from + i) * IMAGE_BYTES, (from + i + 1) * IMAGE_BYTES);
    transpose(image, pixels, i * IMAGE_BYTES);
  }
  return { labels, pixels };
}

function arraysOf(
  path: string,
  records: number,
): { images: Uint8Array; digits: MatArray['values'] } {
  let arrays: ReadonlyMap<string, MatArray>;
  try {
    arrays = readMatFile(readFileSync(path), records * IMAGE_BYTES + SLACK);
  } catch (error) {
    throw corrupt(`${path} cannot be read: ${(error as Error).message}`);
  }
  const [X, y] = [arrays.get('X'), arrays.get('y')];
  const expected = `${SIDE},${SIDE},${CHANNELS},${records}`;
  if (X?.dimensions.join() !== expected || !(X.values instanceof Uint8Array)) {
    throw corrupt(`${path} has no array X of ${expected} bytes`);
  }
  if (y?.dimensions.join() !== `${records},1`) {
    throw corrupt(`${path} has no array y of ${records},1 digits`);
  }
  return { images: X.values, digits: y.values };
}

/** MATLAB's columns first, [row + 32 column + 1024 channel], to rows of red, green, blue. */
function transpose(image: Uint8Array, into: Uint8Array, offset: number): void {
  for (let row = 0, at = offset; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      for (let channel = 0; channel < CHANNELS; channel++) {
        into[at++] = image[row + SIDE * column + PLANE * channel] as number;
      }
    }
  }
}
