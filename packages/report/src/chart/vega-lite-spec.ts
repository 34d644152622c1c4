import type { TopLevelSpec } from 'vega-lite';
import { printable } from '../printable.ts';
import type { Axis, Chart } from './chart.ts';
import type { Theme } from './theme.ts';

/** Pixels of a whole chart, and of a row of one with intervals. */
export const [WIDTH, HEIGHT, ROW] = [360, 220, 34];
/** Series differ in their dashes too: for those who see few colours, and where colours repeat. */
const DASHES = [[], [5, 3], [2, 2], [8, 3, 2, 3]];

/** How a chart is drawn. */
export interface Look {
  readonly theme: Theme;
  /** Whether it stands alone and so carries its title. */
  readonly titled?: boolean;
}

/**
 * A chart in the grammar of Vega-Lite. Fields are called x, y, low, high and series whatever
 * the chart is about: names of others are values, never expressions.
 */
export function vegaLiteSpec(chart: Chart, { theme, titled = false }: Look): TopLevelSpec {
  const title = { text: printable(chart.title), anchor: 'start', fontSize: 14, offset: 10 };
  return {
    width: WIDTH,
    height: heightOf(chart),
    autosize: { type: 'fit', contains: 'padding' },
    padding: 6,
    data: { values: rowsOf(chart) },
    config: config(theme),
    ...(titled && { title }),
    layer: chart.kind === 'intervals' ? intervals(chart, theme) : curves(chart, theme),
  } as TopLevelSpec;
}

/** Legends are as high as they need; the chart below keeps its height. */
function heightOf({ kind, series }: Chart): number {
  if (kind === 'intervals') return 50 + ROW * series.length;
  return HEIGHT + 16 * Math.max(0, Math.ceil(series.length / 2) - 1);
}

interface Row {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly series: string;
}

function rowsOf({ series }: Chart): Row[] {
  return series.flatMap(({ name, points }) =>
    points.map(({ x, y, low = y, high = y }) => ({ x, y, low, high, series: printable(name) })),
  );
}

function curves(chart: Chart, theme: Theme): object[] {
  const x = { field: 'x', type: 'quantitative', ...scaleOf(chart.x), axis: axisOf(chart, 'x') };
  const y = { field: 'y', type: 'quantitative', ...scaleOf(chart.y), axis: axisOf(chart, 'y') };
  const colour = colourOf(chart, theme);
  const spread = chart.series.some(({ points }) => points.some(({ low }) => low !== undefined));
  const band = {
    mark: { type: 'area', opacity: 0.18, line: false },
    encoding: {
      x,
      y: { ...y, field: 'low' },
      y2: { field: 'high' },
      color: colour,
    },
  };
  const few = chart.series.every(({ points }) => points.length <= 30);
  const many = chart.series.length > 3;
  const line = {
    mark: { type: 'line', strokeWidth: 1.8, point: few && { size: 22, filled: true } },
    encoding: { x, y, color: colour, ...(many && { strokeDash: dashOf(chart) }) },
  };
  const dots = {
    mark: { type: 'point', filled: true, size: 34, opacity: 0.75 },
    encoding: { x, y, color: colour },
  };
  return [
    ...(spread && chart.kind === 'lines' ? [band] : []),
    chart.kind === 'lines' ? line : dots,
  ];
}

function intervals(chart: Chart, theme: Theme): object[] {
  const names = chart.series.map(({ name }) => printable(name));
  const y = { field: 'series', type: 'nominal', sort: names, axis: { title: null, domain: false } };
  const x = { type: 'quantitative', ...scaleOf(chart.x), axis: axisOf(chart, 'x') };
  const reference = {
    data: { values: [{ x: chart.reference }] },
    mark: { type: 'rule', strokeDash: [3, 3], color: theme.muted },
    encoding: { x: { ...x, field: 'x' } },
  };
  const paint = theme.series[0];
  return [
    ...(chart.reference === undefined ? [] : [reference]),
    {
      mark: { type: 'rule', strokeWidth: 2.2, color: paint },
      encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
    },
    {
      mark: { type: 'point', filled: true, size: 70, color: paint, opacity: 1 },
      encoding: { y, x: { ...x, field: 'x' } },
    },
  ];
}

function scaleOf({ log = false }: Axis): object {
  return { scale: log ? { type: 'log' } : { zero: false, nice: true } };
}

/** The title of y is that of the chart; large numbers are short, 150M. */
function axisOf({ series, ...chart }: Chart, side: 'x' | 'y'): object {
  const { title, log = false } = chart[side];
  const isLarge = series.some(({ points }) => points.some((point) => Math.abs(point[side]) >= 1e5));
  const isWhole = series.every(({ points }) => points.every((p) => Number.isInteger(p[side])));
  return {
    title: side === 'x' ? printable(title) : null,
    tickCount: log ? 4 : 5,
    ...(isWhole && { tickMinStep: 1 }),
    ...(isLarge && { format: '~s' }),
  };
}

function colourOf({ series }: Chart, theme: Theme): object {
  const names = series.map(({ name }) => printable(name));
  const range = names.map((_, i) => theme.series[i % theme.series.length]);
  const longest = Math.max(...names.map((name) => name.length));
  const columns = longest > 16 ? 1 : longest > 9 ? 2 : 4;
  const legend =
    names.length < 2
      ? null
      : { title: null, orient: 'top', columns, symbolType: 'stroke', symbolOpacity: 1 };
  return { field: 'series', type: 'nominal', scale: { domain: names, range }, legend };
}

function dashOf({ series }: Chart): object {
  const names = series.map(({ name }) => printable(name));
  const range = names.map((_, i) => DASHES[Math.floor(i / 3) % DASHES.length]);
  return { field: 'series', type: 'nominal', scale: { domain: names, range }, legend: null };
}

function config({ ink, muted, grid, background, font }: Theme): object {
  const text = { labelFont: font, titleFont: font, labelFontSize: 12, titleFontSize: 12 };
  return {
    background: background === 'none' ? null : background,
    aria: false,
    font,
    view: { stroke: null },
    title: { color: ink, font, fontWeight: 600 },
    axis: {
      ...text,
      ...{ labelColor: muted, titleColor: muted, titleFontWeight: 400, titlePadding: 8 },
      ...{ gridColor: grid, domainColor: muted, tickColor: grid, tickSize: 4, labelPadding: 5 },
    },
    axisY: { domain: false, ticks: false },
    axisX: { grid: false, labelFlush: true },
    legend: { ...text, labelColor: ink, symbolSize: 160, symbolStrokeWidth: 2.4, labelLimit: 300 },
  };
}
