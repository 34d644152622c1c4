import type { Chart } from '../chart/chart.ts';
import { chartSvg } from '../chart/chart-svg.ts';
import { chartTable } from '../chart/chart-table.ts';
import { PAGE } from '../chart/theme.ts';
import type { RunCharts } from '../figures/figures.ts';
import { type Content, html, type Markup, trusted } from './html.ts';
import { tableHtml } from './table-html.ts';

/** Charts that are shown without being asked for. */
const MANY = 12;

/**
 * Charts side by side where there is room, each with its values as a table to unfold; those of a
 * chart alone are beside it.
 */
export async function chartsHtml(charts: readonly Chart[], prefix: string): Promise<Markup> {
  const isAlone = charts.length === 1;
  const drawn = await Promise.all(
    charts.map((chart, i) => figure(chart, `${prefix}-${i}`, isAlone)),
  );
  return html`<div class="${isAlone ? 'charts alone' : 'charts'}">${drawn}</div>`;
}

/** A chart per decision of each run, under a heading; folded up where they are many. */
export async function decisionsHtml(runs: readonly RunCharts[], prefix: string): Promise<Content> {
  const all = await Promise.all(
    runs.map(async ({ label, charts }, i) => {
      const body = await chartsHtml(charts, `${prefix}-${i}`);
      const about = `Probabilities of the options of ${charts.length} decisions, ${label}`;
      return runs.length === 1 && charts.length <= MANY
        ? html`<h3>${about}</h3>${body}`
        : html`<details class="block"><summary>${about}</summary>${body}</details>`;
    }),
  );
  return all;
}

async function figure(chart: Chart, id: string, isAlone: boolean): Promise<Markup> {
  const svg = await chartSvg(chart, { theme: PAGE, id });
  const values = chartTable(chart);
  return html`<figure class="card"><figcaption>${chart.title}
<p class="about">${chart.summary}</p></figcaption>
${trusted(svg)}
<details${isAlone && trusted(' open')}><summary>Values</summary>${tableHtml(values, { captioned: false })}</details></figure>
`;
}
