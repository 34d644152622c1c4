import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { merged, type Options, VARIANTS } from './variants.ts';

const count = z.int().positive();
const some = z.looseObject({}).prefault({});

/** Loose: other options of one-shot pass through to it, in place of the variant's. */
const options = z.looseObject({
  variant: z
    .enum(['paper', 'released', 'released-micro', 'nas-bench-201'])
    .default('paper')
    .describe('what the other options are, unless they are set'),
  together: count.default(1).describe('M: architectures of each step of ω'),
  policy: some.describe("π(m; θ), of the sampler `controller`; in place of the variant's"),
  learning: some.describe("of the sampler `controller`; in place of the variant's"),
  rewards: some.describe("steps of θ after each epoch; in place of the variant's"),
  selection: z
    .looseObject({
      architectures: count.default(100).describe('drawn from the trained controller'),
    })
    .prefault({})
    .describe('of the result: the best on one minibatch of validation images'),
  evaluation: some.describe(
    'of one-shot; a batch as large as that of a reward, and one, unless set',
  ),
});

/**
 * ENAS: ω is trained with models that the controller samples, then θ with the rewards of models on
 * validation minibatches, in turn; the best of a sample from the trained controller is the result.
 */
const strategy = definePlugin({
  id: 'enas',
  kind: 'strategy',
  summary: 'ENAS: shared weights and the controller that samples from them, trained in turn.',
  options,
  preset({ variant, ...given }) {
    const { policy, learning, ...loop } = merged(VARIANTS[variant], given as Options);
    const { paths: batch, batch: images } = loop.rewards as Options;
    return {
      ...loop,
      use: 'one-shot',
      // One update of θ per round: of all architectures that it has rewarded.
      paths: { use: 'controller', policy, learning: merged({ batch }, learning as Options) },
      order: { use: 'shuffle' },
      accumulate: 'mean',
      evaluation: merged({ searchBatches: 1, batch: images }, loop.evaluation as Options),
    };
  },
});

export default strategy;
