import { figures, type NamedRun } from '../figures/figures.ts';
import type { RunRecord } from '../record.ts';
import { type Comparisons, compareEach, severalTables, sideLetter } from '../several-comparison.ts';
import { EXPECTED_AT_BEGIN, type Verdict, verdicts } from '../verdict.ts';
import type { Background } from './background.ts';
import { bestHtml } from './best-html.ts';
import { chartsHtml, decisionsHtml } from './chart-html.ts';
import { documentOf, type Section } from './document.ts';
import { type Content, html } from './html.ts';
import { costTable, deviationsHtml, fingerprintHtml, verdictTable } from './sections.ts';
import { notesHtml, tableHtml } from './table-html.ts';

/** One side of a comparison: the runs of an experiment, one per seed. */
export interface Side {
  readonly records: readonly RunRecord[];
  readonly background?: Background;
  /** Where it is from, which tells sides of one name apart. */
  readonly path?: string;
}

/**
 * A page about experiments side by side: metrics paired by seed, each with the first, curves in the
 * same charts, and what differs in manifest, versions, engine and data.
 *
 * @throws RangeError for fewer than two, and as {@link compareEach}
 */
export async function comparisonPage(...sides: readonly Side[]): Promise<string> {
  const paths = sides.map(({ path = '' }) => path);
  const comparisons = compareEach(
    sides.map(({ records }) => records),
    paths,
  );
  const names = [comparisons[0].a, ...comparisons.map(({ b }) => b)];
  return documentOf({
    title: `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`,
    eyebrow: `comparison · ${seedsText(comparisons)}`,
    lead: null,
    sections: await sectionsOf(comparisons, names, sides),
    footer: 'Written by Archer from the journals and the results of the runs.',
  });
}

function seedsText([{ seeds }, ...more]: Comparisons): string {
  if (more.length > 0) return `${more.length + 2} experiments`;
  const { both, onlyA, onlyB, unfinished } = seeds;
  return [
    both.length > 0 ? `pairs of the seeds ${both.join(', ')}` : 'no seed on both sides',
    ...(onlyA.length > 0 ? [`the first alone has ${onlyA.join(', ')}`] : []),
    ...(onlyB.length > 0 ? [`the second alone has ${onlyB.join(', ')}`] : []),
    ...(unfinished > 0 ? [`${unfinished} not finished`] : []),
  ].join(' · ');
}

async function sectionsOf(
  comparisons: Comparisons,
  names: readonly string[],
  sides: readonly Side[],
): Promise<Section[]> {
  const [metrics, differences] = severalTables(comparisons);
  const { fronts, search, studies, decisions } = figures(
    sides.flatMap((side, at) => named(side, sideName(names[at] ?? '', sideLetter(at)))),
  );
  const charts = [...fronts, ...studies, ...search];
  const each = (body: (side: Side, prefix: string) => Content): Content =>
    sides.map((side, at) => html`<h3>${names[at]}</h3>${body(side, sideLetter(at))}`);
  const isJudged = sides.some((side) => judged(side).length > 0);
  const deviations = sides.flatMap(({ background }) => background?.deviations ?? []);
  const once = [...new Map(deviations.map((one) => [one.plugin, one])).values()];
  const drawn = [
    charts.length > 0 && (await chartsHtml(charts, 'chart')),
    await decisionsHtml(decisions, 'decision'),
  ];
  const sections: (Section | false)[] = [
    section('metrics', 'Metrics', tableHtml(metrics, { captioned: false })),
    section('differences', 'What differs', tableHtml(differences, { captioned: false })),
    isJudged &&
      section('verdicts', 'Verdicts', [each(verdictsHtml), notesHtml([EXPECTED_AT_BEGIN])]),
    charts.length + decisions.length > 0 && section('charts', 'Charts', drawn),
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

/** Sides of a comparison may have the name of one experiment. */
const sideName = (name: string, side: string): string =>
  `${side}: ${name.replace(/ \(.*\)$/s, '')}`;

function named({ records }: Side, name: string): NamedRun[] {
  return records.map((record, i) => {
    const seed = record.seed ?? i;
    return { label: records.length > 1 ? `${name}, seed ${seed}` : name, record };
  });
}

const section = (id: string, title: string, body: Content): Section => ({ id, title, body });
