import type { Chart } from '../chart/chart.ts';
import { chartSvg } from '../chart/chart-svg.ts';
import { chartTable } from '../chart/chart-table.ts';
import { PAGE } from '../chart/theme.ts';
import { html, type Markup, trusted } from './html.ts';
import { tableHtml } from './table-html.ts';

/** Charts side by side where there is room, each with its values as a table to unfold. */
export async function chartsHtml(charts: readonly Chart[], prefix: string): Promise<Markup> {
  const drawn = await Promise.all(charts.map((chart, i) => figure(chart, `${prefix}-${i}`)));
  return html`<div class="charts">${drawn}</div>`;
}

async function figure(chart: Chart, id: string): Promise<Markup> {
  const svg = await chartSvg(chart, { theme: PAGE, id });
  const values = chartTable(chart);
  return html`<figure class="card"><figcaption>${chart.title}
<p class="about">${chart.summary}</p></figcaption>
${trusted(svg)}
<details><summary>Values</summary>${tableHtml(values, { captioned: false })}</details></figure>
`;
}
