import { type DataSet, definePlugin, type TextData } from '@archer-nas/core';
import type { LanguageSpace, NetworkSpace } from '@archer-nas/nn';
import { languageOptions } from './language-options.ts';
import { trainOptions } from './options.ts';
import { checkOwnData } from './own-data.ts';

export type { LanguageTrainOptions } from './language-options.ts';
export type { TrainOptions } from './options.ts';

/** `evaluator: { use: train }`: each architecture is trained alone, from scratch. */
const images = definePlugin({
  id: 'train',
  kind: 'evaluator',
  summary: 'Trains each architecture alone from scratch and scores it: slow, and the truth.',
  options: trainOptions,
  requires: ['space', 'data', 'engine', 'network', 'data:classification'],
  parts: { data: { kind: 'data', optional: true } },
  create: async (options, { space, data: searched, engine, parts, purpose }) => {
    const own = parts.data as DataSet | undefined;
    if (own !== undefined) checkOwnData(own, searched, purpose);
    const data = own ?? searched;
    // Training imports the tensor library, which listing plugins should not pay for.
    const { trainEvaluator } = await import('./evaluator.ts');
    const networks = space as NetworkSpace<unknown>; // it provides network
    return trainEvaluator(networks, data, { ...options, engineClass: engine.class });
  },
});

/** `evaluator: { use: train-language }`: the same for language models, with perplexity. */
const text = definePlugin({
  id: 'train-language',
  kind: 'evaluator',
  summary: 'Trains each recurrent architecture alone on text and scores its perplexity.',
  options: languageOptions,
  requires: ['space', 'data', 'engine', 'network:language', 'data:language-modelling'],
  create: async (options, { space, data, engine }) => {
    const { languageTrainEvaluator } = await import('./language-evaluator.ts');
    const networks = space as LanguageSpace<unknown>; // it provides network:language
    const corpus = data as DataSet | TextData as TextData; // it provides data:language-modelling
    return languageTrainEvaluator(networks, corpus, { ...options, engineClass: engine.class });
  },
});

export default [images, text];
