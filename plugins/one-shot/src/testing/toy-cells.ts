import { definePlugin, type TextData } from '@archer-nas/core';
import {
  highwayWeights,
  highwayWindow,
  type LanguageSpace,
  languageModel,
  type RecurrentActivation,
  type RecurrentCell,
} from '@archer-nas/nn';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { z } from 'zod';

const WIDTH = 3;
const OPTIONS: readonly RecurrentActivation[] = ['tanh', 'relu'];
const DROPOUT = { words: 0, embedded: 0, input: 0.2, hidden: 0, output: 0 };

/** Two nodes in a row whose activations are chosen, each option with weights of its own. */
function cell(): RecurrentCell {
  const matrix = (name: string, owner?: { site: number; option: number }) =>
    ['gate', 'value'].map((half) => {
      const shape = [WIDTH, WIDTH];
      const spec = { name: `${name}.${half}`, shape, init: 'uniform' as const, bound: 0.5 };
      return owner === undefined ? spec : { ...spec, owner };
    });
  return {
    sites: [0, 1].map((decision) => ({ name: `node${decision}`, decision, options: OPTIONS })),
    parameters: [
      ...['x', 'h'].flatMap((name) => matrix(name)),
      ...[0, 1].flatMap((site) =>
        OPTIONS.flatMap((name, option) => matrix(`${site}.${name}`, { site, option })),
      ),
    ],
    unroll(gates, forward, masks) {
      const nodes = gates.map(({ support }, site) => {
        const activation = OPTIONS[support[0] ?? 0] ?? 'tanh';
        return {
          from: site,
          activation,
          ...highwayWeights(forward, `${site}.${activation}`, WIDTH),
        };
      });
      const first = {
        from: 0,
        activation: 'tanh' as const,
        ...highwayWeights(forward, 'h', WIDTH),
      };
      const cell = {
        input: highwayWeights(forward, 'x', WIDTH),
        nodes: [first, ...nodes],
        averaged: [2],
      };
      return highwayWindow(cell, masks);
    },
  };
}

/** Four recurrent cells. */
export function toyCells(): LanguageSpace<Bits> {
  const around = { width: WIDTH, initRange: 0.5, dropout: DROPOUT, slowness: 0 };
  const model = ({ vocabulary }: { readonly vocabulary: number }) =>
    languageModel({ ...around, vocabulary }, cell());
  return { ...bitSpace(2), supernet: model, network: (_, task) => model(task), path: (a) => a };
}

/** Letters that go round: in two lanes, three windows of train text. */
export function toyCorpus(): TextData {
  return {
    name: 'toy-corpus',
    batch: 2,
    window: 5,
    vocabulary: ['a', 'b', 'c', 'd'],
    hash: 'toy-corpus',
    description: 'toy corpus',
    splits: ['train', 'valid'],
    open(name) {
      const size = name === 'train' ? 26 : 18;
      return { name, size, tokens: Int32Array.from({ length: size }, (_, i) => (i * i) % 4) };
    },
  };
}

const none = z.strictObject({});

/** The above as plugins, for manifests in tests. */
export const toyLanguagePlugins = [
  definePlugin({
    id: 'toy-cells',
    kind: 'space',
    summary: 'Four recurrent cells, for tests.',
    provides: ['supernet:single-path', 'network:language'],
    requires: ['data:language-modelling'],
    options: none,
    create: toyCells,
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
