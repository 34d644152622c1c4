import type { RunRecord } from './record.ts';

/** What a name means in a run. */
export type Found =
  | { readonly status: 'none' }
  | { readonly status: 'one'; readonly key: string; readonly value: number }
  | { readonly status: 'ambiguous'; readonly keys: readonly string[] };

/**
 * All metrics of a finished run under unique keys: a search's under their own names, a
 * study's as `rank.0/kendall-tau` (id and place in the manifest). Of a study that was asked
 * several times the last answer counts. Empty for an unfinished run.
 */
export function flatMetrics({ result }: RunRecord): ReadonlyMap<string, number> {
  if (result === undefined) return new Map();
  const studies = [...result.studies].sort((a, b) => a.searchAt - b.searchAt);
  return new Map([
    ...Object.entries(result.search.metrics),
    ...studies.flatMap(({ id, index, metrics }) =>
      Object.entries(metrics).map(([name, value]): [string, number] => [
        `${id}.${index}/${name}`,
        value,
      ]),
    ),
  ]);
}

/**
 * Looks a metric up by its key, by the name that a study gave it, or by the end of that name, where
 * only one metric has it.
 */
export function findMetric(record: RunRecord, name: string): Found {
  const metrics = flatMetrics(record);
  const exact = metrics.get(name);
  if (exact !== undefined) return { status: 'one', key: name, value: exact };
  const ending = [...metrics].filter(([key]) => key.endsWith(`/${name}`));
  // `kendall-tau` is `rank.0/kendall-tau`, although there is `rank.0/baseline/random/kendall-tau`.
  const own = ending.filter(([key]) => key.length - name.length - 1 === key.indexOf('/'));
  const found = own.length > 0 ? own : ending;
  const [first, ...others] = found;
  if (first === undefined) return { status: 'none' };
  if (others.length > 0) return { status: 'ambiguous', keys: found.map(([key]) => key) };
  return { status: 'one', key: first[0], value: first[1] };
}
