import type { Table } from '@archer-nas/core';
import { number } from './number-text.ts';
import { printable } from './printable.ts';
import type { Verdict } from './verdict.ts';

/** One experiment of a suite with the verdicts on its expectations. */
export interface SuiteEntry {
  readonly experiment: string;
  readonly verdicts: readonly Verdict[];
}

/** A row per expectation: what was expected, what was measured, and what follows. */
export function suiteTable(title: string, entries: readonly SuiteEntry[]): Table {
  const all = entries.flatMap(({ verdicts }) => verdicts);
  const count = (outcome: Verdict['outcome']): number =>
    all.filter((one) => one.outcome === outcome).length;
  return {
    title,
    columns: ['experiment', 'metric', 'expected', 'measured', 'verdict', 'source'],
    rows: entries.flatMap(({ experiment, verdicts }) =>
      verdicts.map(({ expectation: e, outcome, reason, summary }) => [
        experiment,
        e.metric,
        `${number(e.value)} ± ${number(e.tolerance)}`,
        summary === undefined ? null : measured(summary),
        outcome === 'not run here' ? printable(`${outcome}, ${reason}`) : outcome,
        e.source,
      ]),
    ),
    notes: [
      `${count('reproduced')} reproduced, ${count('differs')} differ, ` +
        `${count('inconclusive')} inconclusive, ${count('not run here')} not run here.`,
    ],
  };
}

/** The mean, and its interval where it has a width. */
function measured({ mean, low, high }: NonNullable<Verdict['summary']>): string {
  if (Number.isNaN(low) || low === high) return number(mean);
  return `${number(mean)} [${number(low)}, ${number(high)}]`;
}
