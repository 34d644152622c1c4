import type { TextSplit } from '@archer-nas/core';
import { highwayInput, highwayWeights, highwayWindow, meanState } from '../highway.ts';
import { highwayMixture } from '../highway-mixture.ts';
import {
  eachStep,
  type LanguageModelOptions,
  languageModel,
  type RecurrentCell,
} from '../language-model.ts';
import type { Forward, ParameterSpec } from '../network.ts';

export const WIDTH = 3;
export const VOCABULARY = 4;
export const NO_DROPOUT = { words: 0, embedded: 0, input: 0, hidden: 0, output: 0 };
const OPTIONS = ['none', 'tanh', 'relu', 'sigmoid', 'identity'];
const EDGES = [
  { node: 1, from: 0 },
  { node: 2, from: 0 },
  { node: 2, from: 1 },
];

function weights(name: string): ParameterSpec[] {
  return ['gate', 'value'].map((half) => {
    return { name: `${name}.${half}`, shape: [WIDTH, WIDTH], init: 'uniform', bound: 0.8 };
  });
}

function inputs(forward: Forward) {
  return {
    input: highwayWeights(forward, 'x', WIDTH),
    hidden: highwayWeights(forward, 'h', WIDTH),
  };
}

/** Two nodes that mix: a DARTS cell in small. */
export function toyCell(): RecurrentCell {
  return {
    sites: EDGES.map(({ node, from }, decision) => {
      return { name: `node${node}.edge${from}`, decision, options: OPTIONS };
    }),
    parameters: ['x', 'h', 'w1', 'w2'].flatMap(weights),
    unroll(gates, forward, masks) {
      const nodes = [1, 2].map((node) => {
        const edges = EDGES.flatMap((edge, at) => {
          const gate = gates[at];
          return edge.node === node && gate !== undefined ? [{ from: edge.from, gate }] : [];
        });
        return highwayMixture(edges, OPTIONS);
      });
      return eachStep((x, h) => {
        const states = [highwayInput(x, h, inputs(forward), masks)];
        nodes.forEach((node, at) => {
          states.push(node(states, highwayWeights(forward, `w${at + 1}`, WIDTH), masks));
        });
        return meanState(states.slice(1));
      });
    },
  };
}

/** One node with tanh, and no sites. */
export function plainCell(): RecurrentCell {
  const { parameters } = toyCell();
  return {
    sites: [],
    parameters: parameters.slice(0, 6),
    unroll(_, forward, masks) {
      const { input, hidden } = inputs(forward);
      const nodes = [hidden, highwayWeights(forward, 'w1', WIDTH)].map((weights) => {
        return { from: 0, activation: 'tanh' as const, ...weights };
      });
      return highwayWindow({ input, nodes, averaged: [1] }, masks);
    },
  };
}

/** A language model around a cell, without dropout unless asked. */
export function toyLanguage(
  cell: RecurrentCell,
  changes: Partial<LanguageModelOptions> = {},
): ReturnType<typeof languageModel> {
  const options = { vocabulary: VOCABULARY, width: WIDTH, initRange: 0.9, slowness: 0 };
  return languageModel({ ...options, dropout: NO_DROPOUT, ...changes }, cell);
}

/** The tokens i² mod 4 + i mod 2, …: any text will do. */
export function toyText(size: number): TextSplit {
  const tokens = Int32Array.from({ length: size }, (_, i) => (i * i + (i % 3)) % VOCABULARY);
  return { name: 'train', size, tokens };
}
