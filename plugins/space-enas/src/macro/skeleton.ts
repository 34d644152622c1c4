import type { MacroArchitecture } from './architecture.ts';

/** The size of a macro network. The paper's final ones have 96 channels and up to 24 layers. */
export interface MacroSize {
  readonly layers: number;
  /** Of stem and first layers. */
  readonly channels: number;
}

/**
 * How a macro network is built. `searched`: as in the supernet, skips are added, channels stay the
 * same. `paper`: skips are concatenated and a 1×1 convolution follows; channels double at both
 * reductions. `released`: `paper` with whole convolutions in place of separable ones.
 */
export type MacroStructure = 'searched' | 'paper' | 'released';

/** Where a layer stands. */
export interface LayerPlace {
  readonly layer: number;
  /** `layer3`; its parameters start with it. */
  readonly name: string;
  readonly channels: number;
  /** How often the image has been halved before it. */
  readonly halvings: number;
}

/** The layers behind which everything is halved: the last ones of the first two thirds. */
export function pooledAfter({ layers }: Pick<MacroSize, 'layers'>): readonly [number, number] {
  const third = Math.floor(layers / 3);
  return [third - 1, 2 * third - 1];
}

/** The places of all layers. */
export function placesOf(size: MacroSize, structure: MacroStructure): LayerPlace[] {
  const pools = pooledAfter(size);
  return Array.from({ length: size.layers }, (_, layer) => {
    const halvings = pools.filter((pool) => pool < layer).length;
    const channels = structure === 'searched' ? size.channels : size.channels * 2 ** halvings;
    return { layer, name: `layer${layer}`, channels, halvings };
  });
}

/**
 * By source, the last layer that reads it: as its input, or by a skip. Source 0 is the stem, source
 * k + 1 what layer k gives; the classifier stands for a last layer.
 */
export function lastReaders(architecture: MacroArchitecture): number[] {
  return Array.from({ length: architecture.length + 1 }, (_, source) =>
    architecture.reduce((last, { skips }, layer) => {
      return skips[source] === 1 ? Math.max(last, layer) : last;
    }, source),
  );
}
