// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest
import {
  type Block,
  createStreams,
  type Evaluation,
  type EvaluationContext,
  type EvaluationJob,
  type Evaluator,
  type Proposal,
  type SearchSpace,
} from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { drive, jobChecks, jobTrace } from './job-contract.ts';
import { createParts, resolveBlocks } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks, type Trace } from './row.ts';

/** An evaluator on a toy; where the row has data, it is given the `valid` images. */
export interface EvaluatorRow extends Row {
  readonly evaluator: Block;
  /** How many random architectures it is asked about; default 4. */
  readonly proposals?: number;
}

/** An evaluator with what it is asked. */
export interface EvaluatorSubject {
  readonly evaluator: Evaluator<any>;
  readonly space: SearchSpace<any>;
  readonly proposals: readonly Proposal<any>[];
  readonly context: EvaluationContext;
}

/** Runs the contract of an evaluator, and what every row promises, as tests. */
export function describeEvaluator(row: EvaluatorRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describeEvaluator} runs. */
export function evaluatorRowChecks(row: EvaluatorRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(row: EvaluatorRow): RowSubject {
  return {
    kind: 'evaluator',
    use: row.evaluator.use,
    row,
    manifest: () => row,
    checks: evaluatorChecks(() => made(row)),
    async trace() {
      const { needsEngine } = await resolveBlocks(row);
      return evaluatorTrace(() => made(row), needsEngine);
    },
  };
}

async function made(row: EvaluatorRow): Promise<EvaluatorSubject> {
  const { evaluator, space, data } = await createParts(row);
  if (evaluator === undefined) throw new TypeError('an evaluator row has an evaluator block');
  const images = data?.splits.includes('valid') ? { images: data.open('valid') } : {};
  const context = { ...images, batches: 'all', streams: createStreams(row.seed ?? 0) } as const;
  return { evaluator, space, proposals: proposalsFrom(space, row.proposals), context };
}

/** Random architectures, the last one a second time under another id. */
export function proposalsFrom(space: SearchSpace<any>, count = 4): readonly Proposal<any>[] {
  const stream = createStreams(0).stream('proposals');
  const drawn = Array.from({ length: count - 1 }, () => space.sample(stream));
  return [...drawn, drawn.at(-1)].map((architecture, i) => ({ id: `kit-${i}`, architecture }));
}

/** The contract of an evaluator: its jobs', and that values depend on nothing else. */
export function evaluatorChecks(make: () => Promise<EvaluatorSubject>): readonly Check[] {
  const check = (name: string, run: (subject: EvaluatorSubject) => Promise<void>): Check => ({
    name,
    run: async () => run(await make()),
  });
  const begin = async (saved?: any): Promise<EvaluationJob<any>> => {
    const { evaluator, proposals, context } = await make();
    return evaluator.start(proposals, context, saved);
  };
  return [
    ...jobChecks({ begin, outcome: (job) => job.evaluations() }),
    check('evaluates every proposal, in order, by the metrics it announces', checkAnswers),
    check('says the same of an architecture in any company and at any time', checkCompany),
    check('looks up what its jobs measure, if it looks up', checkLookUp),
    check('leaves proposals alone', checkFrozen),
  ];
}

/** What an evaluator said: exactly, or within rounding where tensors gave the numbers. */
export async function evaluatorTrace(
  make: () => Promise<EvaluatorSubject>,
  rounds: boolean,
): Promise<Trace> {
  const { space } = await make();
  const whole = await jobTrace({
    begin: async (saved) => {
      const { evaluator, proposals, context } = await make();
      return evaluator.start(proposals, context, saved);
    },
    outcome: (job: EvaluationJob<any>) => job.evaluations(),
  });
  const evaluations = (whole.outcome as readonly Evaluation<any>[]).map((one) => ({
    ...one,
    proposal: `${one.proposal.id} ${space.format(one.proposal.architecture)}`,
  }));
  if (!rounds) return { golden: { decisions: evaluations }, whole };
  const rounded = evaluations.flatMap(({ proposal, metrics }) =>
    Object.entries(metrics).map(([name, value]) => [`${proposal.split(' ')[0]}/${name}`, value]),
  );
  const decisions = evaluations.map(({ proposal, status, metrics }) => ({
    proposal,
    status,
    metrics: Object.keys(metrics),
  }));
  return { golden: { decisions, rounded: Object.fromEntries(rounded) }, whole };
}

async function evaluated(
  { evaluator, context }: EvaluatorSubject,
  proposals: readonly Proposal<any>[],
): Promise<readonly Evaluation<any>[]> {
  const job = evaluator.start(proposals, context);
  await drive(job);
  const evaluations = structuredClone(job.evaluations());
  job.dispose?.();
  return evaluations;
}

async function checkAnswers(subject: EvaluatorSubject): Promise<void> {
  const { evaluator, proposals } = subject;
  expect(evaluator.metrics, 'metrics').not.toHaveLength(0);
  const evaluations = await evaluated(subject, proposals);
  expect(evaluations.map(({ proposal }) => proposal)).toStrictEqual(proposals);
  for (const { status, metrics, reason } of evaluations) {
    if (status === 'failed') expect(reason, 'why it failed').toBeTruthy();
    if (status !== 'final') continue;
    for (const { name } of evaluator.metrics) expect(typeof metrics[name], name).toBe('number');
  }
}

/** Together, alone, in the other order, and again: the same values. */
async function checkCompany(subject: EvaluatorSubject): Promise<void> {
  const { proposals } = subject;
  const together = await evaluated(subject, proposals);
  const turned = await evaluated(subject, [...proposals].reverse());
  expect([...turned].reverse(), 'in the other order').toStrictEqual(together);
  for (const [i, proposal] of proposals.entries()) {
    expect(await evaluated(subject, [proposal]), `${proposal.id} alone`).toStrictEqual([
      together[i],
    ]);
  }
  expect(await evaluated(subject, proposals), 'the second time').toStrictEqual(together);
}

async function checkLookUp(subject: EvaluatorSubject): Promise<void> {
  const { evaluator, context, proposals } = subject;
  if (evaluator.lookUp === undefined) return;
  const lookUp = (proposal: Proposal<any>) => evaluator.lookUp?.(proposal, context);
  const measured = await evaluated(subject, proposals);
  expect(proposals.map(lookUp), 'the same as its jobs').toStrictEqual(measured);
  const turned = [...proposals].reverse().map(lookUp).reverse();
  expect(turned, 'in the other order').toStrictEqual(measured);
}

async function checkFrozen(subject: EvaluatorSubject): Promise<void> {
  const copies = structuredClone(subject.proposals);
  await evaluated(subject, subject.proposals);
  expect(subject.proposals).toStrictEqual(copies);
}
