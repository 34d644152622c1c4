export { gradientsOf, type ValueAndGradients } from './backpropagation.ts';
export type {
  EngineCandidate,
  EngineRequest,
  RunningEngine,
  Unavailable,
} from './candidates/candidate.ts';
export { ENGINES, type EngineChoice, type EngineName, engineChoice } from './choice.ts';
export { fusedKernels } from './current-fused.ts';
export type * from './fused-kernels.ts';
export type * from './fused-layers.ts';
export type * from './fused-recurrent.ts';
export * from './fused-updates.ts';
export { hostFused } from './host-fused.ts';
export { eachStep, RECURRENT_ACTIVATIONS, type Recurrence } from './host-recurrent.ts';
export { gapsOf, shapeWithGaps, withGaps, withoutGaps } from './kernels/filter-gaps.ts';
export { tf } from './repaired.ts';
export { share } from './share.ts';
export { type StartedEngine, type StartOptions, startEngine } from './start-engine.ts';
export {
  type InputGradients,
  type Layer,
  record,
  type Saved,
  taping,
  untaped,
} from './tape.ts';
