import { type Expectation, nearest, type Summary, summarise } from '@archer-nas/core';
import { changedSettings } from './changed-settings.ts';
import { type Found, findMetric, flatMetrics } from './flat-metrics.ts';
import { number } from './number-text.ts';
import type { RunRecord } from './record.ts';

/** What a published number and the runs say to each other. */
export interface Verdict {
  readonly expectation: Expectation;
  readonly outcome: 'reproduced' | 'differs' | 'inconclusive' | 'not run here';
  /** Why, in one sentence without a full stop. */
  readonly reason: string;
  /** Over seeds; absent when nothing was run. */
  readonly summary?: Summary;
}

/** Fewer seeds say nothing about the spread. */
export const MIN_SEEDS = 3;

/** Two computations of the same bound may differ in the last digits. */
const ROUNDING = 1e-12;

/**
 * Judges the values of a metric, one per seed, by rule: `reproduced` when their 95 %
 * t-interval lies inside value ± tolerance, `differs` when the two do not meet, otherwise
 * `inconclusive`, as are fewer than three seeds and any seed without a finite value.
 */
export function verdict(expectation: Expectation, values: readonly number[]): Verdict {
  if (values.length === 0) return notRun(expectation, 'there is no run');
  const summary = summarise(values);
  const broken = values.filter((value) => !Number.isFinite(value)).length;
  const unclear = (reason: string): Verdict => ({
    expectation,
    outcome: 'inconclusive',
    reason,
    summary,
  });
  if (broken > 0) return unclear(`${broken} of ${values.length} seeds gave no number`);
  if (values.length < MIN_SEEDS) return unclear(`${values.length} of at least ${MIN_SEEDS} seeds`);
  return compare(expectation, summary);
}

/** Judges an interval of which the run itself says how it came about. */
function compare(expectation: Expectation, summary: Summary): Verdict {
  const { value, tolerance } = expectation;
  const say = (outcome: Verdict['outcome'], reason: string): Verdict => ({
    expectation,
    outcome,
    reason,
    summary,
  });
  const slack = ROUNDING * (Math.abs(value) + tolerance);
  const bounds = { low: value - tolerance - slack, high: value + tolerance + slack };
  const places = `[${number(summary.low)}, ${number(summary.high)}] and ${number(value)} ± ${number(tolerance)}`;
  if (summary.low >= bounds.low && summary.high <= bounds.high)
    return say('reproduced', `${places}: the interval is inside`);
  if (summary.low > bounds.high || summary.high < bounds.low)
    return say('differs', `${places} do not meet`);
  return say('inconclusive', `${places} overlap in part`);
}

/** What to say beside verdicts by the expectations that a run folder holds. */
export const EXPECTED_AT_BEGIN =
  'Expected is what the manifest said when the run began; archer run judges by what it says now.';

/**
 * The verdicts on all expectations of an experiment from its runs, one per seed. An
 * expectation of another profile than the runs' is `not run here`, and so is one of runs whose
 * protocol `--set` or `archer extend` has changed.
 */
export function verdicts(
  expectations: readonly Expectation[],
  records: readonly RunRecord[],
): Verdict[] {
  return expectations.map((expectation) => judge(expectation, records));
}

function judge(expectation: Expectation, records: readonly RunRecord[]): Verdict {
  const finished = records.filter((record) => record.result !== undefined);
  if (finished.length === 0) return notRun(expectation, 'no run is finished');
  const { profile } = expectation;
  const ofProfile = onePerSeed(
    finished.filter(({ result }) => !profile || result?.profile === profile),
  );
  if (ofProfile.length === 0)
    return notRun(expectation, `profile ${profile} was not run, only ${profilesOf(finished)}`);
  const asWritten = ofProfile.filter((record) => changedSettings(record).length === 0);
  if (asWritten.length === 0) return notRun(expectation, otherProtocol(ofProfile));
  return judgeRuns(expectation, asWritten);
}

function otherProtocol(records: readonly RunRecord[]): string {
  const paths = [...new Set(records.flatMap(changedSettings))];
  return `what was run has another ${paths.join(', ')} than the manifest`;
}

function judgeRuns(expectation: Expectation, records: readonly RunRecord[]): Verdict {
  const { metric, over } = expectation;
  const found = records.map((record) => findMetric(record, metric));
  const ambiguous = found.find((f) => f.status === 'ambiguous');
  if (ambiguous) return notRun(expectation, `${metric} may be any of ${ambiguous.keys.join(', ')}`);
  if (!found.some(isOne)) return notRun(expectation, withoutMetric(metric, records));
  // A seed without the metric counts as one without a number, or it would be left out unseen.
  const values = found.map((f) => (isOne(f) ? f.value : Number.NaN));
  if (over === undefined || over === 'seeds') return verdict(expectation, values);
  return worst(
    records.map((record, i) => {
      const summary = ownInterval(record, expectation, values[i] ?? Number.NaN);
      const reason = `no finite ${metric} with an interval`;
      return summary ? compare(expectation, summary) : inconclusive(expectation, reason);
    }),
  );
}

/** A copy of a run folder is no other seed. */
function onePerSeed(records: readonly RunRecord[]): readonly RunRecord[] {
  return [...new Map(records.map((record) => [record.result?.seed, record])).values()];
}

function withoutMetric(metric: string, records: readonly RunRecord[]): string {
  const keys = records.flatMap((record) => [...flatMetrics(record).keys()]);
  const [close] = nearest(metric, [...new Set(keys.map((key) => key.replace(/^.*\//s, '')))], 1);
  const hint = close === undefined ? '' : `; did you mean ${close}?`;
  return `no run has a metric ${metric}${hint}`;
}

/** The interval that a run gives for its own metric; a point where nothing is random. */
function ownInterval(
  record: RunRecord,
  { metric, over }: Expectation,
  value: number,
): Summary | undefined {
  const read = (name: string): number => {
    const found = findMetric(record, name);
    return isOne(found) ? found.value : Number.NaN;
  };
  const [low, high] =
    over === 'nothing' ? [value, value] : [read(`${metric}-low`), read(`${metric}-high`)];
  if (![value, low, high].every(Number.isFinite)) return undefined;
  return { n: 1, mean: value, std: Number.NaN, low, high };
}

/** Of the verdicts on several runs the one that is hardest on them. */
function worst(each: readonly Verdict[]): Verdict {
  const rank = ['differs', 'inconclusive', 'not run here', 'reproduced'] as const;
  const [first, ...others] = each as [Verdict, ...Verdict[]]; // there is a finished run
  return others.reduce(
    (a, b) => (rank.indexOf(b.outcome) < rank.indexOf(a.outcome) ? b : a),
    first,
  );
}

function inconclusive(expectation: Expectation, reason: string): Verdict {
  return { expectation, outcome: 'inconclusive', reason };
}

function isOne(found: Found): found is Extract<Found, { status: 'one' }> {
  return found.status === 'one';
}

function profilesOf(records: readonly RunRecord[]): string {
  return [...new Set(records.map(({ result }) => result?.profile))].join(', ');
}

function notRun(expectation: Expectation, because: string): Verdict {
  return { expectation, outcome: 'not run here', reason: `because ${because}` };
}
