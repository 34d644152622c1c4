/** Options by name, nested. */
export type Options = { readonly [name: string]: unknown };

/** The controller of the paper, section 2 and appendices. */
const paper: Options = {
  epochs: 310,
  ...{ lr: 0.05, minLr: 0.001, restarts: { first: 10, factor: 2 }, nesterov: true },
  ...{ weightDecay: 1e-4, clip: null, unsampled: 'freeze' },
  policy: { kind: 'lstm', units: 100, bound: 0.1, temperature: 5, tanh: 2.5 },
  learning: {
    lr: 3.5e-4,
    baseline: { decay: 0.99, start: 'first' },
    entropy: { weight: 1e-4, form: 'reward' },
  },
  // θ: 2,000 steps, each with the reward of one architecture.
  rewards: { rounds: 2000, paths: 1, batch: 128 },
};

/** What both released searches on CIFAR-10 have in common. */
const cifar: Options = {
  ...{ lr: 0.05, minLr: 5e-4, restarts: { first: 10, factor: 2 }, nesterov: true },
  // "norm" clipping clips nothing; every branch is a dense variable.
  ...{ clip: null, unsampled: 'decay', dropout: 0.1 },
};

/** Adam with β₁ = 0 and a large ε, as in utils.py. */
const ADAM = { beta1: 0, epsilon: 1e-3 };

/** `scripts/cifar10_macro_search.sh` of the authors' code. */
const released: Options = {
  ...cifar,
  epochs: 310,
  weightDecay: 5e-4, // Σw² without ½
  policy: { kind: 'lstm', units: 64, bound: 0.1, temperature: null, tanh: 1.5 },
  learning: {
    ...ADAM,
    lr: 1e-3,
    baseline: { decay: 0.99, start: 'zero' },
    entropy: { weight: 1e-4, form: 'sampled' },
    skips: { target: 0.4, weight: 0.8, probability: 'logit' },
  },
  rewards: { rounds: 50, paths: 20, batch: 128 },
};

/** What is added after the tanh to the operations of the first cell; never learnt. */
const FAVOURED = {
  ...{ sep_conv_3x3: 0.25, sep_conv_5x5: 0.25 },
  ...{ avg_pool_3x3: -0.25, max_pool_3x3: -0.25, identity: -0.25 },
};

/** `scripts/cifar10_micro_search.sh`: the separable convolutions are favoured. */
const micro: Options = {
  ...cifar,
  epochs: 150,
  weightDecay: 2e-4,
  // The script asks for drop-path as well, which the code has in its fixed networks alone.
  auxiliary: 0.4,
  policy: {
    ...{ kind: 'lstm', units: 64, bound: 0.1, temperature: null, tanh: 1.1, reduce: 2.5 },
    bias: { sep_conv_3x3: 10, sep_conv_5x5: 10 },
    offset: FAVOURED,
  },
  learning: {
    ...ADAM,
    lr: 3.5e-3,
    baseline: { decay: 0.99, start: 'zero' },
    entropy: { weight: 1e-4, form: 'reward' },
  },
  rewards: { rounds: 30, paths: 10, batch: 160 },
};

/** The version of NAS-Bench-201's authors, `D-X-Y/AutoDL-Projects`. */
const port: Options = {
  epochs: 250,
  ...{ lr: 0.05, minLr: 5e-4, nesterov: true, weightDecay: 2.5e-4, clip: 5, unsampled: 'freeze' },
  policy: { kind: 'lstm', units: 32, layers: 2, bound: 0.1, temperature: 5, tanh: 2.5 },
  learning: {
    ...ADAM,
    lr: 1e-3,
    baseline: { decay: 0.99, start: 'first' },
    entropy: { weight: 1e-4, form: 'reward' },
  },
  rewards: { rounds: 50, paths: 20, batch: 128 },
};

/** What a variant groups; each value can be set on its own as well. */
export const VARIANTS = {
  paper,
  released,
  'released-micro': micro,
  'nas-bench-201': port,
} as const;

/** The options of `over` in place of those of `under`, also within nested ones. */
export function merged(under: Options, over: Options): Options {
  const isNested = (value: unknown): value is Options =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const pairs = Object.entries(over).map(([name, value]): [string, unknown] => {
    const old = under[name];
    return [name, isNested(old) && isNested(value) ? merged(old, value) : value];
  });
  return { ...under, ...Object.fromEntries(pairs) };
}
