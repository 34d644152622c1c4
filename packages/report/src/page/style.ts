import { NIGHT, PRINT, type Theme } from '../chart/theme.ts';

function colours({ ink, muted, grid, node, series }: Theme): string {
  const all = { ink, muted, grid, node };
  return [
    ...Object.entries(all).map(([name, colour]) => `--${name}: ${colour};`),
    ...series.map((colour, i) => `--series-${i}: ${colour};`),
  ].join(' ');
}

/** The style sheet of every page: light and dark, from phones to desktops, and on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  ${colours(PRINT)}
  --page: #f6f7f9; --card: #ffffff; --link: #00578a;
  --good: #10683f; --good-back: #e2f4ea; --bad: #a3241b; --bad-back: #fde9e7;
  --open: #74520a; --open-back: #fbf1d9; --none-back: #eceff2;
}
@media (prefers-color-scheme: dark) {
  :root {
    ${colours(NIGHT)}
    --page: #0c0f13; --card: #12161c; --link: #7cc4f5;
    --good: #6fdca6; --good-back: #11301f; --bad: #ff9d94; --bad-back: #3a1714;
    --open: #ecc969; --open-back: #332809; --none-back: #222931;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
}
main, header, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
footer { padding-top: 1rem; padding-bottom: 3rem; color: var(--muted); font-size: .875rem; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
h1 { font-size: clamp(1.5rem, 1.1rem + 2vw, 2.25rem); line-height: 1.15; margin: 0;
  letter-spacing: -.015em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 3rem 0 1rem; letter-spacing: -.01em; }
h3 { font-size: 1rem; margin: 1.75rem 0 .75rem; overflow-wrap: anywhere; }
p { margin: 0 0 .75rem; max-width: 68ch; }
.eyebrow { color: var(--muted); margin: 0 0 .5rem; font-size: .875rem; overflow-wrap: anywhere; }
.lead { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; margin: 1.75rem 0 0; padding: 1.25rem 0;
  border-top: 1px solid var(--grid); border-bottom: 1px solid var(--grid); }
.lead dt { color: var(--muted); font-size: .8125rem; }
.lead dd { margin: .125rem 0 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.lead .value { font-size: 1.5rem; font-weight: 600; line-height: 1.2; }
.lead small { display: block; color: var(--muted); font-size: .8125rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .375rem 1.25rem;
  margin: 1rem 0 0; padding: 0; font-size: .9375rem; }
nav a { display: inline-block; padding: .125rem 0; }
.card { background: var(--card); border: 1px solid var(--grid); border-radius: .5rem;
  padding: 1rem; margin: 0; min-width: 0; }
.charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); }
.charts + * { margin-top: 1.5rem; }
figure figcaption { font-weight: 600; font-size: .9375rem; margin-bottom: .25rem; overflow-wrap: anywhere; }
figure .about { font-weight: 400; color: var(--muted); font-size: .8125rem; margin: .125rem 0 .5rem; }
figure { display: flex; flex-direction: column; }
figure > svg { display: block; width: 100%; height: auto; max-width: 34rem; margin-top: auto; }
@media (min-width: 60rem) {
  .alone figure { display: grid; grid-template-columns: 1fr minmax(18rem, 26rem); gap: 0 2rem; }
  .alone figcaption { grid-column: 1 / -1; }
  .alone figure > svg { max-width: none; }
  .alone details { margin: 0; min-width: 0; }
}
.cells { margin: auto 0; }
.cells svg { display: block; width: 100%; height: auto; min-width: 18rem; max-width: 34rem; }
.notation { font: .8125rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
details { margin-top: .75rem; }
summary { cursor: pointer; color: var(--link); font-size: .875rem; width: fit-content; }
.scroll { overflow-x: auto; max-width: 100%; }
details .scroll { max-height: 24rem; overflow-y: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 0 0 .5rem; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .375rem 1.25rem .375rem 0;
  border-bottom: 1px solid var(--grid); }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 500; border-bottom-color: var(--muted); white-space: nowrap; }
tbody th { font-weight: 400; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.short, tbody th.short { white-space: nowrap; }
td.text { min-width: 9rem; max-width: 34rem; overflow-wrap: break-word; }
.notes { list-style: none; margin: .5rem 0 0; padding: 0; color: var(--muted); font-size: .8125rem; max-width: 80ch; }
.notes li { overflow-wrap: anywhere; }
.block { margin: 0 0 2rem; }
.verdict { display: inline-block; padding: .0625rem .5rem; border-radius: 1rem; font-size: .8125rem;
  font-weight: 600; white-space: nowrap; background: var(--none-back); color: var(--ink); }
.verdict.reproduced { background: var(--good-back); color: var(--good); }
.verdict.differs { background: var(--bad-back); color: var(--bad); }
.verdict.inconclusive { background: var(--open-back); color: var(--open); }
.missing { color: var(--muted); font-style: italic; }
.pair { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: .375rem 1.25rem; margin: 0; font-size: .875rem; }
.pair dt { color: var(--muted); }
.pair dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
@media (max-width: 36rem) {
  .pair { grid-template-columns: 1fr; gap: 0; }
  .pair dd { margin-bottom: .625rem; }
  header { padding-top: 1.5rem; }
  h2 { margin-top: 2.25rem; }
}
@media print {
  body { background: none; }
  figure, .block { break-inside: avoid; }
}
`;
