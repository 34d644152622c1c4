import {
  ArcherError,
  canonicalJson,
  createStreams,
  type EvaluationContext,
  type Evaluator,
  EXIT,
  isText,
  sha256Hex,
  type TextData,
} from '@archer-nas/core';
import { type LanguageSpace, TokenBatches } from '@archer-nas/nn';
import type { LanguageTrainOptions } from './language-options.ts';
import { LanguageTraining } from './language-training.ts';
import { type AloneRecipe, TrainingJob } from './training-job.ts';
import { countWindows, epochWindows } from './windows.ts';

interface Parts<A> {
  readonly space: LanguageSpace<A>;
  readonly data: TextData;
  readonly options: LanguageTrainOptions;
}

/**
 * Trains each proposal alone as a language model and scores it on `context.images`, a text (the
 * valid split where a context has none): metrics `perplexity` and `bits-per-token`. A step of its
 * jobs is one optimiser step; the last of an epoch also measures the valid split.
 * @throws ArcherError `ARCHER_SPLIT_MISSING` where the options ask for a valid split and there is none
 */
export function languageTrainEvaluator<A>(
  space: LanguageSpace<A>,
  data: TextData,
  { engineClass, ...options }: LanguageTrainOptions & { readonly engineClass: string },
): Evaluator<A> {
  checkSplits(data, options);
  const { size } = data.open('train');
  const parts = { space, data, options };
  return {
    get identity() {
      const recipe = { options, engineClass, data: data.hash, batch: data.batch };
      const networks = networksIdentity(space as LanguageSpace<unknown>, data);
      return canonicalJson({ trainLanguage: 1, ...recipe, window: data.window, networks });
    },
    metrics: [
      { name: 'perplexity', unit: '', direction: 'minimise' },
      { name: 'bits-per-token', unit: 'bit', direction: 'minimise' },
    ],
    description:
      `trained alone for ${options.epochs} epochs on ${size} tokens of ${data.name} ` +
      `(batch ${data.batch}, windows of ${data.window}, learning rate ${options.lr}, ` +
      'one run per architecture)',
    start: (proposals, context, saved) => {
      const recipe = textRecipe(parts, context);
      return new TrainingJob({ space, recipe, proposals, context }, saved);
    },
  };
}

/** Names and shapes of the parameters of the supernet and of one of the networks. */
function networksIdentity(space: LanguageSpace<unknown>, { vocabulary }: TextData): string {
  const task = { vocabulary: vocabulary.length };
  const example = space.sample(createStreams(0).stream('example'));
  const parameters = [space.supernet(task), space.network(example, task)].map((model) =>
    model.parameters.map(({ name, shape }) => ({ name, shape })),
  );
  return sha256Hex(canonicalJson(parameters));
}

function textRecipe<A>(
  { space, data, options }: Parts<A>,
  context: EvaluationContext,
): AloneRecipe<A> {
  const text = context.images ?? data.open('valid');
  const also = (context.also ?? []).filter(isText);
  if (!isText(text)) throw new TypeError('language models are scored on text, not on images');
  const train = data.open('train');
  const { batch: lanes, window } = data;
  const { span } = new TokenBatches(train, { lanes, window });
  const cut = { span, window, windows: options.windows };
  // The same cuts for every architecture.
  const { streams: shared } = context;
  return {
    epochs: options.epochs,
    steps: (epochs) => countWindows(cut, shared, epochs),
    begin({ architecture, streams }, saved) {
      const parts = {
        model: space.network(architecture, { vocabulary: data.vocabulary.length }),
        ...{ options, streams, lanes, window, train },
        valid: data.splits.includes('valid') ? data.open('valid') : undefined,
        scored: { texts: [text, ...also], batches: context.batches },
        windowsOf: (epoch: number) => epochWindows(cut, shared, epoch),
      };
      return new LanguageTraining(parts, saved);
    },
    cost: (epochs) => ({ epochs }),
  };
}

function checkSplits(
  { name, splits }: TextData,
  { keep, nonMonotone }: LanguageTrainOptions,
): void {
  if (splits.includes('valid') || (keep === 'last' && nonMonotone === null)) return;
  throw new ArcherError(
    'ARCHER_SPLIT_MISSING',
    `The best epoch and the beginning of averaging are decided on a 'valid' split; ` +
      `${name} has ${splits.join(', ')}.`,
    { hint: 'Hold text out, or set keep: last and nonMonotone: null.', exit: EXIT.manifest },
  );
}
