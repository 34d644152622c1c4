import { z } from 'zod';

const count = z.int().positive();

/** The budget that a search without one has. */
const DEFAULT_EVALUATIONS = 1000;

/** Options of `search`, also those of presets that add their own. */
export const searchShape = {
  evaluations: count.optional().describe('most evaluations; 1000 where no budget is given'),
  budget: z
    .strictObject({
      evaluations: count.optional().describe('most evaluations; no limit unless stated'),
      seconds: z.number().positive().optional().describe('simulated; no limit unless stated'),
      epochs: z.number().positive().optional().describe('simulated; no limit unless stated'),
    })
    .optional()
    .describe('the search ends with the first of these; without one, after `evaluations`'),
  workers: count
    .default(1)
    .describe('simulated workers: evaluations come back in the order in which they would end'),
  clock: z
    .enum(['seconds', 'epochs', 'evaluations'])
    .optional()
    .describe("the unit of the simulated clock; default the budget's, else seconds"),
  batch: count
    .default(1)
    .describe('proposals per round and worker; a sampler that learns may prefer few'),
  fidelity: z
    .strictObject({
      amount: z.number().positive().describe('how many of the unit'),
      unit: z
        .enum(['epoch', 'step', 'batch', 'second'])
        .default('epoch')
        .describe('what the training is counted in'),
    })
    .optional()
    .describe('training that an evaluation may use; default as the evaluator says'),
  metric: z
    .string()
    .optional()
    .describe("the metric that counts, without an objective; default the evaluator's first"),
  batches: z
    .union([z.literal('all'), count])
    .default('all')
    .describe('batches of validation images per evaluation, where the evaluator uses images'),
  perStep: count
    .default(1000)
    .describe('evaluations per step where they are looked up, as in a table'),
};

/** Options of `search`. */
export const searchOptions = z
  .strictObject(searchShape)
  .refine(({ budget }) => budget?.seconds === undefined || budget.epochs === undefined, {
    message: 'one clock counts seconds or epochs, not both',
    path: ['budget'],
  })
  .refine(({ budget, clock }) => clock === undefined || clock === (unitOf(budget) ?? clock), {
    message: "the clock must count what the budget's limit is in",
    path: ['clock'],
  });

/** What {@link searchOptions} gives. */
export type SearchOptions = z.output<typeof searchOptions>;

/** When a search ends: with the first limit that is reached. */
export interface Limits {
  readonly evaluations: number;
  /** What the simulated clock counts. */
  readonly unit: 'seconds' | 'epochs' | 'evaluations';
  /** On the clock; infinite where none is set. */
  readonly time: number;
}

/** The limits that the options amount to. */
export function limitsOf({ evaluations, budget, clock }: SearchOptions): Limits {
  const timed = unitOf(budget);
  const none = timed === undefined ? DEFAULT_EVALUATIONS : Number.POSITIVE_INFINITY;
  const given = [evaluations, budget?.evaluations].filter((one) => one !== undefined);
  return {
    evaluations: given.length > 0 ? Math.min(...given) : none,
    unit: timed ?? clock ?? 'seconds',
    time: budget?.seconds ?? budget?.epochs ?? Number.POSITIVE_INFINITY,
  };
}

function unitOf(
  budget: { seconds?: number | undefined; epochs?: number | undefined } | undefined,
): 'seconds' | 'epochs' | undefined {
  if (budget?.seconds !== undefined) return 'seconds';
  return budget?.epochs === undefined ? undefined : 'epochs';
}
