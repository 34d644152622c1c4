import { bestTable } from '../best-table.ts';
import { cellsSvg } from '../cell-svg.ts';
import { PAGE } from '../chart/theme.ts';
import { grouped } from '../number-text.ts';
import type { BestArchitecture, RunRecord } from '../record.ts';
import type { Background } from './background.ts';
import { html, type Markup, trusted } from './html.ts';
import { foldedTable } from './table-html.ts';

/** Best architectures that are drawn. */
const DRAWN = 3;

/** How architectures are drawn; pages with several lists give each a prefix for its ids. */
export interface BestOptions {
  readonly draw?: Background['draw'] | undefined;
  readonly prefix?: string;
}

/** The best architectures of all runs, each once, the first few with their cells. */
export function bestHtml(
  records: readonly RunRecord[],
  { draw, prefix = 'cells' }: BestOptions = {},
): Markup {
  const all = records.flatMap(({ result }) => result?.search.best ?? []);
  const best = [...new Map(all.map((one) => [one.architecture, one])).values()];
  const cards = best.slice(0, DRAWN).map((one, i) => card(one, `${prefix}-${i}`, draw));
  const more = best.length > DRAWN && foldedTable(bestTable(best), { folded: true });
  return html`<div class="charts wide">${cards}</div>${more}`;
}

function card(one: BestArchitecture, id: string, draw: Background['draw']): Markup {
  const { architecture, metrics } = one;
  const cells = draw?.(architecture);
  const values = Object.entries(metrics).map(([name, value]) => `${name} ${grouped(value)}`);
  const look = { theme: PAGE, id, title: `Cells of ${architecture}` };
  const picture =
    cells !== undefined &&
    html`<div class="cells scroll" tabindex="0" role="group" aria-label="${look.title}">${trusted(cellsSvg(cells, look))}</div>`;
  return html`<figure class="card"><figcaption>${values.length > 0 ? values.join(', ') : 'Derived architecture'}</figcaption>
${picture}<p class="notation">${architecture}</p></figure>
`;
}
