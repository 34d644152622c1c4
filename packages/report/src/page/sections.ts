import { type Table, withoutSecrets } from '@archer-nas/core';
import { checklist } from '../checklist.ts';
import type { Deviations } from '../deviations.ts';
import { duration, number } from '../number-text.ts';
import type { RunRecord } from '../record.ts';
import { runReport } from '../run-report.ts';
import type { Verdict } from '../verdict.ts';
import { type Content, html, type Markup } from './html.ts';
import { tableHtml } from './table-html.ts';

/** What a reason begins with and the columns beside it say already. */
const COLUMNS_AGAIN = /^\[[^\]]*\] and \S+ ± [^\s:]+:? /;

const MARKS = { reproduced: '✓', differs: '≠', inconclusive: '?', 'not run here': '–' };

/** An outcome as a word that is seen at once, with a sign besides its colour. */
export function badge(outcome: Verdict['outcome']): Markup {
  const name = outcome.replaceAll(' ', '-');
  return html`<span class="verdict ${name}"><span aria-hidden="true">${MARKS[outcome]} </span>${outcome}</span>`;
}

/** A row per expectation: what was published, what was measured, and the rule's answer. */
export function verdictTable(verdicts: readonly Verdict[], of = 'this page'): Markup {
  const table: Table = {
    title: `Verdicts of ${of}`,
    columns: ['metric', 'verdict', 'published', 'measured', 'seeds', 'why', 'source'],
    rows: verdicts.map(({ expectation: e, outcome, reason, summary }) => [
      e.profile === undefined ? e.metric : `${e.metric} (${e.profile})`,
      outcome,
      `${number(e.value)} ± ${number(e.tolerance)}`,
      summary === undefined ? null : measured(summary),
      summary?.n ?? null,
      reason.replace(COLUMNS_AGAIN, ''),
      e.source,
    ]),
  };
  const draw = (cell: string | number | null, column: string): Content =>
    column === 'verdict' ? badge(cell as Verdict['outcome']) : undefined;
  return tableHtml(table, { draw, captioned: false });
}

function measured({ mean, low, high }: NonNullable<Verdict['summary']>): string {
  if (Number.isNaN(low) || low === high) return number(mean);
  return `${number(mean)} [${number(low)}, ${number(high)}]`;
}

/** Time and size by job, a column per run. */
export function costTable(records: readonly RunRecord[], of = 'this page'): Markup {
  const reports = records.map(runReport);
  const jobs = [...new Set(reports.flatMap(({ seconds }) => Object.keys(seconds)))];
  const counts = ['images-trained', 'supernet-parameters', 'n'];
  const rows = counts.flatMap((name): (string | null)[][] => {
    const values = reports.map((report) => valueIn(report.jobs, name));
    if (values.every((value) => value === undefined)) return [];
    const label = name === 'n' ? 'architectures ranked' : name.replaceAll('-', ' ');
    return [[label, ...values.map((value) => value?.toLocaleString('en') ?? null)]];
  });
  const heads = reports.map(({ seed, status }) =>
    seed === undefined ? status : `seed ${seed}${status === 'unfinished' ? ', unfinished' : ''}`,
  );
  const table: Table = {
    title: `Cost of ${of}`,
    columns: ['', ...(heads.length === 1 ? ['measured'] : heads)],
    rows: [
      ...jobs.map((job) => [
        `time of ${job.replace(/^study:(\d+):(.+)$/s, '$2.$1')}`,
        ...reports.map(({ seconds }) =>
          seconds[job] === undefined ? null : duration(seconds[job] ?? 0),
        ),
      ]),
      ...rows,
    ],
    notes: ['Time in steps, all resumes together, on the machine below.'],
  };
  return tableHtml(table, { captioned: false });
}

function valueIn(jobs: ReturnType<typeof runReport>['jobs'], name: string): number | undefined {
  return jobs.map(({ metrics }) => metrics[name]).find((value) => value !== undefined);
}

/** Versions, engine, data and machine of the first run, and its manifest. */
export function fingerprintHtml([first]: readonly RunRecord[]): Markup {
  const { fingerprint: f, manifest, result, folder } = first ?? {};
  const facts: readonly (readonly [string, Content])[] = [
    ['identity of the search', result?.identity],
    ['Archer', f && `core ${f.core}, Node ${f.node}`],
    ['engine', f?.engine?.description],
    ['engine class', f?.engine?.class],
    ['data', f?.dataHash],
    ['machine', f && `${f.machine.cpu}, ${f.machine.cores} cores, ${f.machine.platform}`],
    ...Object.entries(f?.plugins ?? {}).map(([place, name]): [string, string] => [place, name]),
    ['folder', folder],
  ];
  const known = facts.filter(([, value]) => value !== undefined && value !== null);
  const json = manifest && JSON.stringify(withoutSecrets(manifest), null, 2);
  return html`<dl class="pair">${known.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${
  json !== undefined &&
  html`<details><summary>Resolved manifest</summary><pre class="card scroll notation" tabindex="0">${json.split('\n').map((line) => [line, html`\n`])}</pre></details>`
}`;
}

/** The tables of each plugin's DEVIATIONS.md; `code` in them is shown as code. */
export function deviationsHtml(all: readonly Deviations[]): Content {
  return all.map(({ plugin, tables }) => {
    return tables.map((table) => {
      const title = table.title === undefined ? plugin : `${plugin}: ${table.title}`;
      return tableHtml({ ...table, title }, { draw: (cell) => inlineCode(String(cell ?? '')) });
    });
  });
}

function inlineCode(text: string): Content {
  return text
    .split(/`([^`]+)`/)
    .map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part));
}

/** The checklist of Lindauer and Hutter (2020), filled in as far as the runs tell. */
export function checklistTable(records: readonly RunRecord[], of = 'this page'): Markup {
  const items = checklist(records);
  const open = items.filter(({ answer }) => answer === undefined).length;
  const table: Table = {
    title: `Checklist of ${of}`,
    columns: ['item', 'answer', 'part'],
    rows: items.map(({ part, question, answer }) => [question, answer ?? null, part]),
    notes: [
      `Filled in from the runs; ${open} of ${items.length} items are not stated in them.`,
      'Lindauer and Hutter: Best Practices for Scientific Research on Neural Architecture Search. JMLR 21, 2020.',
    ],
  };
  const draw = (cell: string | number | null, column: string): Content =>
    column === 'answer' && cell === null
      ? html`<span class="missing">not stated</span>`
      : undefined;
  return tableHtml(table, { draw, captioned: false });
}
