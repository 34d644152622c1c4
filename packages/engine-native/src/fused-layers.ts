import type { FusedLayers, FusedRecurrent } from '@archer-nas/engine';
import { nativeGiven } from './given-norms.ts';
import { highwayNode } from './highway.ts';
import { highwayWindow } from './highway-window.ts';
import { lstmStep } from './lstm.ts';
import { mixture } from './mixture.ts';
import { separableBatchNorm } from './separable.ts';

/** The layers that the engine `native` computes in one kernel each. */
export const nativeLayers: Required<FusedLayers> = {
  ...nativeGiven,
  separableBatchNorm,
  mixture,
};

/** The recurrent ones among them. */
export const nativeRecurrent: Required<FusedRecurrent> = { lstmStep, highwayNode, highwayWindow };
