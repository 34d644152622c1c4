import type { JournalLine } from '@archer-nas/core';

/** Lines of a search's steps, from the first: metrics of each, as the journal has them. */
export function stepLines(steps: readonly Readonly<Record<string, number>>[]): JournalLine[] {
  return steps.flatMap((metrics, i): JournalLine[] => [
    {
      ...{ seq: 2 * i, kind: 'science', job: 'search', event: 'step' },
      at: i + 1,
      body: { metrics },
    },
    {
      ...{ seq: 2 * i + 1, kind: 'telemetry', job: 'search', event: 'step' },
      ...{ at: i + 1, body: { seconds: 30 } },
    },
  ]);
}
