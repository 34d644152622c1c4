import type { Table } from '@archer-nas/core';
import { number } from './number-text.ts';
import type { JobReport } from './run-report.ts';

/**
 * The jobs, of which those that trained what the search has selected say what training every
 * architecture would have cost that the search has judged, from the seconds of this run.
 * @param seconds of steps, by the names that jobs have in the journal
 */
export function withSearchCost(
  jobs: readonly JobReport[],
  seconds: Readonly<Record<string, number>>,
): JobReport[] {
  return jobs.map((job) => {
    const cost = searchCost(job, seconds);
    return cost === undefined ? job : { ...job, tables: { ...job.tables, cost } };
  });
}

function searchCost(
  { name, metrics }: JobReport,
  seconds: Readonly<Record<string, number>>,
): Table | undefined {
  const { 'retrained-epochs': epochs = 0, 'retrained-networks': networks = 0 } = metrics;
  const judged = metrics['architectures-judged'] ?? 0;
  const [, study, index] = /^(.+)\.(\d+)$/.exec(name) ?? [];
  const [search, training] = [seconds.search, seconds[`study:${index}:${study}`]];
  // Nothing was trained where a table was asked.
  if (epochs === 0 || networks === 0 || !search || !training) return undefined;
  const every = (training / networks) * judged;
  const hours = (s: number): number => s / 3600;
  return {
    title: 'What the search cost, and what training would have cost',
    columns: ['', 'networks', 'hours'],
    rows: [
      ['search', judged, hours(search)],
      ['trained from scratch', networks, hours(training)],
      ['training each that was judged', judged, hours(every)],
    ],
    notes: [
      `Training each would take ${number(every / search)} times as long as the search.`,
      'Hours of steps on this machine, resumes included; the last row is the second, scaled.',
    ],
  };
}
