import type { Options } from './variants.ts';

/** The search for recurrent cells of the paper, section 3.1 and appendix; Penn Treebank. */
const paper: Options = {
  epochs: 150,
  ...{ lr: 20, lrDecay: 0.96, lrDecayFrom: 15, weightDecay: 1e-7, clip: 0.25 },
  policy: { kind: 'lstm', units: 100, bound: 0.1, temperature: 5, tanh: 2.5 },
  learning: {
    lr: 3.5e-4,
    baseline: { decay: 0.95, start: 'first' },
    entropy: { weight: 1e-4, form: 'reward' },
  },
  reward: { c: 80 },
  rewards: { rounds: 2000, paths: 1 },
};

/** The authors' corrected code, `enas_lm` of google-research. */
const corrected: Options = {
  epochs: 600,
  ...{ lr: 20, weightDecay: 8e-7, clip: 0.1 },
  policy: { kind: 'lstm', units: 64, bound: 0.01, temperature: 5, tanh: 2.25, distance: true },
  learning: {
    lr: 5e-5,
    baseline: { decay: 0.999, start: 'zero' },
    entropy: { weight: 1e-5, form: 'sampled' },
  },
  reward: { c: 80 },
  rewards: { rounds: 25, paths: 10 },
};

/** What a variant groups; each value can be set on its own as well. */
export const LANGUAGE_VARIANTS = { paper, corrected } as const;
