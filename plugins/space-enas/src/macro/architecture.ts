import { parseTokens, type Token } from '../tokens.ts';

/** The operations of a layer, in the released order; an architecture stores their indices. */
export const OPERATIONS = [
  'conv_3x3',
  'sep_conv_3x3',
  'conv_5x5',
  'sep_conv_5x5',
  'avg_pool_3x3',
  'max_pool_3x3',
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** A layer: what it computes from the layer before, and what is added to that. */
export interface MacroLayer {
  /** Index in {@link OPERATIONS}. */
  readonly op: number;
  /**
   * A bit for every source before the layer's own input: the stem, then the layers from 0. Layer k
   * has k of them.
   */
  readonly skips: readonly number[];
}

/** An architecture of the macro space: its layers, the first one first. */
export type MacroArchitecture = readonly MacroLayer[];

/** What layer `layer` can skip to, besides its input: the stem and the layers before the last. */
export function sourcesOf(layer: number): string[] {
  return Array.from({ length: layer }, (_, source) => sourceName(source));
}

/** The name of a source: the stem is number 0. */
export function sourceName(source: number): string {
  return source === 0 ? 'stem' : `layer${source - 1}`;
}

/** The numbers of an architecture in the order in which the controller emits them. */
export function tokensOf(architecture: MacroArchitecture): number[] {
  return architecture.flatMap(({ op, skips }) => [op, ...skips]);
}

/** Inverse of {@link tokensOf}. */
export function architectureOf(tokens: readonly number[]): MacroArchitecture {
  const layers: MacroLayer[] = [];
  for (let at = 0; at < tokens.length; ) {
    const end = at + 1 + layers.length;
    layers.push({ op: tokens[at] ?? 0, skips: tokens.slice(at + 1, end) });
    at = end;
  }
  return layers;
}

/** The released encoding: `0 3 0 0 1 0 …`, of each layer its operation, then its bits. */
export function formatMacro(architecture: MacroArchitecture): string {
  return tokensOf(architecture).join(' ');
}

/**
 * Inverse of {@link formatMacro}, for so many layers; lines may be broken anywhere.
 * @throws ArcherError `ARCHER_ENAS_TOKENS` naming the number that is wrong
 */
export function parseMacro(text: string, layers: number): MacroArchitecture {
  const tokens = Array.from({ length: layers }, (_, layer): Token[] => [
    { name: `the operation of layer ${layer}`, below: OPERATIONS.length },
    ...sourcesOf(layer).map((source) => ({ name: `layer ${layer}'s bit of ${source}`, below: 2 })),
  ]);
  const form =
    'Each layer is the number of its operation, then a bit for every source before its input: ' +
    `none in layer 0, ${layers - 1} in layer ${layers - 1}.`;
  const space = `the macro space of ENAS with ${layers} layers`;
  return architectureOf(parseTokens(text, { space, tokens: tokens.flat(), form }));
}
