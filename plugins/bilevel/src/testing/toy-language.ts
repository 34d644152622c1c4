import { definePlugin, type SplitName, type TextData } from '@archer-nas/core';
import {
  argmaxRows,
  batchNormRows,
  eachStep,
  highwayInput,
  highwayMixture,
  highwayWeights,
  type LanguageMixtureSpace,
  languageModel,
  type RecurrentCell,
} from '@archer-nas/nn';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { z } from 'zod';

const WIDTH = 3;
const OPTIONS = ['tanh', 'relu'];
const VOCABULARY = ['a', 'b', 'c', 'd'];
/** What a decoder of so few units can learn with everything dropped now and then. */
const DROPOUT = { words: 0, embedded: 0, input: 0.2, hidden: 0.2, output: 0 };

/** A cell with two nodes in a row, each with one decision. */
function toyCell(): RecurrentCell {
  return {
    sites: [1, 2].map((node) => ({ name: `node${node}`, decision: node - 1, options: OPTIONS })),
    parameters: ['x', 'h', 'w1', 'w2'].flatMap((name) =>
      ['gate', 'value'].map((half) => {
        return { name: `${name}.${half}`, shape: [WIDTH, WIDTH], init: 'uniform', bound: 0.5 };
      }),
    ),
    unroll(gates, forward, masks) {
      const inputs = {
        input: highwayWeights(forward, 'x', WIDTH),
        hidden: highwayWeights(forward, 'h', WIDTH),
      };
      const nodes = gates.map((gate, from) => highwayMixture([{ from, gate }], OPTIONS));
      return eachStep((x, h) => {
        const states = [highwayInput(x, h, inputs, masks)];
        nodes.forEach((node, at) => {
          const s = node(states, highwayWeights(forward, `w${at + 1}`, WIDTH), masks);
          states.push(batchNormRows(s, forward, 'norm'));
        });
        return states[2] ?? h;
      });
    },
  };
}

/** Four architectures: the activations of two nodes. */
export function toyLanguageSpace(): LanguageMixtureSpace<Bits> {
  const around = { width: WIDTH, initRange: 0.5, dropout: DROPOUT, slowness: 0.01 };
  const model = ({ vocabulary }: { vocabulary: number }) =>
    languageModel({ ...around, vocabulary }, toyCell());
  return {
    ...bitSpace(2),
    supernet: model,
    network: (_, task) => model(task),
    path: (a) => a,
    derive: (weights) => argmaxRows(weights),
  };
}

/** Letters that mostly go round: in two lanes, three windows of train text and two of valid text. */
export function toyCorpus(): TextData {
  const sizes: Readonly<Record<SplitName, number>> = { train: 26, valid: 18, test: 10 };
  return {
    name: 'toy-corpus',
    batch: 2,
    window: 5,
    vocabulary: VOCABULARY,
    hash: 'toy-corpus',
    description: 'toy corpus',
    splits: ['train', 'valid'],
    open: (name) => {
      const tokens = Int32Array.from(
        { length: sizes[name] },
        (_, i) => (i + (i % 5 === 0 ? 1 : 0)) % 4,
      );
      return { name, size: tokens.length, tokens };
    },
  };
}

const none = z.strictObject({});

/** The above as plugins, for manifests in tests. */
export const toyLanguagePlugins = [
  definePlugin({
    id: 'toy-cells',
    kind: 'space',
    summary: 'A recurrent cell with two decisions, for tests.',
    provides: ['supernet:mixture', 'network:language'],
    requires: ['data:language-modelling'],
    options: none,
    create: toyLanguageSpace,
  }),
  definePlugin({
    id: 'toy-corpus',
    kind: 'data',
    summary: 'Some letters, for tests.',
    provides: ['data:language-modelling'],
    requires: ['network:language'],
    options: none,
    create: toyCorpus,
  }),
];
