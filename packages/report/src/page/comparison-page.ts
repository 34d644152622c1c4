import { type Comparison, compareRuns, comparisonTables } from '../comparison.ts';
import { figures, type NamedRun } from '../figures/figures.ts';
import type { RunRecord } from '../record.ts';
import { type Verdict, verdicts } from '../verdict.ts';
import type { Background } from './background.ts';
import { bestHtml } from './best-html.ts';
import { chartsHtml } from './chart-html.ts';
import { documentOf, type Section } from './document.ts';
import { type Content, html } from './html.ts';
import { costTable, deviationsHtml, fingerprintHtml, verdictTable } from './sections.ts';
import { tableHtml } from './table-html.ts';

/** One side of a comparison: the runs of an experiment, one per seed. */
export interface Side {
  readonly records: readonly RunRecord[];
  readonly background?: Background;
}

/**
 * A page about two experiments side by side: metrics paired by seed, curves in the same charts,
 * and what differs in manifest, versions, engine and data.
 *
 * @throws RangeError as {@link compareRuns}
 */
export async function comparisonPage(a: Side, b: Side): Promise<string> {
  const comparison = compareRuns(a.records, b.records);
  return documentOf({
    title: `${comparison.a} and ${comparison.b}`,
    eyebrow: `comparison · ${seedsText(comparison)}`,
    lead: null,
    sections: await sectionsOf(comparison, a, b),
    footer: 'Written by Archer from the journals and the results of the runs.',
  });
}

function seedsText({ seeds: { both, onlyA, onlyB, unfinished } }: Comparison): string {
  return [
    both.length > 0 ? `pairs of the seeds ${both.join(', ')}` : 'no seed on both sides',
    ...(onlyA.length > 0 ? [`the first alone has ${onlyA.join(', ')}`] : []),
    ...(onlyB.length > 0 ? [`the second alone has ${onlyB.join(', ')}`] : []),
    ...(unfinished > 0 ? [`${unfinished} not finished`] : []),
  ].join(' · ');
}

async function sectionsOf(comparison: Comparison, a: Side, b: Side): Promise<Section[]> {
  const [metrics, differences] = comparisonTables(comparison);
  const runs = [...named(a, sideName(comparison.a, 'a')), ...named(b, sideName(comparison.b, 'b'))];
  const { fronts, search, studies } = figures(runs);
  const charts = [...fronts, ...studies, ...search];
  const each = (body: (side: Side, prefix: string) => Content): Content => [
    html`<h3>${comparison.a}</h3>${body(a, 'a')}`,
    html`<h3>${comparison.b}</h3>${body(b, 'b')}`,
  ];
  const isJudged = [a, b].some((side) => judged(side).length > 0);
  const deviations = [a, b].flatMap(({ background }) => background?.deviations ?? []);
  const once = [...new Map(deviations.map((one) => [one.plugin, one])).values()];
  const sections: (Section | false)[] = [
    section('metrics', 'Metrics', tableHtml(metrics, { captioned: false })),
    section('differences', 'What differs', tableHtml(differences, { captioned: false })),
    isJudged && section('verdicts', 'Verdicts', each(verdictsHtml)),
    charts.length > 0 && section('charts', 'Charts', await chartsHtml(charts, 'chart')),
    section('best', 'Best architectures', each(drawings)),
    section('cost', 'Cost', each(costHtml)),
    once.length > 0 && section('deviations', 'Deviations', deviationsHtml(once)),
    section(
      'fingerprints',
      'Fingerprints',
      each(({ records }) => fingerprintHtml(records)),
    ),
  ];
  return sections.filter((one) => one !== false);
}

const judged = ({ records }: Side): Verdict[] =>
  verdicts(records[0]?.manifest?.expect ?? [], records);

function verdictsHtml(side: Side, prefix: string): Content {
  const all = judged(side);
  if (all.length > 0) return verdictTable(all, prefix);
  return html`<p class="missing">Nothing is expected of it.</p>`;
}

function drawings({ records, background }: Side, prefix: string): Content {
  return bestHtml(records, { draw: background?.draw, prefix });
}

const costHtml = ({ records }: Side, prefix: string): Content => costTable(records, prefix);

/** Both sides of a comparison may have the name of one experiment. */
const sideName = (name: string, side: 'a' | 'b'): string =>
  `${side}: ${name.replace(/ \(.*\)$/s, '')}`;

function named({ records }: Side, name: string): NamedRun[] {
  return records.map((record, i) => {
    const seed = record.result?.seed ?? i;
    return { label: records.length > 1 ? `${name}, seed ${seed}` : name, record };
  });
}

const section = (id: string, title: string, body: Content): Section => ({ id, title, body });
