import { type ChoiceSpace, choiceSpace } from '@archer-nas/core';
import {
  type LanguageMixtureSpace,
  type LanguageModelOptions,
  languageModel,
} from '@archer-nas/nn';
import { derivedCell } from './derived-cell.ts';
import { draw } from './draw.ts';
import { deriveGenotype, optionsOf } from './edges.ts';
import { ACTIVATIONS, formatGenotype, type Genotype, NODES, parseGenotype } from './genotype.ts';
import { type SearchCellSettings, searchCell } from './search-cell.ts';

/** What the networks of the space are built with. */
export interface RnnSettings
  extends SearchCellSettings,
    Omit<LanguageModelOptions, 'vocabulary' | 'width' | 'initRange'> {}

/** The space with its networks. */
export type DartsRnnSpace = ChoiceSpace<Genotype> & LanguageMixtureSpace<Genotype>;

const DECISIONS = Array.from({ length: NODES }, (_, at) =>
  [
    { name: 'input', options: Array.from({ length: at + 1 }, (__, from) => `s${from}`) },
    { name: 'activation', options: [...ACTIVATIONS] },
  ].map(({ name, options }) => {
    return { name: `node${at + 1}:${name}`, kind: 'categorical' as const, options };
  }),
).flat();

/**
 * The recurrent cells of DARTS (Liu, Simonyan and Yang, ICLR 2019): eight nodes, each reads one
 * state before it through one of four activations. 4⁸ · 8! = 2.64·10⁹ cells.
 */
export function dartsRnnSpace(settings: RnnSettings): DartsRnnSpace {
  const space = choiceSpace<Genotype>({
    name: 'darts-rnn',
    decisions: DECISIONS,
    encode: (genotype) => genotype.flatMap(({ from, activation }) => [from, activation]),
    decode: (choices) =>
      Array.from({ length: NODES }, (_, at) => {
        return { from: choices[2 * at] ?? 0, activation: choices[2 * at + 1] ?? 0 };
      }),
    format: formatGenotype,
    parse: parseGenotype,
    draw,
  });
  const model = (vocabulary: number) => ({ ...settings, vocabulary });
  return {
    ...space,
    supernet: ({ vocabulary }) => languageModel(model(vocabulary), searchCell(settings)),
    network: (genotype, { vocabulary }) =>
      languageModel(model(vocabulary), derivedCell(genotype, settings)),
    path: optionsOf,
    derive: deriveGenotype,
  };
}
