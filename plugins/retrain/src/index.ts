import {
  ArcherError,
  asEvaluator,
  type Benchmark,
  type Candidates,
  definePlugin,
  type Evaluation,
  type Evaluator,
  EXIT,
  type SearchSpace,
  type State,
  type StudyContext,
  splitIfAny,
  type Views,
} from '@archer-nas/core';
import { z } from 'zod';
import { besideRandom } from './beside-random.ts';
import { retrain } from './retrain.ts';

type Truth = Benchmark<unknown> | Evaluator<unknown>;

const study = definePlugin({
  id: 'retrain',
  kind: 'study',
  summary: 'What a search has selected, trained from scratch: its choice alone, or several.',
  options: z.strictObject({
    architectures: z
      .union([z.enum(['best', 'all']), z.int().positive()])
      .default('best')
      .describe(
        'best: what the search has ended with; all: everything it has selected that from; ' +
          'a number: so many of these, the best by the search',
      ),
    on: z
      .enum(['valid', 'test'])
      .default('valid')
      .describe('split that trained networks are reported on; `test` needs permit: test-split'),
  }),
  requires: ['space'],
  parts: {
    truth: { kind: ['benchmark', 'evaluator'] },
    choice: { kind: ['benchmark', 'evaluator'], optional: true },
  },
  create({ architectures, on }, { space, parts, permit }) {
    if (on === 'test' && permit !== 'test-split') throw withheld();
    return {
      when: 'after',
      begin: async ({ search, open, streams }: StudyContext<unknown>, saved?: State) => {
        const choice = parts.choice as Truth | undefined;
        const candidates = search.views.candidates as Candidates<unknown> | undefined;
        const models = modelsOf(space, [
          ...search.incumbents(),
          ...(architectures === 'best' ? [] : (candidates?.evaluations() ?? [])),
        ]);
        return retrain(
          {
            ...{ space, streams },
            models: typeof architectures === 'number' ? models.slice(0, architectures) : models,
            judged: candidates?.judged() ?? models.length,
            truth: asEvaluator(parts.truth as Truth),
            choice: choice && asEvaluator(choice),
            images: splitIfAny(open, 'valid'),
            test: on === 'test' ? splitIfAny(open, 'test') : undefined,
          },
          saved,
        );
      },
    };
  },
});

/** Each architecture once, at its first place. */
function modelsOf<A>(
  space: SearchSpace<A>,
  evaluations: readonly Evaluation<A>[],
): readonly Evaluation<A>[] {
  const byId = new Map<string, Evaluation<A>>();
  for (const one of evaluations) {
    const id = space.id(one.proposal.architecture);
    if (!byId.has(id)) byId.set(id, one);
  }
  return [...byId.values()];
}

/** Said before the search, not after it. */
function withheld(): ArcherError {
  const message = 'retrain: on: test reads the test split.';
  const hint = 'Add "permit: test-split" to its block, or report on: valid.';
  return new ArcherError('ARCHER_TEST_WITHHELD', message, { hint, exit: EXIT.manifest });
}

const besideRandomStudy = definePlugin({
  id: 'beside-random',
  kind: 'study',
  summary: 'What a search has selected from, scored beside random architectures.',
  options: z.strictObject({
    sample: z.int().positive().default(100).describe('random architectures'),
    batches: z
      .union([z.literal('all'), z.int().positive()])
      .default('all')
      .describe('of valid images or text, from the start of the split'),
  }),
  requires: ['space', 'view:scores', 'view:candidates'],
  create: (options, { space }) => ({
    when: 'after',
    begin: async ({ search, open, streams }: StudyContext<unknown>, saved?: State) => {
      const { scores, candidates } = search.views as Required<Views<unknown>>; // required above
      const images = splitIfAny(open, 'valid');
      return besideRandom({ ...options, space, candidates, scores, images, streams }, saved);
    },
  }),
});

export default [study, besideRandomStudy];
