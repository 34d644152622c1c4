// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest
import {
  type Block,
  createStreams,
  type Evaluation,
  type Proposal,
  singleMetric,
} from '@archer-nas/core';
import type { Check } from './check.ts';
import { createPart, holding } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks, type Trace } from './row.ts';
import { type SamplerSubject, samplerChecks, samplerTrace } from './sampler-contract.ts';

/** A sampler on a toy: it is told what the evaluator says, by default the ones of bit strings. */
export interface SamplerRow extends Row {
  readonly sampler: Block;
  /** What it may propose, where that is less than the space. */
  readonly legal?: (architecture: any) => boolean;
  /** Rounds of propose and observe; default 6. */
  readonly rounds?: number;
  /** Proposals asked for in each; default 4. */
  readonly batch?: number;
}

/** Runs the contract of a sampler, and what every row promises, as tests. */
export function describeSampler(row: SamplerRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describeSampler} runs. */
export function samplerRowChecks(row: SamplerRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(given: SamplerRow): RowSubject {
  const row: SamplerRow = { evaluator: { use: 'toy-ones' }, ...given };
  return {
    kind: 'sampler',
    use: row.sampler.use,
    row,
    manifest: () => holding('sampler', row.sampler, row),
    checks: samplerChecks(() => made(row)),
    trace: async () => sampledTrace(await made(row)),
  };
}

/** The trace of a sampler of architectures or paths: states may change, proposals may not. */
export function sampledTrace<A>(subject: SamplerSubject<A>): Trace {
  const whole = samplerTrace(subject);
  return { golden: { decisions: whole.answers.flat() }, whole };
}

async function made(row: SamplerRow): Promise<SamplerSubject<any>> {
  const { part: recipe, parts } = await createPart('sampler', row.sampler, row);
  const { space, evaluator, objective: stated } = parts;
  const [metric] = stated?.metrics ?? evaluator?.metrics ?? [];
  if (!metric || !evaluator?.lookUp) throw new TypeError('a sampler row needs an evaluator');
  const objective = stated ?? singleMetric(metric);
  const context = { batches: 'all', streams: createStreams(1) } as const;
  const evaluate = (proposal: Proposal<any>): Evaluation<any> => {
    const evaluation = evaluator.lookUp?.(proposal, context) as Evaluation<any>;
    const costs = space.costs?.of(proposal.architecture) ?? {};
    return { ...evaluation, metrics: { ...costs, ...evaluation.metrics } };
  };
  const { legal = () => true, rounds = 6, batch = 4 } = row;
  return {
    begin: (saved) => recipe.begin({ space, metric, objective }, saved),
    evaluate,
    legal: (a) => space.id(space.parse(space.format(a))) === space.id(a) && legal(a),
    blind: recipe.blind === true,
    rounds,
    batch,
  };
}
