import type { LearningOptions } from './options.ts';

/** The moving average of rewards; a plain value that a checkpoint holds. */
export interface Baseline {
  readonly average: number;
  /** Rewards that it has seen. */
  readonly seen: number;
}

/** No reward so far. */
export const NO_REWARDS: Baseline = { average: 0, seen: 0 };

/**
 * The baseline after a reward, b ← b − (1 − d)(b − R), and the reward's advantage R − b.
 * Of `corrected` the average begins at 0 and is divided by 1 − dᵗ.
 */
export function advantageOf(
  old: Baseline,
  reward: number,
  { decay: d, start, order }: LearningOptions['baseline'],
): { readonly baseline: Baseline; readonly b: number; readonly advantage: number } {
  const isFirst = old.seen === 0 && start === 'first';
  const average = isFirst ? reward : old.average - (1 - d) * (old.average - reward);
  const baseline = { average, seen: old.seen + 1 };
  const used = order === 'update-then-use' ? baseline : old;
  // Nothing to subtract before the first reward.
  const isCorrected = start === 'corrected' && used.seen > 0;
  const b = isCorrected ? used.average / (1 - d ** used.seen) : used.average;
  return { baseline, b, advantage: reward - b };
}
