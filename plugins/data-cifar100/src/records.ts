import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { corrupt, type DataFile, RECORD_BYTES } from './layout.ts';

const PLANE = 32 * 32;
const CHANNELS = 3;
const IMAGE_BYTES = PLANE * CHANNELS;
const FINE = 1;

/** Labels and NHWC pixels of the records `from` to `to` of a file; labels are the fine ones. */
export function readRecords(
  folder: string,
  { file, from, to }: { readonly file: DataFile; readonly from: number; readonly to: number },
): { labels: Int32Array; pixels: Uint8Array } {
  const content = readPart(join(folder, file.name), from * RECORD_BYTES, to * RECORD_BYTES);
  const labels = new Int32Array(to - from);
  const pixels = new Uint8Array(labels.length * IMAGE_BYTES);
  for (let i = 0; i < labels.length; i++) {
    const at = i * RECORD_BYTES;
    labels[i] = content[at + FINE] as number; // whole records were read
    interleave(content.subarray(at + 2, at + RECORD_BYTES), pixels, i * IMAGE_BYTES);
  }
  return { labels, pixels };
}

function readPart(path: string, from: number, to: number): Uint8Array {
  const content = new Uint8Array(to - from);
  const file = openSync(path, 'r');
  try {
    let read = 0;
    while (read < content.length) {
      const more = readSync(file, content, read, content.length - read, from + read);
      if (more === 0) throw corrupt(`${path} ends after ${from + read} bytes, expected ${to}`);
      read += more;
    }
  } finally {
    closeSync(file);
  }
  return content;
}

/** Colour planes to pixels of red, green, blue. */
function interleave(planes: Uint8Array, into: Uint8Array, offset: number): void {
  for (let p = 0, at = offset; p < PLANE; p++, at += CHANNELS) {
    into[at] = planes[p] as number;
    into[at + 1] = planes[p + PLANE] as number;
    into[at + 2] = planes[p + 2 * PLANE] as number;
  }
}
