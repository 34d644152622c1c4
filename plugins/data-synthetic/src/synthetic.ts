import { createHash } from 'node:crypto';
import type { DataSet, DataSplit, SplitName, Stream, Streams } from '@archer-nas/core';
import { memorySplit, noSuchSplit } from '@archer-nas/core';

/** What the images are made from; the sizes of the splits are in images. */
export interface SyntheticOptions {
  readonly classes: number;
  /** Height and width in pixels. */
  readonly size: number;
  readonly channels: number;
  readonly train: number;
  readonly valid: number;
  readonly test: number;
  /** Standard deviation of the pixel noise; 1 is the full range of a byte. */
  readonly noise: number;
  readonly batch: number;
}

const SPLITS = ['train', 'valid', 'test'] as const satisfies readonly SplitName[];

/** Blocks per side of a class pattern: large enough to survive a stride of two. */
const PATTERN_BLOCKS = 4;

/** Patterns keep away from black and white, so that little noise is clipped. */
const PATTERN_LOW = 48;
const PATTERN_HIGH = 208;

/**
 * A data set whose classes are coloured block patterns and whose images are their class's
 * pattern with independent normal noise. Image i has class i mod classes. Everything is
 * drawn from `streams`, so that equal options and streams give equal bytes.
 */
export function synthetic(options: SyntheticOptions, streams: Streams): DataSet {
  const { classes, size, channels, noise, batch } = options;
  const patterns = Array.from({ length: classes }, (_, label) =>
    drawPattern(size, channels, streams.stream('pattern', label)),
  );
  const splits = new Map<SplitName, DataSplit>();
  const hash = createHash('sha256').update(`${classes} ${size} ${channels}`);
  let train = new Uint8Array();
  for (const name of SPLITS) {
    const labels = Int32Array.from({ length: options[name] }, (_, i) => i % classes);
    const pixels = drawImages(patterns, labels, 255 * noise, streams.stream(name));
    hash.update(` ${name} ${labels.length} `).update(pixels);
    splits.set(name, memorySplit(name, labels, pixels));
    if (name === 'train') train = pixels;
  }
  return {
    name: 'synthetic',
    batch,
    classes,
    image: { height: size, width: size, channels },
    ...moments(train, channels),
    augmentation: { cropPadding: 0, flip: false },
    hash: hash.digest('hex'),
    description:
      `synthetic: ${classes} classes of ${size}x${size}x${channels} patterns with noise ${noise}; ` +
      `${SPLITS.map((name) => `${options[name]} ${name}`).join(', ')} images`,
    splits: SPLITS,
    open(name) {
      const split = splits.get(name);
      if (split === undefined) throw noSuchSplit(this, name);
      return split;
    },
  };
}

/** One class's noiseless image: blocks of independent uniform colours. */
function drawPattern(size: number, channels: number, stream: Stream): Float32Array {
  const blocks = Float32Array.from(
    { length: PATTERN_BLOCKS ** 2 * channels },
    () => PATTERN_LOW + (PATTERN_HIGH - PATTERN_LOW) * stream.float(),
  );
  const block = (at: number): number => Math.floor((at * PATTERN_BLOCKS) / size);
  return Float32Array.from({ length: size * size * channels }, (_, i) => {
    const [y, x] = [Math.floor(i / (size * channels)), Math.floor(i / channels) % size];
    const at = (block(y) * PATTERN_BLOCKS + block(x)) * channels + (i % channels);
    return blocks[at] as number; // block() < PATTERN_BLOCKS
  });
}

/** The patterns of `labels` with normal noise of `std` grey levels, rounded and clipped. */
function drawImages(
  patterns: readonly Float32Array[],
  labels: Int32Array,
  std: number,
  stream: Stream,
): Uint8Array<ArrayBuffer> {
  const length = patterns[0]?.length ?? 0;
  const pixels = new Uint8ClampedArray(labels.length * length); // rounds and clips
  labels.forEach((label, image) => {
    const pattern = patterns[label] as Float32Array; // label < classes
    for (let i = 0; i < length; i++) {
      pixels[image * length + i] = (pattern[i] as number) + std * stream.normal();
    }
  });
  return new Uint8Array(pixels.buffer);
}

/** Mean and standard deviation per channel, of pixels scaled to [0, 1]. */
function moments(pixels: Uint8Array, channels: number): { mean: number[]; std: number[] } {
  const n = pixels.length / channels;
  const sum = new Float64Array(channels);
  const squares = new Float64Array(channels);
  pixels.forEach((byte, i) => {
    const c = i % channels;
    sum[c] = (sum[c] as number) + byte / 255;
    squares[c] = (squares[c] as number) + (byte / 255) ** 2;
  });
  const mean = Array.from(sum, (s) => s / n);
  const std = mean.map((m, c) => Math.sqrt(Math.max((squares[c] as number) / n - m * m, 0)));
  // A constant channel cannot be scaled; one keeps the division harmless.
  return { mean, std: std.map((s) => (s > 0 ? s : 1)) };
}
