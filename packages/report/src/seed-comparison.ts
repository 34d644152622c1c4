import {
  ArcherError,
  bootstrapInterval,
  createStreams,
  EXIT,
  type Interval,
  type Summary,
  summarise,
  wilcoxonSignedRank,
} from '@archer-nas/core';
import { epochColumn } from './epoch-column.ts';
import { findMetric } from './flat-metrics.ts';
import { ambiguousMetric, unknownMetric } from './named-metric.ts';
import type { RunRecord } from './record.ts';
import { seedTwice } from './seed-twice.ts';
import { type StudySeries, seriesOf } from './study-series.ts';

/** Runs of one experiment, one per seed, and what it is called in tables. */
export interface Group {
  readonly name: string;
  readonly runs: readonly RunRecord[];
}

/** A metric of several experiments, seed by seed. */
export interface MetricBySeed {
  readonly metric: string;
  /** By seed, a value per experiment; `undefined` where there is none. */
  readonly rows: ReadonlyMap<number, readonly (number | undefined)[]>;
  /** Per experiment, over its seeds. */
  readonly summaries: readonly Summary[];
  /** Each two experiments, over the seeds that both have; pairs without one are left out. */
  readonly pairs: readonly PairedDifference[];
}

/** Second minus first over paired seeds. */
export interface PairedDifference {
  readonly first: string;
  readonly second: string;
  /** With the t-interval of the mean difference. */
  readonly difference: Summary;
  /** Percentile bootstrap of the mean difference over pairs. */
  readonly bootstrap: Pick<Interval, 'low' | 'high'>;
  /** Two-sided p of Wilcoxon's signed-rank test. */
  readonly p: number;
}

/** Several experiments seed by seed. */
export interface SeedComparison {
  readonly names: readonly string[];
  readonly metrics: readonly MetricBySeed[];
  /** Of metrics that a study measured several times during the search. */
  readonly series: readonly StudySeries[];
}

/** Resamples of the bootstrap of paired differences. */
const RESAMPLES = 10_000;

/**
 * Compares experiments in some of their metrics, seed by seed: what a seed decides (initial
 * values, order of images) is shared, and pairing takes it out of the differences.
 *
 * @param metrics keys (`trajectory.0/final-none`) or bare names where only one metric has them; or
 *   columns of tables by epoch (`c10_test_200` of a trajectory), whose last epoch counts
 * @throws ArcherError `ARCHER_SEED_TWICE` for two finished runs of a seed in one group
 * @throws ArcherError `ARCHER_METRIC` for a name that no metric has, or several
 */
export function compareBySeed(
  groups: readonly Group[],
  metrics: readonly string[],
): SeedComparison {
  const finished = groups.map(({ name, runs }) => ({ name, seeds: bySeed(name, runs) }));
  return {
    names: groups.map(({ name }) => name),
    metrics: metrics.map((metric) => metricBySeed(metric, finished)),
    series: metrics.flatMap((metric) => seriesOf(metric, groups) ?? []),
  };
}

type Seeds = ReadonlyMap<number, RunRecord>;
type Finished = readonly { readonly name: string; readonly seeds: Seeds }[];

function bySeed(name: string, runs: readonly RunRecord[]): Seeds {
  const seeds = new Map<number, RunRecord>();
  for (const run of runs) {
    if (run.result === undefined) continue;
    const { seed } = run.result;
    const other = seeds.get(seed);
    if (other) throw seedTwice(name, seed, [other, run]);
    seeds.set(seed, run);
  }
  return seeds;
}

function metricBySeed(metric: string, groups: Finished): MetricBySeed {
  const all = [...new Set(groups.flatMap(({ seeds }) => [...seeds.keys()]))].sort((a, b) => a - b);
  const rows = new Map(
    all.map((seed) => [seed, groups.map(({ seeds }) => valueIn(metric, seeds.get(seed)))]),
  );
  const columns = groups.map((_, at) => [...rows.values()].map((row) => row[at]));
  if (columns.flat().every((value) => value === undefined)) {
    throw wrongName(unknownMetric(metric));
  }
  return {
    metric,
    rows,
    summaries: columns.map((values) => summarise(values.filter(isThere))),
    pairs: groups.flatMap(({ name: first }, a) =>
      groups.slice(a + 1).flatMap(({ name: second }, after) => {
        const differences = paired(columns[a] ?? [], columns[a + 1 + after] ?? []);
        return differences.length === 0 ? [] : [pairOf({ first, second }, differences)];
      }),
    ),
  };
}

function valueIn(metric: string, run: RunRecord | undefined): number | undefined {
  if (run === undefined) return undefined;
  const found = findMetric(run, metric);
  if (found.status === 'one') return found.value;
  const column = found.status === 'ambiguous' ? found : epochColumn(run, metric);
  if (column.status === 'ambiguous') {
    throw wrongName(ambiguousMetric(metric, column.keys));
  }
  return column.status === 'one' ? column.last : undefined;
}

function paired(a: readonly (number | undefined)[], b: readonly (number | undefined)[]): number[] {
  return a.flatMap((x, at) => {
    const y = b[at];
    return x === undefined || y === undefined ? [] : [y - x];
  });
}

/** Differences that are not a number have neither an interval nor a p. */
function pairOf(
  names: Pick<PairedDifference, 'first' | 'second'>,
  differences: readonly number[],
): PairedDifference {
  const { length: n } = differences;
  const mean = (index: Int32Array): number =>
    index.reduce((sum, at) => sum + (differences[at] ?? Number.NaN), 0) / n;
  const difference = summarise(differences);
  if (differences.some(Number.isNaN)) {
    const bootstrap = { low: Number.NaN, high: Number.NaN };
    return { ...names, difference, bootstrap, p: Number.NaN };
  }
  const stream = createStreams(0).stream('paired-bootstrap');
  const bootstrap = bootstrapInterval(n, mean, { resamples: RESAMPLES, stream });
  return { ...names, difference, bootstrap, p: wilcoxonSignedRank(differences).p };
}

function isThere(value: number | undefined): value is number {
  return value !== undefined;
}

function wrongName(message: string): ArcherError {
  return new ArcherError('ARCHER_METRIC', message, {
    hint: '`archer report` shows the metrics of a run; their keys begin with rank.0/ and the like.',
    exit: EXIT.usage,
  });
}
