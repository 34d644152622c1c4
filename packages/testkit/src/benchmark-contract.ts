// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest
import {
  type Benchmark,
  type Block,
  createStreams,
  isArcherError,
  type SearchSpace,
} from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { type EvaluatorSubject, evaluatorChecks, proposalsFrom } from './evaluator-contract.ts';
import { createPart, holding } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks } from './row.ts';

/** A benchmark as a search sees it. */
export interface BenchmarkRow extends Row {
  readonly benchmark: Block;
}

/** A benchmark with its space. */
export interface BenchmarkSubject {
  readonly benchmark: Benchmark<any>;
  readonly space: SearchSpace<any>;
  /** The block permits a search to read test columns, because there are no others. */
  readonly permitted: boolean;
}

/** Runs the contract of a benchmark, and what every row promises, as tests. */
export function describeBenchmark(row: BenchmarkRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describeBenchmark} runs. */
export function benchmarkRowChecks(row: BenchmarkRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(row: BenchmarkRow): RowSubject {
  const make = once(async (): Promise<BenchmarkSubject> => {
    const { part, parts } = await createPart('benchmark', row.benchmark, row);
    return { benchmark: part, space: parts.space, permitted: row.benchmark.permit !== undefined };
  });
  return {
    kind: 'benchmark',
    use: row.benchmark.use,
    row,
    manifest: () => holding('benchmark', row.benchmark, row),
    checks: benchmarkChecks(make),
    async trace() {
      const { benchmark, space } = await make();
      const values = proposalsFrom(space, 8).map(({ architecture }) => [
        space.format(architecture),
        benchmark.value(architecture),
      ]);
      const decisions = [benchmark.columns.map(({ name, split }) => [name, split]), ...values];
      return { golden: { decisions }, whole: { decisions, hash: benchmark.hash } };
    },
  };
}

/** Tables are large and never change: all checks look into one. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The contract of a benchmark: a pure table that hides test columns, and that of its evaluator. */
export function benchmarkChecks(make: () => Promise<BenchmarkSubject>): readonly Check[] {
  const check = (name: string, run: (subject: BenchmarkSubject) => void): Check => ({
    name,
    run: async () => run(await make()),
  });
  return [
    check('has its column among its columns, each once', checkColumns),
    check('gives the same value every time, that of its evaluator', checkValues),
    check('refuses a column that is not there', checkUnknown),
    check('gives a search no test column', checkWithheld),
    ...evaluatorChecks(async () => evaluating(await make())),
  ];
}

function evaluating({ benchmark, space }: BenchmarkSubject): EvaluatorSubject {
  const context = { batches: 'all', streams: createStreams(0) } as const;
  return { evaluator: benchmark.evaluator(), space, proposals: proposalsFrom(space), context };
}

function checkColumns({ benchmark }: BenchmarkSubject): void {
  const names = benchmark.columns.map(({ name }) => name);
  expect(new Set(names).size, 'distinct columns').toBe(names.length);
  expect(names).toContain(benchmark.column.name);
  expect(benchmark.hash).toMatch(/\S/);
  expect(benchmark.description).toMatch(/\S/);
}

function checkValues({ benchmark, space }: BenchmarkSubject): void {
  const { name } = benchmark.column;
  const proposals = proposalsFrom(space, 8);
  const values = proposals.map(({ architecture }) => benchmark.value(architecture));
  const turned = [...proposals].reverse().map(({ architecture }) => benchmark.value(architecture));
  expect(turned.reverse(), 'in the other order').toEqual(values);
  const named = proposals.map(({ architecture }) => benchmark.value(architecture, name));
  expect(named, 'of the column by name').toEqual(values);
  const context = { batches: 'all', streams: createStreams(0) } as const;
  const { lookUp, metrics } = benchmark.evaluator();
  const metric = metrics[0]?.name ?? '';
  const looked = proposals.map((one) => lookUp?.(one, context).metrics[metric]);
  if (lookUp !== undefined) expect(looked, 'of its evaluator').toEqual(values);
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

function checkUnknown({ benchmark, space }: BenchmarkSubject): void {
  const a = space.sample(createStreams(0).stream('unknown'));
  for (const run of [
    () => benchmark.value(a, 'no-such-column'),
    () => benchmark.evaluator(['no-such-column']),
  ]) {
    expect(isArcherError(thrownBy(run)), 'an ArcherError for an unknown column').toBe(true);
  }
}

function checkWithheld({ benchmark, permitted }: BenchmarkSubject): void {
  if (permitted) return;
  expect(benchmark.column.split, 'split of the column').not.toBe('test');
  for (const { name, split } of benchmark.columns) {
    if (split !== 'test') continue;
    const error = thrownBy(() => benchmark.evaluator([name]));
    expect((error as { code?: string })?.code, name).toBe('ARCHER_TEST_WITHHELD');
  }
}
