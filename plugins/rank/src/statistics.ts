import {
  bootstrapInterval,
  denseRanks,
  kendallTauBOfRanks,
  type Precision,
  precisionAtTop,
  type Stream,
  spearmanOfRanks,
} from '@archer-nas/core';

/** Scores of architectures against their truth; larger is better in both. */
export interface Ranking {
  readonly scores: Float64Array;
  readonly truth: Float64Array;
  readonly ids: readonly string[];
}

/** How intervals are made; `stream` makes a new one for each call, so that rows are paired. */
export interface Resampling {
  readonly resamples: number;
  readonly level: number;
  readonly stream: () => Stream;
}

/** The statistics of a ranking by metric name; NaN where there is none. */
export type Statistics = Readonly<Record<string, number>>;

const TOP = { 'p-at-top5': 0.05, 'p-at-top10': 0.1 } as const;

/** Architectures that have both a score and a truth. */
export function usable({ scores, truth, ids }: Ranking): Ranking {
  const kept = ids.flatMap((_, i) =>
    Number.isNaN(scores[i]) || Number.isNaN(truth[i]) ? [] : [i],
  );
  return take({ scores, truth, ids }, kept);
}

/** The architectures at `index`. */
export function take({ scores, truth, ids }: Ranking, index: ArrayLike<number>): Ranking {
  return {
    scores: Float64Array.from(index, (i) => scores[i] as number),
    truth: Float64Array.from(index, (i) => truth[i] as number),
    ids: Array.from(index, (i) => ids[i] as string),
  };
}

/**
 * Kendall's tau-b with its interval, Spearman, P@Top5% and P@Top10% with their ranges over
 * the orders of tied values.
 *
 * @param ranking without NaN: see {@link usable}
 */
export function statisticsOf(ranking: Ranking, resampling: Resampling): Statistics {
  const { scores, truth, ids } = ranking;
  const [x, y] = [denseRanks(scores), denseRanks(truth)];
  const tau = intervalOf('kendall-tau', ids.length, resampling, (index) =>
    kendallTauBOfRanks(resampled(x, index), resampled(y, index)),
  );
  const top = Object.entries(TOP).flatMap(([name, fraction]) =>
    namedPrecision(name, precisionAtTop(scores, truth, ids, fraction)),
  );
  return {
    n: ids.length,
    'kendall-tau': kendallTauBOfRanks(x, y),
    ...tau,
    spearman: spearmanOfRanks(x, y),
    ...Object.fromEntries(top),
  };
}

/**
 * The mean of Kendall's tau-b within groups, and the architectures of the groups that have one: what
 * is left of a ranking when offsets between groups do not count. `undefined` where no group has one.
 *
 * @param groups of the architectures of the ranking
 */
export function withinGroups(ranking: Ranking, groups: ArrayLike<number>): Statistics | undefined {
  const taus = [...new Set(Array.from(groups))].flatMap((group) => {
    const index = ranking.ids.flatMap((_, i) => (groups[i] === group ? [i] : []));
    const { scores, truth } = take(ranking, index);
    const tau = kendallTauBOfRanks(denseRanks(scores), denseRanks(truth));
    return Number.isNaN(tau) ? [] : [{ tau, n: index.length }];
  });
  if (taus.length === 0) return undefined;
  const sum = (key: 'tau' | 'n') => taus.reduce((total, one) => total + one[key], 0);
  return { n: sum('n'), 'kendall-tau': sum('tau') / taus.length };
}

/** Bootstrap intervals of the other statistics: the ranking of interest has them, baselines not. */
export function moreIntervals(ranking: Ranking, resampling: Resampling): Statistics {
  const { scores, truth, ids } = ranking;
  const [x, y] = [denseRanks(scores), denseRanks(truth)];
  const spearman = intervalOf('spearman', ids.length, resampling, (index) =>
    spearmanOfRanks(resampled(x, index), resampled(y, index)),
  );
  const position = denseRanksOfIds(ids);
  const top = Object.entries(TOP).map(([name, fraction]) =>
    intervalOf(name, ids.length, resampling, (index) => {
      const order = resampled(position, index);
      return precisionAtTop(resampled(x, index), resampled(y, index), order, fraction).value;
    }),
  );
  return Object.assign({}, spearman, ...top);
}

function intervalOf(
  name: string,
  n: number,
  { stream, ...options }: Resampling,
  statistic: (index: Int32Array) => number,
): Statistics {
  if (n === 0) return {};
  const { low, high } = bootstrapInterval(n, statistic, { ...options, stream: stream() });
  return { [`${name}-low`]: low, [`${name}-high`]: high };
}

function namedPrecision(name: string, { value, low, high }: Precision): [string, number][] {
  return [
    [name, value],
    [`${name}-ties-low`, low],
    [`${name}-ties-high`, high],
  ];
}

function resampled(ranks: Int32Array, index: Int32Array): Int32Array {
  const values = new Int32Array(index.length);
  for (let i = 0; i < index.length; i++) values[i] = ranks[index[i] as number] as number;
  return values;
}

/** Position of each id among the sorted ids: faster to compare than the ids. */
function denseRanksOfIds(ids: readonly string[]): Int32Array {
  const position = new Map([...ids].sort().map((id, i) => [id, i]));
  return Int32Array.from(ids, (id) => position.get(id) ?? 0);
}
