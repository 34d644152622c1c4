import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import {
  CLASSES,
  COARSE_CLASSES,
  corrupt,
  type DataFile,
  type Layout,
  missing,
  RECORD_BYTES,
} from './layout.ts';

/** SHA-256 of the content, by the name of the file. */
export type Sums = ReadonlyMap<string, string>;

/**
 * Checks what can be known of the official files: their size, that every class has as many images
 * as the others, and that every fine class belongs to one coarse class of five. The authors publish
 * a sum of the archive alone, so that pixels are not checked; the sums tell two folders apart.
 *
 * @throws ArcherError `ARCHER_DATA_MISSING` or `ARCHER_DATA_CORRUPT`, naming the first bad file
 */
export async function checkFolder(folder: string, { train, test }: Layout): Promise<Sums> {
  const sums = new Map<string, string>();
  for (const file of [train, test]) sums.set(file.name, await checked(folder, file));
  return sums;
}

async function checked(folder: string, { name, records }: DataFile): Promise<string> {
  const path = join(folder, name);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw missing(path);
  const expected = records * RECORD_BYTES;
  if (found.size !== expected) {
    throw corrupt(`${path} has ${found.size} bytes, expected ${expected}`);
  }
  const hash = createHash('sha256');
  const labels = new LabelCounts();
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Uint8Array);
    labels.add(chunk as Uint8Array);
  }
  const problem = labels.problem(records);
  if (problem !== undefined) throw corrupt(`${path}: ${problem}`);
  return hash.digest('hex');
}

/** Counts the labels of records that come in chunks of any size but 0. */
export class LabelCounts {
  readonly #images = new Uint32Array(CLASSES * COARSE_CLASSES);
  #at = 0;
  #coarse = 0;
  #outside = false;

  /** The bytes that follow those before. */
  add(chunk: Uint8Array): void {
    let i = (RECORD_BYTES - (this.#at % RECORD_BYTES)) % RECORD_BYTES;
    // A chunk may begin between the two labels of a record.
    if (this.#at % RECORD_BYTES === 1) this.#count(chunk[0] as number);
    for (; i < chunk.length; i += RECORD_BYTES) {
      this.#coarse = chunk[i] as number; // i < length
      if (i + 1 < chunk.length) this.#count(chunk[i + 1] as number);
    }
    this.#at += chunk.length;
  }

  /** What is wrong with so many records; `undefined`: nothing. */
  problem(records: number): string | undefined {
    if (this.#outside) return `a label is not below ${CLASSES}, or ${COARSE_CLASSES}`;
    const coarse = new Uint32Array(COARSE_CLASSES);
    for (let fine = 0; fine < CLASSES; fine++) {
      const row = this.#images.subarray(fine * COARSE_CLASSES, (fine + 1) * COARSE_CLASSES);
      const home = row.indexOf(records / CLASSES);
      const total = row.reduce((a, b) => a + b, 0);
      if (home < 0 || total !== records / CLASSES) {
        return `class ${fine} has ${total} images, expected ${records / CLASSES} of one coarse class`;
      }
      coarse[home] = (coarse[home] ?? 0) + 1;
    }
    const wrong = coarse.findIndex((classes) => classes !== CLASSES / COARSE_CLASSES);
    if (wrong < 0) return undefined;
    return `coarse class ${wrong} has ${coarse[wrong]} classes, expected ${CLASSES / COARSE_CLASSES}`;
  }

  #count(fine: number): void {
    if (fine >= CLASSES || this.#coarse >= COARSE_CLASSES) this.#outside = true;
    const at = fine * COARSE_CLASSES + this.#coarse;
    this.#images[at] = (this.#images[at] ?? 0) + 1;
  }
}
