import { type Block, definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { LANGUAGE_VARIANTS } from './language-variants.ts';
import { merged, type Options, VARIANTS } from './variants.ts';

const count = z.int().positive();
const some = z.looseObject({}).prefault({});

/** What both strategies have: loose, as other options of the loop pass through to it. */
const common = {
  together: count.default(1).describe('M: architectures of each step of ω'),
  policy: some.describe("π(m; θ), of the sampler `controller`; in place of the variant's"),
  learning: some.describe("of the sampler `controller`; in place of the variant's"),
  rewards: some.describe("steps of θ after each epoch; in place of the variant's"),
  selection: z
    .looseObject({
      architectures: count.default(100).describe('drawn from the trained controller'),
    })
    .prefault({})
    .describe('of the result: the best on one minibatch of the valid split'),
};

const variant = <V extends string>(names: readonly [V, ...V[]], of: V) =>
  z.enum(names).default(of).describe('what the other options are, unless they are set');

const options = z.looseObject({
  variant: variant(['paper', 'released', 'released-micro', 'nas-bench-201'], 'paper'),
  ...common,
  evaluation: some.describe(
    'of one-shot; a batch as large as that of a reward, and one, unless set',
  ),
});

const languageOptions = z.looseObject({
  variant: variant(['paper', 'corrected'], 'paper'),
  ...common,
  reward: z
    .looseObject({ c: z.number().positive().default(80).describe('R = c / perplexity') })
    .prefault({})
    .describe('of the sampler `controller`'),
  evaluation: some.describe('of one-shot-language; one window unless set'),
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
  preset: ({ variant: name, ...given }) => ({
    ...alternating('one-shot', merged(VARIANTS[name], given as Options)),
    order: { use: 'shuffle' },
  }),
});

const language = definePlugin({
  id: 'enas-language',
  kind: 'strategy',
  summary: 'ENAS for recurrent cells: rewards are c / perplexity on windows of valid text.',
  options: languageOptions,
  preset: ({ variant: name, ...given }) =>
    alternating('one-shot-language', merged(LANGUAGE_VARIANTS[name], given as Options)),
});

/** ω and θ in turn, on images or on text, and the best of a sample on one minibatch. */
function alternating(use: string, all: Options): Block {
  const { policy, learning, reward, ...loop } = all;
  const { paths: batch, batch: images } = loop.rewards as Options;
  const sampler = { policy, learning: merged({ batch }, learning as Options) };
  const minibatch = { searchBatches: 1, ...(images !== undefined && { batch: images }) };
  return {
    ...loop,
    use,
    // One update of θ per round: of all architectures that it has rewarded.
    paths: { use: 'controller', ...sampler, ...(reward !== undefined && { reward }) },
    accumulate: 'mean',
    evaluation: merged(minibatch, loop.evaluation as Options),
  };
}

export default [strategy, language];
