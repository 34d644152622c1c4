import type { JournalLine, State, Table } from '@archer-nas/core';

type Tables = Readonly<Record<string, Table>>;

/** Lines of a search's steps, from the first: metrics, and perhaps tables, of each. */
export function stepLines(
  steps: readonly Readonly<Record<string, number>>[],
  tablesOf: (step: number) => Tables | undefined = () => undefined,
): JournalLine[] {
  return steps.flatMap((metrics, i): JournalLine[] => [
    {
      ...{ seq: 2 * i, kind: 'science', job: 'search', event: 'step' },
      at: i + 1,
      body: { metrics, ...(tablesOf(i) && { tables: tablesOf(i) as unknown as State }) },
    },
    {
      ...{ seq: 2 * i + 1, kind: 'telemetry', job: 'search', event: 'step' },
      ...{ at: i + 1, body: { seconds: 30 } },
    },
  ]);
}
