import { ArcherError, type ChoiceSpaceSpec, type CostModel, EXIT } from '@archer-nas/core';

/** Channels of the five layers, first to last. */
export type Sizes = readonly number[];

/** Layers whose channels are chosen. */
export const LAYERS = 5;
/** Layers 2 and 4 halve the image. */
export const REDUCTIONS: ReadonlySet<number> = new Set([1, 3]);
const STEP = 8;
const WIDTHS = 8;

/** The channels that a layer can have: 8, 16, …, 64. */
export const CHANNELS: readonly number[] = Array.from(
  { length: WIDTHS },
  (_, choice) => STEP * (choice + 1),
);

/** How many there are: 8⁵. */
export const ARCHITECTURES = WIDTHS ** LAYERS;

/** The benchmark's notation: `8:16:24:32:40`. */
export function formatSizes(sizes: Sizes): string {
  return sizes.join(':');
}

/** Inverse of {@link formatSizes}. @throws ArcherError naming the layer */
export function parseSizes(text: string): Sizes {
  const parts = text.trim().split(':');
  const sizes = parts.map((part) => (/^\d{1,2}$/.test(part) ? Number(part) : Number.NaN));
  const at = sizes.findIndex((size) => !CHANNELS.includes(size));
  if (parts.length === LAYERS && at < 0) return sizes;
  const problem =
    parts.length === LAYERS
      ? `layer ${at + 1} is "${parts[at]}"`
      : `it has ${parts.length} of ${LAYERS} layers`;
  throw new ArcherError(
    'ARCHER_NATS_SIZE',
    `"${text.slice(0, 80)}" is no architecture of the NATS-Bench size space: ${problem}.`,
    {
      hint: `Five numbers of channels from ${CHANNELS.join(', ')}: 8:16:24:32:40.`,
      exit: EXIT.usage,
    },
  );
}

/** The official index: five octal digits, the first layer's first. */
export function officialIndex(sizes: Sizes): number {
  return sizes.reduce((index, size) => index * WIDTHS + size / STEP - 1, 0);
}

/** Inverse of {@link officialIndex}, for integers in [0, 32768). */
export function byIndex(index: number): Sizes {
  const digits = Array.from({ length: LAYERS }, (_, layer) => {
    const place = WIDTHS ** (LAYERS - 1 - layer);
    return Math.floor(index / place) % WIDTHS;
  });
  return digits.map((digit) => CHANNELS[digit] as number); // digits are below 8
}

/** The space's decisions and notation; every combination is an architecture of its own. */
export function sizeSpec(costs: CostModel<Sizes>): ChoiceSpaceSpec<Sizes> {
  return {
    name: 'nats-size',
    decisions: Array.from({ length: LAYERS }, (_, layer) => ({
      name: `layer${layer + 1}`,
      kind: 'categorical' as const,
      options: CHANNELS.map(String),
    })),
    encode: (sizes) => sizes.map((size) => size / STEP - 1),
    decode: (choices) => choices.map((choice) => STEP * (choice + 1)),
    format: formatSizes,
    parse: parseSizes,
    canonical: formatSizes,
    costs,
  };
}
