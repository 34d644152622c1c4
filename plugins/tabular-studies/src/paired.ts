import { type Benchmark, holm, summarise, type Table, wilcoxonSignedRank } from '@archer-nas/core';
import { type Axis, incumbentAt, type Path } from './trajectory.ts';

/** At which budget, and by which truth, arms are compared. */
export interface Comparison<A> {
  readonly truth: Benchmark<A>;
  readonly axis: Axis;
  readonly budget: number;
}

/**
 * Every pair of arms, by the differences of their repetitions: none where fewer than two are
 * shared.
 */
export function pairedTable<A>(
  arms: ReadonlyMap<string, readonly Path<A>[]>,
  comparison: Comparison<A>,
): Readonly<Record<string, Table>> {
  const { truth, axis, budget } = comparison;
  const values = [...arms].map(([arm, paths]) => ({ arm, values: valuesOf(paths, comparison) }));
  const pairs = values.flatMap((a, i) => values.slice(i + 1).map((b) => [a, b] as const));
  const tests = pairs.flatMap(([a, b]) => {
    const differences = differencesOf(a.values, b.values);
    if (differences.length < 2) return [];
    return [{ pair: `${a.arm} - ${b.arm}`, differences, ...wilcoxonSignedRank(differences) }];
  });
  if (tests.length === 0) return {};
  const adjusted = holm(tests.map(({ p }) => p));
  const rows = tests.map(({ pair, differences, p }, i) => {
    const { n, mean, low, high } = summarise(differences);
    return [pair, n, mean, `${low.toFixed(3)} to ${high.toFixed(3)}`, p, adjusted[i] ?? null];
  });
  return {
    paired: {
      title: `Differences of ${truth.column.name}, paired by repetition, at ${budget} ${axis}`,
      columns: ['arms', 'pairs', 'mean difference', '95 % interval', 'p', 'p (Holm)'],
      rows,
      notes: [
        'p: Wilcoxon’s signed-rank test, two-sided, exact; Holm’s correction for this table.',
      ],
    },
  };
}

/** The truth of the incumbent by repetition. */
function valuesOf<A>(
  paths: readonly Path<A>[],
  { truth, axis, budget }: Comparison<A>,
): ReadonlyMap<number, number> {
  const entries = paths.flatMap(({ repeat, changes }) => {
    const found = incumbentAt(changes, budget, axis);
    return found ? [[repeat, truth.value(found.proposal.architecture)] as const] : [];
  });
  return new Map(entries);
}

function differencesOf(
  a: ReadonlyMap<number, number>,
  b: ReadonlyMap<number, number>,
): readonly number[] {
  return [...a].flatMap(([repeat, value]) => {
    const other = b.get(repeat);
    return other === undefined ? [] : [value - other];
  });
}
