import type { Table } from './table.ts';
import type { TableColumn, TimeModel } from './table-definition.ts';

/** The model that counts for a table: the first whose columns are there. */
export function timeModelOf({ definition, columns }: Table): TimeModel | undefined {
  const { time = [] } = definition;
  const there = new Set(columns.map(({ name }) => name));
  return [time].flat().find(({ needs = [] }) => needs.every((name) => there.has(name)));
}

/**
 * Seconds per epoch that a table has in columns of its own.
 *
 * @param needs all of these columns
 * @param columnOf which of them belongs to an accuracy
 */
export function recordedTime(
  needs: readonly string[],
  columnOf: (column: TableColumn) => string,
): TimeModel {
  return {
    kind: 'recorded',
    description: "the authors' training time per epoch",
    needs,
    of(table, column) {
      const perEpoch = table.values(columnOf(column));
      const epochs = column.training?.epochs ?? Number.NaN;
      return (row) => epochs * (perEpoch[row] ?? Number.NaN);
    },
  };
}
