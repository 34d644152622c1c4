import type { CostModel } from '@archer-nas/core';

import { BLOCKS, type Chain, STAGES } from './chain.ts';

const STEM_CHANNELS = 32;
const STAGE_CHANNELS = [64, 128, 256] as const;
const HEAD_CHANNELS = 1280;
const IMAGE = 32;
const CLASSES = 10;

/** Trainable values, and multiply-adds of one CIFAR-10 image. */
interface Cost {
  readonly params: number;
  readonly macs: number;
}

/** A layer's place: channels in and out, and sides of the image before and after. */
interface Place {
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly after: number;
}

/** A convolution without bias and its batch norm. */
function convNorm(kernel: number, from: number, to: number, side: number, groups = 1): Cost {
  const weights = (kernel ** 2 * from * to) / groups;
  return { params: weights + 2 * to, macs: weights * side ** 2 };
}

function sum(...costs: readonly Cost[]): Cost {
  return costs.reduce((a, b) => ({ params: a.params + b.params, macs: a.macs + b.macs }));
}

const NOTHING: Cost = { params: 0, macs: 0 };

/** The layers' places: the first of a stage halves the image and widens it. */
const PLACES: readonly Place[] = STAGES.flatMap((layers, stage) => {
  const to = STAGE_CHANNELS[stage] ?? 0;
  const after = IMAGE / 2 ** (stage + 1);
  const wider = { from: STAGE_CHANNELS[stage - 1] ?? STEM_CHANNELS, to, before: 2 * after, after };
  const same = { from: to, to, before: after, after };
  return Array.from({ length: layers }, (_, at) => (at === 0 ? wider : same));
});

/** One layer: identity (a 1×1 convolution where shapes change), or expand, depthwise, project. */
function layerCost(block: (typeof BLOCKS)[number], { from, to, before, after }: Place): Cost {
  if (!('kernel' in block)) return from === to ? NOTHING : convNorm(1, from, to, after);
  const wide = block.expansion * from;
  return sum(
    convNorm(1, from, wide, before),
    convNorm(block.kernel, wide, wide, after, wide),
    convNorm(1, wide, to, after),
  );
}

/** Stem, head convolution and classifier; the classifier's biases are parameters. */
function fixedCost(): Cost {
  const last = STAGE_CHANNELS[2];
  return sum(convNorm(3, 3, STEM_CHANNELS, IMAGE), convNorm(1, last, HEAD_CHANNELS, IMAGE / 8), {
    params: (HEAD_CHANNELS + 1) * CLASSES,
    macs: HEAD_CHANNELS * CLASSES,
  });
}

const FIXED = fixedCost();
const LAYER_COSTS: readonly (readonly Cost[])[] = PLACES.map((place) =>
  BLOCKS.map((block) => layerCost(block, place)),
);

/** Parameters and multiply-adds on CIFAR-10: sums over layers, equal to the table's. */
export const COSTS: CostModel<Chain> = {
  names: ['params', 'macs'],
  of: (chain) => {
    const layers = chain.map((digit, layer) => LAYER_COSTS[layer]?.[digit] ?? NOTHING);
    return { ...sum(FIXED, ...layers) };
  },
  additive: { params: additive('params'), macs: additive('macs') },
};

function additive(name: keyof Cost) {
  return {
    base: FIXED[name],
    perChoice: LAYER_COSTS.map((options) => options.map((cost) => cost[name])),
  };
}
