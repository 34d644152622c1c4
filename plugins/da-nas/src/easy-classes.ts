import { ArcherError, mean, type OrderRecipe, type Stream, stageStart } from '@archer-nas/core';
import type { DataOptions } from './options.ts';

interface Saved {
  /** ‖softmax(z) − onehot(y)‖₂ of each image, when it was last seen. */
  readonly score: Float64Array;
  /** Classes, the easiest first; null: not known yet. */
  readonly rank: readonly number[] | null;
}

/** Share of the epochs before the first pruning: phases are equally long. */
export const warmUpOf = (stages: number): number => 1 / (stages + 1);

/**
 * DA-NAS's data: phase k trains on the c_k easiest classes, the last one on all. Easy is a class whose
 * images the supernet classifies well on average. An epoch has as many images as ever: those of a
 * subset come again and again.
 */
export function easyClasses({ shares, ranking }: DataOptions): OrderRecipe {
  const stages = shares.length - 1;
  const phaseOf = (epoch: number, epochs: number): number => {
    const training = { epochs, stages, warmUp: warmUpOf(stages) };
    return shares.slice(1).filter((_, stage) => stageStart(stage, training) <= epoch).length;
  };
  return {
    needsScores: true,
    begin(size, saved, samples) {
      if (samples === undefined) {
        throw new ArcherError('ARCHER_CAPABILITY', 'Easy classes need labels; there are none.');
      }
      const { labels, classes: C } = samples;
      const before = saved as unknown as Saved | undefined;
      const score = before?.score.slice() ?? new Float64Array(size);
      let rank = before?.rank ?? null;
      return {
        next({ done, total }, stream) {
          const share = rank === null ? 1 : (shares[phaseOf(done, total)] ?? 1);
          const c = Math.max(1, Math.round(share * C));
          const chosen = new Set(rank?.slice(0, c) ?? labels);
          const images = [...labels.keys()].filter((image) => chosen.has(labels[image] ?? -1));
          return { index: again(images, size, stream) };
        },
        observe(index, scores) {
          if (rank !== null) return;
          for (const [at, image] of index.entries()) score[image] = scores[at] ?? 0;
        },
        advance({ done }) {
          if (rank !== null || done < ranking) return {};
          const means = Array.from({ length: C }, (_, y) =>
            meanScore(score.filter((_, i) => labels[i] === y)),
          );
          rank = [...means.keys()].sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0));
          return { notes: [`Classes from easy to hard: ${rank.join(', ')}.`] };
        },
        get state() {
          return { score: score.slice(), rank };
        },
      };
    },
  };
}

/** Above any score where there is none. */
function meanScore(scores: Float64Array): number {
  const value = mean(scores);
  return Number.isNaN(value) ? 2 : value;
}

/** `size` of the images: each as often as any other, or once more, in random order. */
function again(images: readonly number[], size: number, stream: Stream): Int32Array {
  const rounds = Math.ceil(size / images.length);
  const index = Array.from({ length: rounds }, () => stream.shuffle([...images])).flat();
  return Int32Array.from(index.slice(0, size));
}
