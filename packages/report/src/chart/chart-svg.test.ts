import { describe, expect, it } from 'vitest';
import type { Chart } from './chart.ts';
import { chartSvg } from './chart-svg.ts';
import { PAGE, PRINT } from './theme.ts';

const DATA = [
  { x: 0, y: 10 },
  { x: 1, y: 40 },
  { x: 3, y: 20 },
];
const chart: Chart = {
  name: 'c',
  title: 'accuracy',
  summary: 'It rises and falls.',
  kind: 'points',
  x: { title: 'epoch' },
  y: { title: 'accuracy' },
  series: [{ name: 'a', points: DATA }],
};
const print = { theme: PRINT, id: 'c' };

/** Centres of the symbols of a drawing, in its order. */
function centres(svg: string): { x: number; y: number }[] {
  const group = /mark-symbol role-mark[^>]*>(.*?)<\/g>/s.exec(svg)?.[1] ?? '';
  return [...group.matchAll(/translate\(([-\d.]+),([-\d.]+)\)/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));
}

describe('chartSvg', () => {
  it('draws points where the data are: both axes are linear in them', async () => {
    const [a, b, c] = centres(await chartSvg(chart, print));
    if (!a || !b || !c) throw new Error('three points were given');
    expect((c.x - a.x) / (b.x - a.x)).toBeCloseTo(3, 3);
    expect((c.y - a.y) / (b.y - a.y)).toBeCloseTo(1 / 3, 3);
    expect(b.y).toBeLessThan(a.y); // up is more
  });

  it('draws a logarithmic axis logarithmically', async () => {
    const points = [1, 10, 1000].map((x) => ({ x, y: x }));
    const log = { ...chart, x: { title: 'n', log: true }, series: [{ name: 'a', points }] };
    const [a, b, c] = centres(await chartSvg(log, print));
    if (!a || !b || !c) throw new Error('three points were given');
    expect((c.x - a.x) / (b.x - a.x)).toBeCloseTo(3, 2);
  });

  it('draws intervals from low to high', async () => {
    const series = [
      { name: 'supernet', points: [{ x: 0.5, y: 0, low: 0, high: 1 }] },
      { name: 'random', points: [{ x: 0, y: 0, low: -1, high: 0.5 }] },
    ];
    const svg = await chartSvg({ ...chart, kind: 'intervals', series, reference: 0 }, print);
    const [a, b] = centres(svg);
    const rules = [...svg.matchAll(/translate\(([\d.]+),[\d.]+\)" x2="(-?[\d.]+)" y2="0"/g)];
    const bars = rules.map(([, x, width]) => ({ x: Number(x), width: Number(width) }));
    const [first, second] = bars.slice(-2);
    if (!a || !b || !first || !second) throw new Error('two intervals were given');
    expect(first.x + first.width / 2).toBeCloseTo(a.x, 1);
    expect(Math.abs(second.width / first.width)).toBeCloseTo(1.5, 2);
    expect(svg.indexOf('supernet')).toBeLessThan(svg.indexOf('random'));
  });

  it('names its series, with and without a band', async () => {
    const points = DATA.map((point) => ({ ...point, low: point.y - 1, high: point.y + 1 }));
    for (const drawn of [DATA, points]) {
      const series = ['first', 'second', 'third', 'fourth'].map((name) => ({
        name,
        points: drawn,
      }));
      const svg = await chartSvg({ ...chart, kind: 'lines', series }, print);
      for (const { name } of series) expect(svg).toContain(`>${name}</text>`);
    }
  });

  it('has the colours of its theme, and no others', async () => {
    const two = { ...chart, series: [...chart.series, { name: 'b', points: DATA }] };
    const onPage = await chartSvg(two, { theme: PAGE, id: 'c' });
    expect(onPage).toContain('var(--series-1)');
    const colours = [...onPage.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, colour]) => colour);
    for (const colour of colours) expect(colour).toMatch(/^(?:var\(--[\w-]+\)|none|transparent)$/);
    expect(await chartSvg(two, print)).toContain(PRINT.series[1]);
  });

  it('names itself for those who do not see it', async () => {
    const svg = await chartSvg(chart, print);
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="c-title c-about"/);
    expect(svg).toContain('<title id="c-title">accuracy</title>');
    expect(svg).toContain('<desc id="c-about">It rises and falls.</desc>');
  });

  it('is the same text every time', async () => {
    expect(await chartSvg(chart, print)).toBe(await chartSvg(chart, print));
  });
});

describe('R45 names in charts', () => {
  const EVIL = '"><script>alert(1)</script>\u202e\u001b{{x}}]]>&\ud83d\ude00';

  it('are text, never markup, styles or expressions', async () => {
    const series = [EVIL, 'datum.x', "'+evil()+'"].map((name) => ({ name, points: DATA }));
    const evil = { ...chart, ...{ name: EVIL, title: EVIL, summary: EVIL, series } };
    const titled = { ...evil, x: { title: EVIL }, y: { title: EVIL } };
    for (const kind of ['lines', 'points', 'intervals'] as const) {
      const svg = await chartSvg({ ...titled, kind }, { ...print, titled: true });
      expect(svg).not.toMatch(/<script|\p{Cc}|\p{Cf}|javascript:|\son\w+=/u);
      expect(svg).toContain('&lt;script');
      expect(svg).toContain('datum.x');
    }
  });
});
