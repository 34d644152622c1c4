/** The colours that charts and drawings of cells are made of, as SVG takes them. */
export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly node: string;
  /** Behind the drawing; `none` lets the page through. */
  readonly background: string;
  /** Around text that lines pass behind. */
  readonly halo: string;
  readonly font: string;
  /** Told apart by readers with any of the usual deficiencies of colour vision. */
  readonly series: readonly string[];
}

const FONTS = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';

/** For files of their own: dark on white. */
export const PRINT: Theme = {
  ink: '#1a1f26',
  muted: '#4d5763',
  grid: '#dfe3e8',
  node: '#e8eef7',
  background: '#ffffff',
  halo: '#ffffff',
  font: FONTS,
  series: ['#0072b2', '#d55e00', '#00916a', '#7b1e6b', '#46320f', '#24247e'],
};

/** The same on a dark page. */
export const NIGHT: Theme = {
  ink: '#e8ebef',
  muted: '#aab4c0',
  grid: '#2c343e',
  node: '#22303f',
  background: '#12161c',
  halo: '#12161c',
  font: FONTS,
  series: ['#5db4f0', '#ff8a4c', '#3ecf9f', '#a06bff', '#8c8798', '#f0e442'],
};

/** For pages, whose style sheet says which of the two it is. */
export const PAGE: Theme = {
  ink: 'var(--ink)',
  muted: 'var(--muted)',
  grid: 'var(--grid)',
  node: 'var(--node)',
  background: 'none',
  halo: 'var(--card)',
  font: 'inherit',
  series: PRINT.series.map((_, i) => `var(--series-${i})`),
};
