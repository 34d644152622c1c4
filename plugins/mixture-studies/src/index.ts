import {
  type Benchmark,
  type DataSplit,
  definePlugin,
  oneStep,
  type State,
  type StudyContext,
} from '@archer-nas/core';
import type { RelaxedView } from '@archer-nas/nn';
import { z } from 'zod';
import { trajectory } from './trajectory.ts';

const trajectoryStudy = definePlugin({
  id: 'trajectory',
  kind: 'study',
  summary: 'How good the derived architecture of each epoch is, by a table.',
  options: z.strictObject({}),
  requires: ['space', 'view:trajectory'],
  parts: { truth: { kind: 'benchmark' } },
  create: (_, { space, parts }) => ({
    when: 'after',
    begin: async ({ search }: StudyContext<unknown>, saved?: State) =>
      oneStep(() => {
        const architectures = search.views.trajectory as readonly unknown[]; // required above
        return trajectory({ space, truth: parts.truth as Benchmark<unknown>, architectures });
      }, saved),
  }),
});

const hessianStudy = definePlugin({
  id: 'hessian',
  kind: 'study',
  summary: 'Eigenvalues of the Hessian of the validation loss by the architecture parameters.',
  options: z.strictObject({
    every: z.int().positive().optional().describe('steps of the search; absent: once, at its end'),
    images: z.int().positive().default(64).describe('valid images, the first, not augmented'),
    step: z.number().positive().default(0.01).describe('of the central differences'),
  }),
  requires: ['data', 'view:relaxed'],
  create: ({ every, images, step }, { data }) => ({
    when: every === undefined ? 'after' : { every, unit: 'step' },
    begin: async ({ search, open }: StudyContext<unknown>, saved?: State) =>
      oneStep(async () => {
        const { curvatureOf } = await import('./curvature-of.ts');
        const view = search.views.relaxed as RelaxedView; // required above
        const split: DataSplit = open('valid');
        return curvatureOf(view, { data, split, images, step });
      }, saved),
  }),
});

export default [trajectoryStudy, hessianStudy];
