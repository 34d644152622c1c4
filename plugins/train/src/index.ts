import { definePlugin } from '@archer-nas/core';
import type { NetworkSpace } from '@archer-nas/nn';
import { trainOptions } from './options.ts';

export type { TrainOptions } from './options.ts';

/** `evaluator: { use: train }`: each architecture is trained alone, from scratch. */
const plugin = definePlugin({
  id: 'train',
  kind: 'evaluator',
  summary: 'Trains each architecture alone from scratch and scores it: slow, and the truth.',
  options: trainOptions,
  requires: ['space', 'data', 'engine', 'network', 'data:classification'],
  create: async (options, { space, data, engine }) => {
    // Training imports the tensor library, which listing plugins should not pay for.
    const { trainEvaluator } = await import('./evaluator.ts');
    const networks = space as NetworkSpace<unknown>; // it provides network
    return trainEvaluator(networks, data, { ...options, engineClass: engine.class });
  },
});

export default plugin;
