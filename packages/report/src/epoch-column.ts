import type { RunRecord, StudyAnswer } from './record.ts';

/**
 * A column of numbers in a study's table by epoch, by epoch: `c10_test_200` of a trajectory, also
 * as `trajectory.0/c10_test_200`. Several studies may have one of that name: `ambiguous`.
 */
export function epochColumn(
  { result }: RunRecord,
  name: string,
):
  | { readonly status: 'none' }
  | {
      readonly status: 'one';
      readonly values: ReadonlyMap<number, number>;
      /** Of the last epoch of the table; `undefined` where that has none. */
      readonly last: number | undefined;
    }
  | { readonly status: 'ambiguous'; readonly keys: readonly string[] } {
  const found = lastAnswers(result?.studies ?? []).flatMap(({ id, index, tables }) =>
    Object.values(tables).flatMap(({ columns: [first, ...others], rows }) =>
      others.flatMap((column, at) => {
        const key = `${id}.${index}/${column}`;
        if (first !== 'epoch' || (column !== name && key !== name)) return [];
        const values = rows
          .map((row): [unknown, unknown] => [row[0], row[at + 1]])
          .filter(areNumbers);
        const end = rows.at(-1)?.[at + 1];
        const last = typeof end === 'number' ? end : undefined;
        return values.length === 0 ? [] : [{ key, values: new Map(values), last }];
      }),
    ),
  );
  const [first, ...others] = found;
  if (first === undefined) return { status: 'none' };
  if (others.length > 0) return { status: 'ambiguous', keys: found.map(({ key }) => key) };
  return { status: 'one', ...first };
}

/** Of a study that was asked several times its last answer. */
function lastAnswers(answers: readonly StudyAnswer[]): readonly StudyAnswer[] {
  const inOrder = [...answers].sort((a, b) => a.searchAt - b.searchAt);
  return [...new Map(inOrder.map((one) => [`${one.id}.${one.index}`, one])).values()];
}

function areNumbers(pair: [unknown, unknown]): pair is [number, number] {
  return pair.every((value) => typeof value === 'number');
}
