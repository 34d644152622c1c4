import type { SearchSpace, Streams } from '@archer-nas/core';
import type { Column } from './column.ts';
import type { RankOptions } from './options.ts';
import type { Row } from './report.ts';
import {
  moreIntervals,
  type Ranking,
  type Resampling,
  type Statistics,
  statisticsOf,
  take,
  usable,
  withinGroups,
} from './statistics.ts';

/** Everything that a ranking is made of. */
export interface RankPlan<A> {
  readonly space: SearchSpace<A>;
  readonly architectures: readonly A[];
  /** Measured one after the other. */
  readonly columns: readonly Column<A>[];
  readonly bootstrap: RankOptions['bootstrap'];
  readonly streams: Streams;
  /** For the report: what was compared with what. */
  readonly notes: readonly string[];
  /** Number of classes, where there are data: a truth in % of 100/classes is chance. */
  readonly classes?: number;
}

/** A plan of which all columns are measured; ids and values are those of its architectures. */
export interface Measured<A> extends RankPlan<A> {
  readonly ids: readonly string[];
  readonly values: (column: Column<A>['name']) => Float64Array;
}

/** Where the scores of a row come from; the baselines after the search's own. */
export type Source = 'scores' | 'random' | 'params' | 'untrained';

/** Those that a plan has. */
export function sourcesOf<A>({
  space,
  columns,
}: Pick<RankPlan<A>, 'space' | 'columns'>): readonly Source[] {
  const params = space.costs?.names.includes('params') ?? false;
  const untrained = columns.some(({ name }) => name === 'untrained');
  return [
    'scores',
    'random',
    ...(params ? ['params' as const] : []),
    ...(untrained ? ['untrained' as const] : []),
  ];
}

/** The rows of the table `rank` whose scores come from `source`. */
export function rowsOf<A>(source: Source, measured: Measured<A>): Row[] {
  const { bootstrap, streams, ids } = measured;
  const resampling: Resampling = { ...bootstrap, stream: () => streams.stream('bootstrap') };
  const scores = scoresOf(source, measured);
  const ranking = usable({ scores, truth: ascending('truth', measured), ids });
  const statistics = statisticsOf(ranking, resampling);
  if (source !== 'scores') return [{ name: source, statistics }];
  const row = {
    name: sourcesOf(measured).includes('untrained') ? 'supernet' : source,
    statistics: { ...statistics, ...moreIntervals(ranking, resampling) },
  };
  const able = aboveChance(ranking, measured);
  const within = byGroups(ranking, measured);
  return [
    row,
    ...(within ? [{ name: 'within-groups', statistics: within }] : []),
    ...(able ? [{ name: 'above-chance', statistics: statisticsOf(able, resampling) }] : []),
  ];
}

/** Where scores are from several sources. */
function byGroups<A>(
  ranking: Ranking,
  { architectures, columns, ids }: Measured<A>,
): Statistics | undefined {
  const evaluator = columns.find(({ name }) => name === 'scores')?.evaluator;
  if (evaluator?.group === undefined) return undefined;
  const groups = new Map(ids.map((id, i) => [id, evaluator.group?.(architectures[i] as A)]));
  return withinGroups(
    ranking,
    ranking.ids.map((id) => groups.get(id) ?? -1),
  );
}

/** The ranking without the architectures that are at chance, if there are any. */
function aboveChance<A>(ranking: Ranking, { classes, columns }: Measured<A>): Ranking | undefined {
  const metric = columns.find(({ name }) => name === 'truth')?.evaluator.metrics[0];
  if (classes === undefined || metric?.unit !== '%' || metric.direction !== 'maximise') {
    return undefined;
  }
  const able = ranking.ids.flatMap((_, i) =>
    (ranking.truth[i] as number) > 100 / classes ? [i] : [],
  );
  return able.length < ranking.ids.length ? take(ranking, able) : undefined;
}

function scoresOf<A>(source: Source, measured: Measured<A>): Float64Array {
  const { space, architectures, ids, streams } = measured;
  if (source === 'random') {
    return Float64Array.from(ids, (id) => streams.scope('random').stream(id).float());
  }
  if (source === 'params') {
    return Float64Array.from(architectures, (a) => space.costs?.of(a).params ?? Number.NaN);
  }
  return ascending(source, measured);
}

/** A column in which larger is better, whatever its metric. */
function ascending<A>(name: Column<A>['name'], { columns, values }: Measured<A>): Float64Array {
  const column = columns.find((candidate) => candidate.name === name);
  const sign = column?.evaluator.metrics[0]?.direction === 'minimise' ? -1 : 1;
  return values(name).map((value) => sign * value);
}
