import type { DataSet, OrderRecipe, Streams, TextData } from '@archer-nas/core';
import type { GradientRecipe, Model, Network, PathContext, PathRecipe } from '@archer-nas/nn';
import type { Bequest, Course } from './inheritance.ts';
import type { OneShotOptions } from './options.ts';

/** What a training is made of. */
export interface TrainingParts {
  readonly network: Model | Network;
  readonly data: DataSet | TextData;
  readonly paths: PathRecipe;
  readonly order: OrderRecipe;
  readonly options: OneShotOptions;
  readonly streams: Streams;
  /** What a path's pass is; absent: the gradient of its loss. */
  readonly gradient?: GradientRecipe | undefined;
  readonly around?: PathContext;
  /** What a network that came of another begins with: values of all its parameters, velocities. */
  readonly inherited?: Partial<Bequest>;
  readonly course?: Course;
}
