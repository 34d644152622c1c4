import { sweepFigures } from '../figures/sweep-figures.ts';
import { type SweepEntry, sweepTable } from '../sweep-table.ts';
import { chartsHtml } from './chart-html.ts';
import { documentOf, type Section } from './document.ts';
import { html } from './html.ts';
import { tableHtml } from './table-html.ts';

/** What is said about a sweep as a whole. */
export interface SweepHead {
  readonly title: string;
  /** Metrics to show, by key or by a name that is one metric's alone; all when absent. */
  readonly metrics?: readonly string[] | undefined;
}

/** A page about a sweep: a chart per metric over its points, and the values as a table. */
export async function sweepPage(
  { title, metrics }: SweepHead,
  entries: readonly SweepEntry[],
): Promise<string> {
  const charts = sweepFigures(entries, metrics);
  const runs = entries.flatMap(({ records }) => records);
  const finished = runs.filter(({ result }) => result !== undefined);
  const table = sweepTable(title, entries, metrics);
  const sections: (Section | false)[] = [
    charts.length > 0 && {
      id: 'charts',
      title: 'By point',
      body: await chartsHtml(charts, 'sweep'),
    },
    { id: 'table', title: 'Values', body: tableHtml(table, { captioned: false }) },
  ];
  return documentOf({
    title,
    eyebrow: `sweep of ${entries.length} points`,
    lead: html`<p>${finished.length} of ${runs.length} runs finished.</p>`,
    sections: sections.filter((one) => one !== false),
    footer: 'Written by Archer from the results of the runs that are there.',
  });
}
