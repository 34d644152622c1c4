import { definePlugin } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { WeightsRecipe } from '@archer-nas/nn';
import { z } from 'zod';

/** The weights of every operation, from ones of the same shape and how many 3×3 convolutions run. */
export const toyWeights: WeightsRecipe = {
  begin({ parameters }) {
    const weights = parameters.filter(({ owner, shape }) => owner && shape.length > 1);
    const seed = (name: string) => `seed.${name}`;
    return {
      parameters: weights.map(({ owner: _, ...spec }) => ({ ...spec, name: seed(spec.name) })),
      makes: new Set(weights.map(({ name }) => name)),
      of(path, from) {
        const wide = path.filter((option) => option === 1).length;
        const used = weights.filter(({ owner }) => owner && path[owner.site] === owner.option);
        return new Map(
          used.map(({ name, shape }) => [name, tf.mul(from.get(seed(name), shape), 1 + wide)]),
        );
      },
    };
  },
};

/** The above as a plugin, for manifests in tests. */
export const toyWeightsPlugin = definePlugin({
  id: 'toy-weights',
  kind: 'weights',
  summary: 'Makes weights from how many sites have a wide operation, for tests.',
  options: z.strictObject({}),
  create: () => toyWeights,
});
