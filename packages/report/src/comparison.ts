import { type Summary, summarise, type Table } from '@archer-nas/core';
import { flatMetrics } from './flat-metrics.ts';
import { difference, interval, spread } from './number-text.ts';
import type { RunRecord } from './record.ts';
import { seedTwice } from './seed-twice.ts';
import { formatTable, type TextOptions } from './table-text.ts';

/** A metric in two groups of runs. */
export interface MetricComparison {
  readonly metric: string;
  readonly a: Summary;
  readonly b: Summary;
  /** b - a over the seeds that both have; absent when there is none. */
  readonly paired?: Summary;
}

/** Something that is not the same on both sides; `undefined` where it is not there at all. */
export interface Difference {
  /** Dotted path: `manifest.strategy.epochs`, `plugins.strategy strategy:spos`, `engine`. */
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Two experiments (or two runs) side by side. */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  /** Seeds on both sides, those on one side only, and runs without a result. */
  readonly seeds: {
    readonly both: readonly number[];
    readonly onlyA: readonly number[];
    readonly onlyB: readonly number[];
    readonly unfinished: number;
  };
  readonly metrics: readonly MetricComparison[];
  readonly differences: readonly Difference[];
}

type Runs = readonly RunRecord[];

/**
 * Compares two groups of runs, one run per seed. Seeds that both have are paired: their
 * differences share what the seed decides, so their interval is the narrower one.
 *
 * @throws RangeError when a side has no run; ArcherError `ARCHER_SEED_TWICE` for two finished runs of a seed
 */
export function compareRuns(
  a: Runs,
  b: Runs,
  [nameA, nameB]: readonly [string, string] = ['first', 'second'],
): Comparison {
  const [first, second] = [bySeed(a, nameA), bySeed(b, nameB)];
  const keys = [...first.values(), ...second.values()].flatMap((m) => [...m.keys()]);
  const seedsA = [...first.keys()];
  const seedsB = [...second.keys()];
  return {
    a: sideName(a),
    b: sideName(b),
    seeds: {
      both: seedsA.filter((seed) => second.has(seed)),
      onlyA: seedsA.filter((seed) => !second.has(seed)),
      onlyB: seedsB.filter((seed) => !first.has(seed)),
      unfinished: [...a, ...b].filter((record) => record.result === undefined).length,
    },
    metrics: [...new Set(keys)].map((metric) => compareMetric(metric, first, second)),
    differences: differencesOf(a[0], b[0]),
  };
}

type BySeed = ReadonlyMap<number, ReadonlyMap<string, number>>;

function bySeed(runs: Runs, side: string): BySeed {
  if (runs.length === 0) throw new RangeError(`The ${side} side of the comparison has no run.`);
  const seeds = new Map<number, RunRecord>();
  for (const record of runs) {
    if (record.result === undefined) continue;
    const { seed } = record.result;
    const other = seeds.get(seed);
    if (other) throw seedTwice(`The ${side} side of the comparison`, seed, [other, record]);
    seeds.set(seed, record);
  }
  const inOrder = [...seeds].sort(([x], [y]) => x - y);
  return new Map(inOrder.map(([seed, record]) => [seed, flatMetrics(record)]));
}

function compareMetric(metric: string, a: BySeed, b: BySeed): MetricComparison {
  const paired = [...a].flatMap(([seed, metrics]) => {
    const [x, y] = [metrics.get(metric), b.get(seed)?.get(metric)];
    return x === undefined || y === undefined ? [] : [y - x];
  });
  const summary = { metric, a: summarise(values(a, metric)), b: summarise(values(b, metric)) };
  return paired.length === 0 ? summary : { ...summary, paired: summarise(paired) };
}

function values(runs: BySeed, metric: string): number[] {
  return [...runs.values()].flatMap((metrics) => metrics.get(metric) ?? []);
}

/** What a side of a comparison is called: its experiment and profile, as far as they are known. */
export function sideName([first]: Runs): string {
  const { result, manifest, folder = '' } = first ?? {};
  if (result !== undefined) return `${result.experiment} (${result.profile})`;
  return manifest?.name ?? folder;
}

/** In what two runs differ besides their results: manifest, plugins, core, engine, data. */
export function differencesOf(
  a: RunRecord | undefined,
  b: RunRecord | undefined,
): readonly Difference[] {
  const [x, y] = [flatten(describe(a)), flatten(describe(b))];
  return [...new Set([...x.keys(), ...y.keys()])]
    .filter((path) => !Object.is(x.get(path), y.get(path)))
    .map((path) => ({ path, a: x.get(path), b: y.get(path) }));
}

function describe(record: RunRecord | undefined): unknown {
  const { manifest, fingerprint } = record ?? {};
  // All profiles are in the manifest; the one that was run is applied already.
  const { profiles: _, ...applied } = manifest ?? {};
  const { plugins, core, engine, dataHash } = fingerprint ?? {};
  return { manifest: applied, plugins, core, engine: engine?.class, dataHash };
}

/** Leaves of a tree by dotted path; a list of plain values is one leaf. */
function flatten(value: unknown, path = ''): Map<string, unknown> {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return new Map([[path, value.join(', ')]]);
  if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
  const below = Object.entries(value).flatMap(([key, item]) => [
    ...flatten(item, path === '' ? key : `${path}.${key}`),
  ]);
  return new Map(below);
}

/** A comparison as tables: the metrics of both sides, and what else differs. */
export function comparisonTables(comparison: Comparison): readonly [Table, Table] {
  return [metricTable(comparison), differenceTable(comparison)];
}

/** A comparison as text without a line break at the end. */
export function formatComparison(comparison: Comparison, options: TextOptions = {}): string {
  return comparisonTables(comparison)
    .map((table) => formatTable(table, options))
    .join('\n\n');
}

function metricTable({ a, b, seeds, metrics }: Comparison): Table {
  const rows = metrics.map(({ metric, a: x, b: y, paired }) => [
    metric,
    x.n === 0 ? null : spread(x.mean, x.std),
    y.n === 0 ? null : spread(y.mean, y.std),
    paired ? difference(paired.mean) : null,
    paired ? interval(paired.low, paired.high) : null,
    paired?.n ?? 0,
  ]);
  const alone = [...seeds.onlyA, ...seeds.onlyB];
  return {
    title: `${a} and ${b}`,
    columns: ['metric', `a: ${a}`, `b: ${b}`, 'b - a', '95 % interval', 'pairs'],
    rows,
    notes: [
      `mean ± std over seeds; pairs of the seeds ${seeds.both.join(', ') || 'none'}`,
      ...(alone.length > 0 ? [`on one side only: the seeds ${alone.join(', ')}`] : []),
      ...(seeds.unfinished > 0 ? [`${seeds.unfinished} runs are not finished and not in it`] : []),
    ],
  };
}

function differenceTable({ differences }: Comparison): Table {
  const text = (value: unknown) => (value === undefined ? null : String(value));
  return {
    title: 'what differs',
    columns: ['place', 'a', 'b'],
    rows: differences.map((d) => [d.path, text(d.a), text(d.b)]),
    notes: differences.length === 0 ? ['nothing in manifest, plugins, engine and data'] : [],
  };
}
