import { createHash, type Hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DataSet, DataSplit, SplitName, Streams } from '@archer-nas/core';
import { memorySplit, noSuchSplit } from '@archer-nas/core';
import { decode } from './decode.ts';
import { folderError } from './folder-error.ts';
import { holdOut } from './hold-out.ts';
import { resize } from './resize.ts';
import { type Found, type ImageFile, scan } from './scan.ts';

/** How a folder of images becomes a data set. */
export interface ImageFolderOptions {
  /** Absolute. */
  readonly folder: string;
  /** Height and width that every image is scaled to. */
  readonly size: number;
  readonly batch: number;
  /** Of every class of train, where there is no `valid` folder; 0: no valid split. */
  readonly validFraction: number;
  readonly cropPadding: number;
  readonly flip: boolean;
  /** Upper bound of what all decoded images may take. */
  readonly memoryMB: number;
}

const CHANNELS = 3;
const REPORT_EVERY_IMAGES = 500;

/**
 * Reads, decodes and scales every image, one at a time, and keeps the results in memory:
 * 3 × size² bytes each. A broken image is so found before anything is trained.
 *
 * @throws ArcherError `ARCHER_DATA_MISSING`, `_LAYOUT`, `_OUTSIDE`, `_CORRUPT` or `_TOO_LARGE`
 */
export async function imageFolder(
  options: ImageFolderOptions,
  streams: Streams,
  log: (line: string) => void,
): Promise<DataSet> {
  const { folder, size, batch, cropPadding, flip } = options;
  const found = await scan(folder);
  const files = divide(found, options, streams);
  checkMemory(files, options);
  const hash = createHash('sha256').update(`image-folder 1 ${size} ${found.classes.join('/')}`);
  const splits = new Map<SplitName, DataSplit>();
  let moments = { mean: [0, 0, 0], std: [1, 1, 1] };
  for (const [name, images] of files) {
    const pixels = await load(images, size, hash.update(`\n${name}`), log);
    if (name === 'train') moments = momentsOf(pixels);
    splits.set(
      name,
      memorySplit(
        name,
        Int32Array.from(images, ({ label }) => label),
        pixels,
      ),
    );
  }
  const names = [...splits.keys()];
  return {
    name: 'image-folder',
    batch,
    classes: found.classes.length,
    image: { height: size, width: size, channels: CHANNELS },
    ...moments,
    augmentation: { cropPadding, flip },
    hash: hash.digest('hex'),
    description: describe(found, files, options),
    splits: names,
    open(name) {
      const split = splits.get(name);
      if (split === undefined) throw noSuchSplit({ name: 'image-folder', splits: names }, name);
      return split;
    },
  };
}

type Files = ReadonlyMap<SplitName, readonly ImageFile[]>;

/** The splits in the order train, valid, test, with valid held out where there is none. */
function divide(found: Found, { validFraction }: ImageFolderOptions, streams: Streams): Files {
  const all = found.files.get('train') ?? [];
  if (found.files.has('valid') || validFraction === 0) return found.files;
  const { train, valid } = holdOut(all, validFraction, found.classes, streams);
  if (valid.length === 0) {
    throw folderError(
      'LAYOUT',
      `holding out ${validFraction} of ${all.length} images leaves none for valid`,
      'raise data.validFraction, or set it to 0 for no valid split',
    );
  }
  const test = found.files.get('test');
  return new Map<SplitName, readonly ImageFile[]>([
    ['train', train],
    ['valid', valid],
    ...(test === undefined ? [] : [['test', test] as const]),
  ]);
}

function checkMemory(files: Files, { size, memoryMB }: ImageFolderOptions): void {
  const images = [...files.values()].reduce((sum, list) => sum + list.length, 0);
  const needMB = Math.ceil((images * size * size * CHANNELS) / 1e6);
  if (needMB <= memoryMB) return;
  throw folderError(
    'TOO_LARGE',
    `${images} images of ${size} x ${size} take ${needMB} MB, data.memoryMB allows ${memoryMB}`,
    'lower data.size, or raise data.memoryMB if the machine has that much to spare',
  );
}

async function load(
  images: readonly ImageFile[],
  size: number,
  hash: Hash,
  log: (line: string) => void,
): Promise<Uint8Array> {
  const pixels = new Uint8Array(images.length * size * size * CHANNELS);
  for (const [i, { path, label }] of images.entries()) {
    const bytes = await readFile(path);
    hash.update(`\n${label} ${basename(path)} ${bytes.length}\n`).update(bytes);
    pixels.set(resize(decode(bytes, path), size), i * size * size * CHANNELS);
    if ((i + 1) % REPORT_EVERY_IMAGES === 0) log(`images: ${i + 1} of ${images.length} decoded`);
  }
  return pixels;
}

/** Mean and standard deviation per channel, of pixels scaled to [0, 1]. */
function momentsOf(pixels: Uint8Array): { mean: number[]; std: number[] } {
  const n = pixels.length / CHANNELS;
  const channels = Array.from({ length: CHANNELS }, (_, channel) => {
    let [sum, squares] = [0, 0];
    for (let i = channel; i < pixels.length; i += CHANNELS) {
      const byte = pixels[i] as number;
      sum += byte;
      squares += byte * byte; // exact in a double below 2^53 / 255^2 pixels
    }
    const mean = sum / n;
    return { mean: mean / 255, std: Math.sqrt(Math.max(squares / n - mean * mean, 0)) / 255 };
  });
  // A constant channel cannot be scaled; one keeps the division harmless.
  return { mean: channels.map((c) => c.mean), std: channels.map((c) => (c.std > 0 ? c.std : 1)) };
}

function describe(found: Found, files: Files, options: ImageFolderOptions): string {
  const sizes = [...files].map(([name, images]) => `${images.length} ${name}`).join(', ');
  const held =
    files.has('valid') && !found.files.has('valid')
      ? `; valid is ${options.validFraction} of every class of train`
      : '';
  const ignored = found.ignored > 0 ? `; ${found.ignored} other files or folders ignored` : '';
  return (
    `images of ${basename(options.folder)}: ${found.classes.length} classes, ` +
    `${options.size} x ${options.size}; ${sizes} images${held}${ignored}`
  );
}
