import { describe, expect, it } from 'vitest';
import { NIGHT, PRINT } from './theme.ts';

type Rgb = readonly [number, number, number];

/** Linear light of a colour, 0 to 1. */
function linear(hex: string): Rgb {
  const channel = (at: number): number => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** WCAG 2: the contrast of two colours. */
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(linear(a)), luminance(linear(b))];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Machado, Oliveira and Fernandes (2009), table 1, severity 1.0. */
const SIGHT: Readonly<Record<string, readonly [Rgb, Rgb, Rgb]>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** CIE L*a*b* of linear sRGB, D65. */
function lab([r, g, b]: Rgb): Rgb {
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function seen(hex: string, sight: readonly [Rgb, Rgb, Rgb]): Rgb {
  const rgb = linear(hex);
  const row = (m: Rgb): number =>
    Math.min(1, Math.max(0, m[0] * rgb[0] + m[1] * rgb[1] + m[2] * rgb[2]));
  return lab([row(sight[0]), row(sight[1]), row(sight[2])]);
}

describe.each([
  ['light', PRINT],
  ['dark', NIGHT],
])('colours of the %s theme', (_, theme) => {
  it('leave text readable (4.5 to 1) and lines visible (3 to 1), as WCAG 2.2 AA asks', () => {
    for (const text of [theme.ink, theme.muted]) {
      for (const behind of [theme.background, theme.node]) {
        expect(contrast(text, behind)).toBeGreaterThan(4.5);
      }
    }
    for (const line of theme.series) expect(contrast(line, theme.background)).toBeGreaterThan(3);
  });

  it.each(Object.entries(SIGHT))('differ for readers with %s sight', (_name, sight) => {
    const all = theme.series.map((hex) => seen(hex, sight));
    const distances = all.flatMap((a, i) =>
      all.slice(i + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])),
    );
    expect(Math.min(...distances)).toBeGreaterThan(15);
  });
});
