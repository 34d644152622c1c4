import type { FusedLayers } from '@archer-nas/engine';
import { nativeGiven } from './given-norms.ts';
import { highwayNode } from './highway.ts';
import { lstmStep } from './lstm.ts';
import { mixture } from './mixture.ts';
import { separableBatchNorm } from './separable.ts';

/** The layers that the engine `native` computes in one kernel each. */
export const nativeLayers: Required<FusedLayers> = {
  ...nativeGiven,
  separableBatchNorm,
  mixture,
  lstmStep,
  highwayNode,
};
