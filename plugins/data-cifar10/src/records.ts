import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corrupt } from './data-errors.ts';
import type { BinaryFile } from './layout.ts';
import { binName, CHANNELS, IMAGE_BYTES, PLANE, RECORD_BYTES } from './layout.ts';

/** Files that count their records on from one to the next. */
export interface RecordFiles {
  readonly files: readonly BinaryFile[];
  /** Records per file. */
  readonly records: number;
}

/**
 * Reads records by number, in ascending order, and turns their planes into NHWC pixels. One
 * file is in memory at a time, and only files that are needed are read.
 *
 * @throws ArcherError `ARCHER_DATA_CORRUPT` when a file was cut since it was checked
 */
export function readRecords(
  folder: string,
  { files, records }: RecordFiles,
  index: Int32Array,
): { labels: Int32Array; pixels: Uint8Array } {
  const labels = new Int32Array(index.length);
  const pixels = new Uint8Array(index.length * IMAGE_BYTES);
  let current = -1;
  let content: Uint8Array = new Uint8Array();
  index.forEach((record, i) => {
    const file = Math.floor(record / records);
    if (file !== current) {
      content = readWhole(folder, files[file] as BinaryFile, records); // record < files × records
      current = file;
    }
    const at = (record % records) * RECORD_BYTES;
    labels[i] = content[at] as number;
    interleave(content.subarray(at + 1, at + RECORD_BYTES), pixels, i * IMAGE_BYTES);
  });
  return { labels, pixels };
}

function readWhole(folder: string, file: BinaryFile, records: number): Uint8Array {
  const path = join(folder, binName(file));
  const content = readFileSync(path);
  const bytes = records * RECORD_BYTES;
  if (content.length === bytes) return content;
  throw corrupt(`${path} has ${content.length} bytes, expected ${bytes}`);
}

/** Colour planes to pixels of red, green, blue. */
function interleave(planes: Uint8Array, into: Uint8Array, offset: number): void {
  for (let p = 0, at = offset; p < PLANE; p++, at += CHANNELS) {
    into[at] = planes[p] as number;
    into[at + 1] = planes[p + PLANE] as number;
    into[at + 2] = planes[p + 2 * PLANE] as number;
  }
}
