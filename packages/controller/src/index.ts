export {
  Controller,
  type ControllerOf,
  type Draw,
  type Lesson,
  type Update,
} from './controller.ts';
export {
  type LearningOptions,
  learningOptions,
  type PolicyOptions,
  policyOptions,
} from './options.ts';
export type { Token } from './policy.ts';
export { type Reward, type RewardOptions, rewardOf, rewardOptions } from './reward.ts';
export { type ControllerSamplerOptions, controllerSampler } from './sampler.ts';
