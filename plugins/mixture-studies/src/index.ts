import {
  ArcherError,
  asEvaluator,
  type Benchmark,
  type DataSplit,
  definePlugin,
  type Evaluator,
  EXIT,
  oneStep,
  type State,
  type StudyContext,
  type Views,
} from '@archer-nas/core';
import type { RelaxedView, Rows, SupernetView } from '@archer-nas/nn';
import { z } from 'zod';
import { discretisation } from './discretisation.ts';
import { inherited } from './inherited.ts';
import { lossLandscape } from './loss-landscape.ts';
import { trajectory } from './trajectory.ts';

const trajectoryStudy = definePlugin({
  id: 'trajectory',
  kind: 'study',
  summary: 'The derived architecture of each epoch, and how good it is by a table.',
  options: z.strictObject({}),
  requires: ['space', 'view:trajectory'],
  parts: { truth: { kind: 'benchmark', optional: true } },
  create: (_, { space, parts }) => ({
    when: 'after',
    begin: async ({ search }: StudyContext<unknown>, saved?: State) =>
      oneStep(() => {
        const architectures = search.views.trajectory as readonly unknown[]; // required above
        const truth = parts.truth as Benchmark<unknown> | undefined;
        const found = search.incumbents()[0]?.proposal.architecture;
        return trajectory({ space, truth, architectures, found });
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
  requires: ['data', 'data:classification', 'view:relaxed'],
  create: ({ every, images, step }, { data }) => ({
    when: every === undefined ? 'after' : { every, unit: 'step' },
    begin: async ({ search, open }: StudyContext<unknown>, saved?: State) =>
      oneStep(async (signal) => {
        const { curvatureOf } = await import('./curvature-of.ts');
        const view = search.views.relaxed as RelaxedView; // required above
        const split: DataSplit = open('valid');
        return curvatureOf(view, { data, split, images, step, signal });
      }, saved),
  }),
});

const images = {
  batch: z.int().positive().default(256).describe('valid images per batch'),
  batches: z
    .union([z.literal('all'), z.int().positive()])
    .default('all')
    .describe('of them, from the start of the split'),
};

const lossLandscapeStudy = definePlugin({
  id: 'loss-landscape',
  kind: 'study',
  summary: 'Validation loss and accuracy on a square of architecture parameters around the found.',
  options: z.strictObject({
    points: z.int().min(3).default(11).refine(isOdd, 'odd').describe('along each side; odd'),
    radius: z.number().positive().default(2).describe('L2 norm from the centre to a side'),
    ...images,
  }),
  requires: ['data', 'data:classification', 'view:relaxed', 'view:supernet'],
  create: ({ points, radius, ...sizes }, { data }) => ({
    when: 'after',
    begin: async ({ search, open, streams }: StudyContext<unknown>, saved?: State) =>
      oneStep(async (signal) => {
        const { heightOf } = await import('./look.ts');
        const { alpha, mixture } = search.views.relaxed as RelaxedView; // required above
        const split: DataSplit = open('valid');
        const look = { supernet: supernetOf(search), data, split, ...sizes };
        const heightAt = (at: Rows) => {
          signal.throwIfAborted();
          return heightOf(mixture(at), look);
        };
        const stream = streams.stream('loss-landscape');
        return lossLandscape(alpha, heightAt, { points, radius, stream });
      }, saved),
  }),
});

const discretisationStudy = definePlugin({
  id: 'discretisation',
  kind: 'study',
  summary: 'Accuracy of the mixture, of the derived architecture in it, and of that trained again.',
  options: z.strictObject({
    ...images,
    retrainedOn: z
      .enum(['valid', 'test'])
      .default('valid')
      .describe('split that a training of its own is scored on; `test` needs permit: test-split'),
  }),
  requires: ['data', 'data:classification', 'space', 'view:relaxed', 'view:supernet'],
  parts: { truth: { kind: ['benchmark', 'evaluator'] } },
  create({ retrainedOn, ...sizes }, { data, space, parts, permit }) {
    if (retrainedOn === 'test' && permit !== 'test-split') throw withheld();
    return {
      when: 'after',
      begin: async ({ search, open, streams }: StudyContext<unknown>, saved?: State) => {
        const { accuracyAlone, accuracyOf } = await import('./look.ts');
        const { alpha, mixture } = search.views.relaxed as RelaxedView; // required above
        const architecture = search.incumbents()[0]?.proposal.architecture;
        const look = { supernet: supernetOf(search), data, split: open('valid'), ...sizes };
        const inherited = () => ({
          mixture: accuracyOf(mixture(alpha), look),
          derived: accuracyAlone(architecture, look),
        });
        const retrained = asEvaluator(parts.truth as Benchmark<unknown> | Evaluator<unknown>);
        const images = open(retrainedOn);
        const asked = { space, architecture, inherited, retrained, images, streams };
        return discretisation(asked, saved);
      },
    };
  },
});

const inheritedStudy = definePlugin({
  id: 'inherited',
  kind: 'study',
  summary: "How good the derived architecture is with the supernet's weights, trained and not.",
  options: z.strictObject({ batches: images.batches }),
  requires: ['view:scores', 'view:untrained'],
  create: ({ batches }) => ({
    when: 'after',
    begin: async ({ search, open, streams }: StudyContext<unknown>, saved?: State) =>
      oneStep((signal) => {
        const { scores, untrained } = search.views as Required<Views<unknown>>; // required above
        const architecture = search.incumbents()[0]?.proposal.architecture;
        const evaluators = { derived: scores, untrained };
        return inherited(
          { architecture, evaluators, images: open('valid'), batches, streams },
          signal,
        );
      }, saved),
  }),
});

/** Said before the search, not after it. */
function withheld(): ArcherError {
  const message = 'discretisation: retrainedOn: test reads the test split.';
  const hint = 'Add "permit: test-split" to its block, or score on retrainedOn: valid.';
  return new ArcherError('ARCHER_TEST_WITHHELD', message, { hint, exit: EXIT.manifest });
}

function isOdd(count: number): boolean {
  return count % 2 === 1;
}

function supernetOf({ views }: StudyContext<unknown>['search']) {
  return views.supernet as SupernetView<unknown>; // required where it is used
}

export default [
  trajectoryStudy,
  hessianStudy,
  lossLandscapeStudy,
  discretisationStudy,
  inheritedStudy,
];
