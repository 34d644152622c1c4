import { ArcherError, EXIT } from '@archer-nas/core';

import { inverted, SKIP } from './candidates.ts';

/** What surrounds the layers that are searched, how wide they are, and what they can be. */
export interface Skeleton {
  /** Channels of the first convolution, and of the fixed separable one behind it. */
  readonly stem: number;
  readonly first: number;
  /** By stage: channels, layers, and the stride of the first layer; strides begin with the stem's. */
  readonly channels: readonly number[];
  readonly repeats: readonly number[];
  readonly strides: readonly (1 | 2)[];
  /** Channels in front of the classifier; `width` only makes them more. */
  readonly head: number;
  /** Names of candidates; `skip` counts in layers that keep the size. */
  readonly candidates: readonly string[];
  /** Of batch norms. */
  readonly eps: number;
}

const MOBILE = { stem: 32, first: 16, repeats: [4, 4, 4, 4, 4, 1], head: 1280 } as const;
const STRIDES = [2, 2, 2, 2, 1, 2, 1] as const;

/** MobileNetV2's macro structure as ProxylessNAS searches it. */
const PROXYLESS = {
  ...MOBILE,
  channels: [24, 40, 80, 96, 192, 320],
  strides: STRIDES,
  eps: 1e-3,
} as const;

/** PC-NAS: which nine, and which nineteen, is not known; its macro structure neither. */
const NINE = inverted(1, 3, 6);
const TEN_MORE = [
  ...['conv_k1', 'conv_k3', 'conv_k5', 'conv_k7'],
  ...['bottleneck_k3', 'bottleneck_k5', 'bottleneck_k7'],
  ...['sep_k3', 'sep_k5', 'sep_k7'],
];

/** By the name that a manifest gives. */
export const SKELETONS = {
  proxylessnas: { ...PROXYLESS, candidates: [...inverted(3, 6), SKIP] },
  fairnas: {
    ...{ ...MOBILE, strides: STRIDES, eps: 1e-5 },
    channels: [32, 40, 80, 96, 192, 320],
    repeats: [2, 4, 4, 4, 4, 1],
    candidates: inverted(3, 6),
  },
  'pc-nas-small': { ...PROXYLESS, candidates: NINE },
  'pc-nas-large': { ...PROXYLESS, candidates: [...NINE, ...TEN_MORE] },
} as const satisfies Readonly<Record<string, Skeleton>>;

/** Where a searched layer stands. */
export interface Place {
  /** `layer3`; its parameters start with it. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
  /** Of its square input. */
  readonly side: number;
}

/** A skeleton with its channels multiplied, and where its layers stand. */
export interface Plan {
  readonly stem: number;
  readonly first: number;
  readonly head: number;
  readonly places: readonly Place[];
  /** Of what the last layer gives. */
  readonly side: number;
}

/** @throws ArcherError when the lists of a skeleton do not fit each other */
export function planOf(skeleton: Skeleton, width: number, image: number): Plan {
  const { channels, repeats, strides } = skeleton;
  checkStages(skeleton);
  const [stem, first] = [divisible(skeleton.stem * width), divisible(skeleton.first * width)];
  const places: Place[] = [];
  let side = halved(image, strides[0] ?? 1);
  let inputs = first;
  for (const [stage, wanted] of channels.entries()) {
    const outputs = divisible(wanted * width);
    for (let i = 0; i < (repeats[stage] ?? 0); i++) {
      const stride = i === 0 ? (strides[stage + 1] ?? 1) : 1;
      places.push({ name: `layer${places.length}`, inputs, outputs, stride, side });
      side = halved(side, stride);
      inputs = outputs;
    }
  }
  const head = width > 1 ? divisible(skeleton.head * width) : skeleton.head;
  return { stem, first, head, places, side };
}

/** The nearest multiple of 8 that takes away less than a tenth, as in the released networks. */
export function divisible(channels: number): number {
  const nearest = Math.max(8, 8 * Math.floor(channels / 8 + 0.5));
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}

/** Whether a layer keeps the size of its input, so that it has a shortcut and may be skipped. */
export function keepsSize({ inputs, outputs, stride }: Place): boolean {
  return stride === 1 && inputs === outputs;
}

function halved(side: number, stride: 1 | 2): number {
  return Math.ceil(side / stride);
}

function checkStages({ channels, repeats, strides }: Skeleton): void {
  if (repeats.length === channels.length && strides.length === channels.length + 1) return;
  throw new ArcherError(
    'ARCHER_MOBILE_STAGES',
    `There are channels for ${channels.length} stages, repeats for ${repeats.length} and ` +
      `${strides.length} strides.`,
    {
      hint: 'Give as many repeats as channels, and one stride more: that of the first convolution.',
      exit: EXIT.manifest,
    },
  );
}
