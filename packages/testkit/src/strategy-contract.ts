// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest
import {
  type Block,
  createStreams,
  type EvaluatedBatch,
  type Evaluation,
  EvaluationLog,
  type Report,
  type Search,
  type SearchSpace,
} from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { drive, type JobSubject, type JobTrace, jobChecks, jobTrace } from './job-contract.ts';
import { type Blocks, createParts, everything, resolveBlocks } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks, type Trace } from './row.ts';
import { type Spoiling, spoil } from './spoilt-evaluator.ts';

/** A strategy with the blocks of a small manifest around it: some ten steps or fewer. */
export interface StrategyRow extends Row {
  readonly strategy: Block;
}

/** Runs the contract of a strategy, and what every row promises, as tests. */
export function describeStrategy(row: StrategyRow): void {
  describeRow(subjectOf(row));
}

/** The contract: that of a job, legal incumbents that are numbers, the views it provides. */
export function strategyChecks(row: StrategyRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(row: StrategyRow): RowSubject {
  const nan = (how: Spoiling): Check => ({
    name: `has no incumbent whose evaluation ${how === 'nan' ? 'is NaN' : 'failed'}`,
    run: () => checkSpoilt(row, how),
  });
  return {
    kind: 'strategy',
    use: row.strategy.use,
    row,
    manifest: () => row,
    checks: [
      ...jobChecks(searchOf(row)),
      { name: 'ends with incumbents of its space', run: () => checkIncumbents(row) },
      { name: 'has the views that it provides', run: () => checkViews(row) },
      ...(row.evaluator === undefined ? [] : [nan('nan'), nan('failed')]),
    ],
    trace: () => traceOf(row),
  };
}

function searchOf(blocks: Blocks): JobSubject<Search<any>> {
  return {
    async begin(saved) {
      const { strategy } = await createParts(blocks);
      const streams = createStreams(blocks.seed ?? 0).scope('search');
      return strategy.begin({ streams }, saved);
    },
    outcome: async (search) => [search.incumbents(), await search.result()],
  };
}

/** Numbers of tensors are frozen within a tolerance, all others exactly. */
async function traceOf(row: StrategyRow): Promise<Trace> {
  const { space } = await createParts(row);
  const { needsEngine } = await resolveBlocks(row);
  const whole = await jobTrace(searchOf(row));
  const reports = whole.reports.map((report) => readable(space, report));
  const [incumbents, { best: _, ...result }] = whole.outcome as [Evaluation<any>[], any];
  const steps = [...reports, { incumbents: incumbents.map((one) => readEvaluation(space, one)) }];
  if (!needsEngine) return { golden: { decisions: [...steps, result] }, whole };
  const decisions = steps.map((step) => decisionsOf(step));
  return { golden: { decisions, rounded: lastMetrics(whole) }, whole };
}

/** A report whose architectures are in the space's notation, columns read. */
function readable(space: SearchSpace<any>, report: Report): Record<string, unknown> {
  const { evaluated = [], evaluations, proposals, ...rest } = report;
  return {
    ...rest,
    evaluations: evaluations?.map((one) => readEvaluation(space, one)),
    proposals: proposals?.map(({ architecture, id }) => [id, space.format(architecture)]),
    evaluated: readColumns(space, evaluated),
  };
}

/** Evaluations in the order in which they were made: repetition after repetition of all arms. */
function readColumns(space: SearchSpace<any>, batches: readonly EvaluatedBatch[]) {
  const all = batches.flatMap(({ arm, repeat: first, log: saved }) => {
    const log = EvaluationLog.from(space, saved);
    return Array.from({ length: log.length }, (_, i) => {
      const repeat = first + log.historyAt(i);
      const evaluation = { ...readEvaluation(space, log.at(i)), search: `${arm} ${repeat}` };
      return { repeat, evaluation };
    });
  });
  return all.sort((a, b) => a.repeat - b.repeat).map(({ evaluation }) => evaluation);
}

function readEvaluation(space: SearchSpace<any>, { proposal, ...rest }: Evaluation<any>) {
  const { architecture, ...about } = proposal;
  return { ...about, ...rest, architecture: space.format(architecture) };
}

/** Of what tensors computed, only which architectures there were. */
function decisionsOf(step: Record<string, any>): unknown {
  const names = (list: readonly { architecture: string; id: string }[] | undefined) =>
    list?.map(({ id, architecture }) => `${id} ${architecture}`);
  const { evaluations, proposals, incumbents } = step;
  return {
    proposals,
    evaluations: names(evaluations),
    incumbents: names(incumbents),
    metrics: Object.keys(step.metrics ?? {}),
  };
}

/** The last value of every metric that was reported. */
function lastMetrics({ reports }: JobTrace): Record<string, number> {
  return Object.assign({}, ...reports.map(({ metrics = {} }) => metrics));
}

async function finish(blocks: Blocks): Promise<Search<any>> {
  const search = await searchOf(blocks).begin();
  await drive(search);
  return search;
}

async function checkIncumbents(row: StrategyRow): Promise<void> {
  const { space } = await createParts(row);
  const search = await finish(row);
  const found = search.incumbents().map(({ proposal }) => proposal.architecture);
  expect(found, 'incumbents').not.toHaveLength(0);
  for (const a of found) expect(space.id(space.parse(space.format(a)))).toBe(space.id(a));
  expect((await search.result()).best).toStrictEqual(search.incumbents());
  search.dispose?.();
}

async function checkViews(row: StrategyRow): Promise<void> {
  const { plugins } = await resolveBlocks(row);
  const provided = plugins
    .filter(({ place }) => place === 'strategy')
    .flatMap(({ provides }) => provides.filter((name) => name.startsWith('view:')));
  const search = await searchOf(row).begin();
  for (const name of provided) expect(search.views).toHaveProperty([name.slice('view:'.length)]);
  search.dispose?.();
}

/** With an evaluator that spoils half of the architectures, the other half wins at any time. */
async function checkSpoilt(row: StrategyRow, how: Spoiling): Promise<void> {
  const plugins = everything(row).map((plugin) => spoil(plugin, how));
  const search = await searchOf({ ...row, plugins }).begin();
  const check = (list: readonly Evaluation<any>[]): void => {
    for (const { metrics, status, proposal } of list) {
      expect(status, `status of ${proposal.id}`).not.toBe('failed');
      for (const [name, value] of Object.entries(metrics)) expect(value, name).not.toBeNaN();
    }
  };
  await drive(search, () => check(search.incumbents()));
  const { best, metrics } = await search.result();
  check(best);
  if (best.length > 0) {
    for (const [name, value] of Object.entries(metrics)) expect(value, name).not.toBeNaN();
  }
  search.dispose?.();
}
