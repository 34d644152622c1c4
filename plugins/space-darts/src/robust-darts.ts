import { type Candidates, everywhere, type Operations } from './candidates.ts';

/** The spaces of Zela et al. (RobustDARTS, ICLR 2020) in which DARTS goes wrong. */
export const SETS = ['s1', 's2', 's3', 's4'] as const;

export type RobustSet = (typeof SETS)[number];

const [max, avg, skip] = ['max_pool_3x3', 'avg_pool_3x3', 'skip_connect'] as const;
const [sep3, dil3, dil5] = ['sep_conv_3x3', 'dil_conv_3x3', 'dil_conv_5x5'] as const;

/** S1: two operations per edge, those that an earlier search found best; edge by edge. */
const S1: Operations = {
  normal: [
    [skip, dil3], // 0→2
    [skip, dil5],
    [skip, dil5], // 0→3
    [skip, sep3],
    [skip, dil3],
    [max, skip], // 0→4
    [skip, sep3],
    [skip, sep3],
    [skip, dil3],
    [skip, sep3], // 0→5
    [max, skip],
    [skip, dil3],
    [dil3, dil5],
    [dil3, dil5],
  ],
  reduce: [
    [max, avg], // 0→2
    [max, dil3],
    [max, avg], // 0→3
    [max, avg],
    [skip, dil5],
    [max, avg], // 0→4
    [max, sep3],
    [skip, dil3],
    [skip, dil5],
    [max, avg], // 0→5
    [max, avg],
    [skip, dil5],
    [skip, dil5],
    [skip, dil5],
  ],
};

/** What a genotype of a set can hold, per type of cell and edge. */
export function operationsOf(set: RobustSet): Operations {
  if (set === 's1') return S1;
  return everywhere(set === 's4' ? ['noise', sep3] : [skip, sep3]);
}

/** What the supernet of a set mixes: in S3 `none` too, which is never derived. */
export function candidatesOf(set: RobustSet): Candidates {
  return set === 's3' ? everywhere(['none', skip, sep3]) : operationsOf(set);
}
