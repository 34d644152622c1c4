import { ArcherError, EXIT } from '@archer-nas/core';
import {
  type HyperNetworkOptions,
  hyperNetwork,
  type ParameterSpec,
  pathGates,
  usedParameters,
  type WeightsRecipe,
} from '@archer-nas/nn';
import { architectureCode } from './architecture-code.ts';

/** The hypernetwork H, and what it is for. */
export interface SmashOptions extends HyperNetworkOptions {
  /** Which weights of operations it emits; others are learned directly. */
  readonly emits: 'all' | '1x1';
}

/**
 * SMASH: W = H(c), the weights of an architecture's operations as a function of its code c. A step
 * samples an architecture, emits its weights, and follows ∂L/∂H = ∂L/∂W · ∂W/∂H; what H cannot
 * emit, such as the stem, is learned directly. An architecture's score is its accuracy with H(c).
 */
export function smash({ emits, ...sizes }: SmashOptions): WeightsRecipe {
  return {
    begin({ sites, parameters: specs }) {
      const weights = emittedOf(specs, emits);
      if (weights.length === 0) throw nothingToEmit(emits);
      const code = architectureCode(sites);
      const H = hyperNetwork('hyper', code, weights, sizes);
      return {
        parameters: H.parameters,
        makes: new Set(weights.map(({ name }) => name)),
        of: (path, parameters) => {
          const c = code.of(path);
          return H.emit(c, usedParameters(weights, pathGates(path)), parameters);
        },
      };
    },
  };
}

/**
 * Kernels and matrices of operations, or of all layers where architectures are widths, whose weights
 * belong to no single option. Biases and scales are learned directly.
 */
function emittedOf(
  specs: readonly ParameterSpec[],
  emits: SmashOptions['emits'],
): readonly ParameterSpec[] {
  const owned = specs.filter(({ owner }) => owner !== undefined);
  const isWanted = ({ shape }: ParameterSpec): boolean =>
    emits === 'all' ? shape.length > 1 : shape.length === 4 && shape[0] === 1 && shape[1] === 1;
  return (owned.length > 0 ? owned : specs).filter(isWanted);
}

function nothingToEmit(emits: SmashOptions['emits']): ArcherError {
  return new ArcherError(
    'ARCHER_CAPABILITY',
    `The hypernetwork has nothing to emit: no operation of the supernet has such weights (emits: ${emits}).`,
    { hint: 'Use `emits: all`, or another space.', exit: EXIT.manifest },
  );
}
