import { type Figures, figures, type NamedRun, seedsOf } from '../figures/figures.ts';
import { type Headline, headline } from '../headline.ts';
import { duration, number } from '../number-text.ts';
import type { RunRecord } from '../record.ts';
import { type JobReport, type RunReport, runReport } from '../run-report.ts';
import { seedTable } from '../seed-summary.ts';
import { EXPECTED_AT_BEGIN, type Verdict, verdicts } from '../verdict.ts';
import type { Background } from './background.ts';
import { bestHtml } from './best-html.ts';
import { chartsHtml, decisionsHtml } from './chart-html.ts';
import { documentOf, type Section } from './document.ts';
import { type Content, html, type Markup } from './html.ts';
import {
  badge,
  checklistTable,
  costTable,
  deviationsHtml,
  fingerprintHtml,
  verdictTable,
} from './sections.ts';
import { foldedTable, notesHtml, tableHtml } from './table-html.ts';

/**
 * A page about the runs of one experiment, one per seed, finished or not: everything that they
 * have data for, in one file that needs no other and no network.
 *
 * @throws RangeError without a run
 */
export async function runPage(
  records: readonly RunRecord[],
  background: Background = {},
): Promise<string> {
  const [first] = records;
  if (first === undefined) throw new RangeError('A page is about at least one run.');
  const reports = records.map(runReport);
  const judged = verdicts(first.manifest?.expect ?? [], records);
  const [report] = reports as [RunReport];
  return documentOf({
    title: report.title ?? report.experiment,
    eyebrow: eyebrow(reports),
    lead: lead({ reports, judged, main: headline(records) }),
    sections: await sectionsOf(records, judged, background),
    footer: `Written by Archer ${report.fingerprint?.core ?? ''} from the journal and the result of the run.`,
  });
}

function eyebrow(reports: readonly RunReport[]): string {
  const [{ experiment, profile }] = reports as [RunReport];
  const seeds = reports.flatMap(({ seed }) => seed ?? []);
  const unfinished = reports.filter(({ status }) => status === 'unfinished').length;
  return [
    experiment,
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(seeds.length === 0 ? [] : [`${seeds.length > 1 ? 'seeds' : 'seed'} ${seeds.join(', ')}`]),
    ...(unfinished === 0 ? [] : [`${unfinished} not finished`]),
  ].join(' · ');
}

interface Lead {
  readonly reports: readonly RunReport[];
  readonly judged: readonly Verdict[];
  readonly main: Headline | undefined;
}

function lead({ reports, judged, main }: Lead): Markup {
  const seconds = reports.flatMap((report) => Object.values(report.seconds));
  const total = seconds.reduce((sum, value) => sum + value, 0);
  const engine = reports[0]?.fingerprint?.engine?.class;
  const outcomes = [...new Set(judged.map(({ outcome }) => outcome))];
  const facts: readonly Content[] = [
    main && headlineHtml(main),
    outcomes.length > 0 &&
      html`<div><dt>${judged.length > 1 ? 'Verdicts' : 'Verdict'}</dt><dd>${outcomes.map((o) => [badge(o), ' '])}</dd></div>`,
    total > 0 && html`<div><dt>Time</dt><dd>${duration(total)}</dd></div>`,
    engine !== undefined && html`<div><dt>Engine</dt><dd>${engine}</dd></div>`,
  ];
  const remarks = [...new Set(reports.flatMap((report) => report.remarks))];
  return html`<dl class="lead">${facts}</dl>${notesHtml(remarks)}`;
}

function headlineHtml({ metric, summary, over }: Headline): Markup {
  const { mean, low, high, n } = summary;
  const from = over === 'seeds' ? `over ${n} seeds` : 'within the run';
  const interval =
    over !== undefined &&
    html`<small>95 % interval ${number(low)} to ${number(high)}, ${from}</small>`;
  return html`<div><dt>${metric}</dt><dd><span class="value">${number(mean)}</span>${interval}</dd></div>`;
}

async function sectionsOf(
  records: readonly RunRecord[],
  judged: readonly Verdict[],
  { deviations = [], draw }: Background,
): Promise<Section[]> {
  const charts = figures(seedsOf(records));
  const hasBest = records.some(({ result }) => (result?.search.best.length ?? 0) > 0);
  const hasCost = records.some((record) => Object.keys(runReport(record).seconds).length > 0);
  const sections: (Section | false)[] = [
    judged.length > 0 &&
      section('verdicts', 'Verdicts', [verdictTable(judged), notesHtml([EXPECTED_AT_BEGIN])]),
    hasBest &&
      section('best', 'Best architectures', [
        charts.fronts.length > 0 && (await chartsHtml(charts.fronts, 'front')),
        bestHtml(records, { draw }),
      ]),
    ...(await evidence(records, charts)),
    records.length > 1 &&
      section('seeds', 'Over seeds', tableHtml(seedTable(records), { captioned: false })),
    hasCost && section('cost', 'Cost', costTable(records)),
    deviations.length > 0 && section('deviations', 'Deviations', deviationsHtml(deviations)),
    section('checklist', 'Checklist', checklistTable(records)),
    section('fingerprint', 'Fingerprint', fingerprintHtml(records)),
  ];
  return sections.filter((one) => one !== false);
}

/** What the studies and the search measured, as charts and tables. */
async function evidence(
  records: readonly RunRecord[],
  { search, studies, decisions }: Figures,
): Promise<(Section | false)[]> {
  const jobs = namedJobs(seedsOf(records));
  const ofStudies = jobs.filter(({ name }) => !name.startsWith('search')).map(jobHtml);
  const ofSearch = jobs.filter(({ name }) => name.startsWith('search')).map(jobHtml);
  const study = [studies.length > 0 && (await chartsHtml(studies, 'study')), ofStudies];
  const own = [
    search.length > 0 && (await chartsHtml(search, 'search')),
    await decisionsHtml(decisions, 'decision'),
    ofSearch,
  ];
  return [
    studies.length + ofStudies.length > 0 && section('studies', 'Studies', study),
    search.length + ofSearch.length > 0 && section('search', 'Search', own),
  ];
}

/**
 * The jobs of all runs. Studies that were asked again and again are charts already, metrics of
 * several searches are in the table over seeds.
 */
function namedJobs(runs: readonly NamedRun[]): JobReport[] {
  return runs.flatMap(({ label, record }) =>
    runReport(record)
      .jobs.filter(({ name }) => !/ at \d+$/.test(name))
      .filter(({ name, tables }) => {
        return runs.length < 2 || name !== 'search' || Object.keys(tables).length > 0;
      })
      .map((job) => (runs.length > 1 ? { ...job, name: `${job.name}, ${label}` } : job)),
  );
}

function jobHtml({ name, metrics, tables, notes }: JobReport): Content {
  const entries = Object.entries(metrics);
  const all = Object.entries(tables);
  const own = { title: `Metrics of ${name}`, columns: ['metric', 'value'], rows: entries, notes };
  return [
    name !== 'search' && html`<h3>${name}</h3>`,
    all.map(([key, table]) => foldedTable({ ...table, title: table.title ?? key })),
    entries.length > 0 &&
      (all.length === 0
        ? tableHtml(own, { captioned: false })
        : html`<details><summary>All metrics of ${name}</summary>${tableHtml(own, { captioned: false })}</details>`),
    entries.length === 0 && notesHtml(notes),
  ];
}

const section = (id: string, title: string, body: Content): Section => ({ id, title, body });
