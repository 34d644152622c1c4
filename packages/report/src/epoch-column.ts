import type { RunRecord } from './record.ts';

/**
 * A column of numbers in a study's table by epoch, by epoch: `c10_test_200` of a trajectory, also
 * as `trajectory.0/c10_test_200`. Several studies may have one of that name: `ambiguous`.
 */
export function epochColumn(
  { result }: RunRecord,
  name: string,
):
  | { readonly status: 'none' }
  | { readonly status: 'one'; readonly values: ReadonlyMap<number, number> }
  | { readonly status: 'ambiguous'; readonly keys: readonly string[] } {
  const found = (result?.studies ?? []).flatMap(({ id, index, tables }) =>
    Object.values(tables).flatMap(({ columns: [first, ...others], rows }) =>
      others.flatMap((column, at) => {
        const key = `${id}.${index}/${column}`;
        if (first !== 'epoch' || (column !== name && key !== name)) return [];
        const values = rows
          .map((row): [unknown, unknown] => [row[0], row[at + 1]])
          .filter(areNumbers);
        return values.length === 0 ? [] : [{ key, values: new Map(values) }];
      }),
    ),
  );
  const [first, ...others] = found;
  if (first === undefined) return { status: 'none' };
  if (others.length > 0) return { status: 'ambiguous', keys: found.map(({ key }) => key) };
  return { status: 'one', values: first.values };
}

function areNumbers(pair: [unknown, unknown]): pair is [number, number] {
  return pair.every((value) => typeof value === 'number');
}
