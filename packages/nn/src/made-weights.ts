import { ArcherError } from '@archer-nas/core';
import type { tf } from '@archer-nas/engine';
import type { Gate, Network, ParameterSource, ParameterSpec, Path } from './network.ts';

/**
 * Makes some weights of a supernet from the path that they are for; what a plugin of kind `weights`
 * creates. Without one the store owns all weights.
 */
export interface WeightsRecipe {
  begin(network: Network): WeightSource;
}

/** Weights that are computed for a path, differentiably, from parameters that the store owns. */
export interface WeightSource {
  /** What they are computed from. */
  readonly parameters: readonly ParameterSpec[];
  /** Names of the network's parameters that it makes, which are then in no store. */
  readonly makes: ReadonlySet<string>;
  /** By name, those of them that the path uses. */
  of(path: Path, parameters: ParameterSource): ReadonlyMap<string, tf.Tensor>;
}

/**
 * The same network with some of its weights made anew in every forward pass. It runs single paths
 * only, and none of them shares results with others: what a piece computes depends on the whole path.
 *
 * @throws ArcherError `ARCHER_CAPABILITY`, when it is run, under gates of several options
 */
export function withMadeWeights({ pieces: _, ...network }: Network, source: WeightSource): Network {
  const owned = network.parameters.filter(({ name }) => !source.makes.has(name));
  return {
    ...network,
    parameters: [...owned, ...source.parameters],
    forward(images, gates, forward) {
      const { parameters, trace } = forward;
      const made = source.of(gates.map(onlyOption), parameters);
      for (const [name, weight] of made) trace?.named?.(weight, name);
      const all: ParameterSource = {
        get: (name, shape) => made.get(name) ?? parameters.get(name, shape),
      };
      return network.forward(images, gates, { ...forward, parameters: all });
    },
  };
}

function onlyOption({ support }: Gate): number {
  const [option = -1, ...more] = support;
  if (more.length === 0) return option;
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    `The supernet's weights are made for one path, but ${support.length} options are to run at a site.`,
    { hint: 'Leave out studies that mix operations.' },
  );
}
