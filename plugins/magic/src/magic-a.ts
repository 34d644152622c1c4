import { ArcherError, EXIT, isTextData, mean } from '@archer-nas/core';
import {
  type Alignment,
  alignedModel,
  batchReader,
  type GradientContext,
  type GradientRecipe,
  hitsOver,
  lossAndGradients,
  type Network,
  type Path,
  pathGates,
} from '@archer-nas/nn';

/** The alignment. */
export interface AlignmentOptions {
  /** λ: the loss is that of the task and λ times the distance from the anchor. */
  readonly lambda: number;
  readonly distance: Alignment['distance'];
  /** Of the valid split, from its beginning, that anchors are compared on. */
  readonly images: number;
}

interface Saved {
  /** None in the first epoch. */
  readonly anchor: Path | null;
  /** The path with the least loss in a step of the epoch in progress. */
  readonly candidate: { readonly path: Path; readonly loss: number } | null;
}

/**
 * MAGIC-A: child models interfere less on what they share when its inputs and outputs are alike. So
 * the outputs of a path's blocks are drawn to those of an anchor, a well-performing child. At the end
 * of an epoch its best child becomes the anchor if it beats the anchor on valid images.
 */
export function magicA({ lambda, distance, images }: AlignmentOptions): GradientRecipe {
  return {
    begin: (context, state) => {
      const network = imageNetwork(context);
      const saved = state as unknown as Saved | undefined;
      let { anchor, candidate } = saved ?? { anchor: null, candidate: null };
      return {
        of(path, batch, options) {
          const alignment = anchor && { anchor, factor: lambda, distance };
          const model = alignment ? alignedModel(network, alignment) : network;
          const pass = lossAndGradients(model, context.store, pathGates(path), batch, options);
          const loss = mean(pass.perSample.dataSync());
          if (candidate === null || loss < candidate.loss) candidate = { path, loss };
          return pass;
        },
        advance() {
          const best = candidate?.path ?? anchor;
          candidate = null;
          if (best === null) return {};
          const accuracy = accuracyOf(best, context, images);
          const before = anchor === null ? -1 : accuracyOf(anchor, context, images);
          if (accuracy > before) anchor = best;
          return { metrics: { 'anchor-accuracy': Math.max(accuracy, before) } };
        },
        get state() {
          return { anchor, candidate } as never;
        },
      };
    },
  };
}

/** In percent, on the first `images` of the valid split, with their own statistics. */
function accuracyOf(path: Path, context: GradientContext, images: number): number {
  const { store, data } = context;
  if (isTextData(data)) return Number.NaN; // refused before
  const reader = batchReader(data, data.open('valid'));
  const size = Math.min(images, reader.size);
  const batch = reader.plain(Int32Array.from({ length: size }, (_, at) => at));
  try {
    const forward = { parameters: store, batchNorm: 'batch' } as const;
    const { hits } = hitsOver(imageNetwork(context), pathGates(path), forward, [batch]);
    return (100 * hits) / size;
  } finally {
    batch.dispose();
  }
}

function imageNetwork({ network, data }: GradientContext): Network {
  if (!isTextData(data) && 'forward' in network && data.splits.includes('valid')) return network;
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    'Anchors of MAGIC-A are compared on valid images, of which there are none.',
    { hint: 'Hold images out (split: halves), or remove align.', exit: EXIT.manifest },
  );
}
