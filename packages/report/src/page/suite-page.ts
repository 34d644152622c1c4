import type { RunRecord } from '../record.ts';
import { seedTable } from '../seed-summary.ts';
import { suiteTable } from '../suite-table.ts';
import { type Verdict, verdicts } from '../verdict.ts';
import type { Background } from './background.ts';
import { documentOf, type Section } from './document.ts';
import { type Content, html } from './html.ts';
import { badge, checklistTable, costTable, deviationsHtml, verdictTable } from './sections.ts';
import { notesHtml, tableHtml } from './table-html.ts';

/** An experiment of a suite: what it expects, and the runs that are there. */
export interface SuitePart {
  readonly experiment: string;
  readonly title?: string | undefined;
  readonly expect: Parameters<typeof verdicts>[0];
  readonly records: readonly RunRecord[];
  readonly background?: Background;
}

/** What is said about a suite as a whole. */
export interface SuiteHead {
  readonly title: string;
  /** Why some of it was not run. */
  readonly missing?: readonly string[];
}

const OUTCOMES = ['reproduced', 'differs', 'inconclusive', 'not run here'] as const;

/**
 * A page about a suite: the verdicts on all of its published numbers in one table, then each
 * experiment with its seeds, its cost, and where its plugins deviate from their papers.
 */
export function suitePage({ title, missing = [] }: SuiteHead, parts: readonly SuitePart[]): string {
  const judged = parts.map((part) => ({ ...part, verdicts: verdicts(part.expect, part.records) }));
  const table = suiteTable(title, judged);
  const draw = (cell: string | number | null, column: string): Content => {
    const outcome = OUTCOMES.find((one) => column === 'verdict' && String(cell).startsWith(one));
    return outcome && [badge(outcome), String(cell).slice(outcome.length)];
  };
  return documentOf({
    title: `Suite ${title}`,
    eyebrow: `${parts.length} experiments`,
    lead: lead(judged.flatMap((part) => part.verdicts)),
    sections: [
      {
        id: 'table',
        title: 'All verdicts',
        body: [tableHtml(table, { draw, captioned: false }), notesHtml(missing)],
      },
      ...judged.map(experiment),
    ],
    footer: 'Written by Archer from the results of the runs that are there.',
  });
}

function lead(all: readonly Verdict[]): Content {
  const count = (outcome: Verdict['outcome']): number =>
    all.filter((one) => one.outcome === outcome).length;
  return html`<dl class="lead">${OUTCOMES.map(
    (outcome) =>
      html`<div><dt>${badge(outcome)}</dt><dd><span class="value">${count(outcome)}</span></dd></div>`,
  )}</dl>`;
}

interface Judged extends SuitePart {
  readonly verdicts: readonly Verdict[];
}

function experiment(
  { experiment: name, title, records, verdicts: all, background }: Judged,
  i: number,
): Section {
  const finished = records.filter(({ result }) => result !== undefined);
  const deviations = background?.deviations ?? [];
  const seeds =
    finished.length > 0 &&
    foldedUp('Metrics over seeds', tableHtml(seedTable(finished), { captioned: false }));
  return {
    id: `experiment-${i}`,
    title: name,
    body: [
      title !== undefined && html`<p>${title}</p>`,
      all.length > 0 && verdictTable(all, name),
      finished.length === 0 && html`<p class="missing">No run of it is finished here.</p>`,
      seeds,
      finished.length > 0 && foldedUp('Cost', costTable(finished, name)),
      deviations.length > 0 && foldedUp('Deviations', deviationsHtml(deviations)),
      finished.length > 0 && foldedUp('Checklist', checklistTable(finished, name)),
    ],
  };
}

const foldedUp = (name: string, body: Content): Content =>
  html`<details><summary>${name}</summary>${body}</details>`;
