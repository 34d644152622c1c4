import type { CostModel } from '@archer-nas/core';
import type { ParameterSpec } from '@archer-nas/nn';

/** Parameters of layers that give maps of one size. */
export interface LayerGroup {
  /** How often the image's sides have been halved in what the layers give. */
  readonly halvings: number;
  readonly parameters: readonly ParameterSpec[];
}

/**
 * Costs of networks that are trained alone: `params` counts trainable values with scale and offset
 * of each batch norm; `macs` counts multiply-adds of convolutions and classifier for one image.
 *
 * @param groupsOf every parameter of the network, once
 * @param image side of the square image in pixels
 */
export function costModel<A>(groupsOf: (a: A) => readonly LayerGroup[], image: number) {
  return {
    names: ['params', 'macs'],
    of(a) {
      let [params, macs] = [0, 0];
      for (const { halvings, parameters } of groupsOf(a)) {
        const pixels = (image / 2 ** halvings) ** 2;
        for (const { shape } of parameters) {
          const size = shape.reduce((product, side) => product * side, 1);
          params += size;
          // Kernels are of rank 4, the classifier's weight is of rank 2.
          if (shape.length === 4) macs += size * pixels;
          if (shape.length === 2) macs += size;
        }
      }
      return { params, macs };
    },
  } satisfies CostModel<A>;
}

/** The parameters of all groups, in their order. */
export function parametersIn(groups: readonly LayerGroup[]): ParameterSpec[] {
  return groups.flatMap(({ parameters }) => parameters);
}
