import { PNG } from 'pngjs';
import { corrupt } from './data-errors.ts';
import { CHANNELS, PLANE, RECORD_BYTES } from './layout.ts';

/** Bytes per pixel of what pngjs decodes to. */
const RGBA = 4;
/** Where IHDR has the width; the height follows. */
const WIDTH_AT = 16;

/**
 * The records of a picture whose row i is image i, its 1,024 pixels one after the other.
 * Decoding takes about five times the picture's pixels for a moment.
 *
 * @throws ArcherError `ARCHER_DATA_CORRUPT` when it is no such picture of as many rows as labels
 */
export function recordsOfPng(png: Buffer, labels: readonly number[], name: string): Uint8Array {
  const [width, height] =
    png.length >= WIDTH_AT + 8
      ? [png.readUInt32BE(WIDTH_AT), png.readUInt32BE(WIDTH_AT + 4)]
      : [0, 0];
  if (width !== PLANE || height !== labels.length) {
    throw corrupt(`${name} is ${width} x ${height}, expected ${PLANE} x ${labels.length}`);
  }
  const rgba = decodePng(png, name);
  const records = new Uint8Array(labels.length * RECORD_BYTES);
  labels.forEach((label, i) => {
    const record = i * RECORD_BYTES;
    records[record] = label;
    for (let c = 0; c < CHANNELS; c++) {
      const plane = record + 1 + c * PLANE;
      let from = i * PLANE * RGBA + c;
      for (let p = 0; p < PLANE; p++, from += RGBA) records[plane + p] = rgba[from] as number;
    }
  });
  return records;
}

function decodePng(png: Buffer, name: string): Buffer {
  try {
    return PNG.sync.read(png).data;
  } catch (error) {
    throw corrupt(`${name} cannot be decoded: ${(error as Error).message}`);
  }
}
