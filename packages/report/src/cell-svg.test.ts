import type { CellDrawing } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { cellsSvg } from './cell-svg.ts';

const cell: CellDrawing = {
  name: 'normal',
  nodes: ['in', '1', 'out'],
  edges: [
    { from: 0, to: 1, label: 'conv' },
    { from: 0, to: 2, label: 'skip' },
    { from: 1, to: 2, label: '' },
  ],
};
const all = (svg: string, pattern: RegExp): string[] =>
  Array.from(svg.matchAll(pattern), ([, found = '']) => found);
const labels = (svg: string) => all(svg, /<text class="label"[^>]*>([^<]*)</g);
const operations = (svg: string) => all(svg, /<text class="operation"[^>]*>([^<]*)</g);

/** Where an arc begins and ends, and its control points' height. */
const arcs = (svg: string) =>
  all(svg, /<path class="edge" d="([^"]*)"/g).map((d) => (d.match(/-?[\d.]+/g) ?? []).map(Number));

describe('cellsSvg', () => {
  it('has every node, every edge and every operation once, in the order of the cell', () => {
    const svg = cellsSvg([cell]);
    expect(labels(svg)).toEqual(['in', '1', 'out']);
    expect(operations(svg)).toEqual(['conv', 'skip']);
    expect(arcs(svg)).toHaveLength(3);
    expect(all(svg, /<text class="cell"[^>]*>([^<]*)</g)).toEqual(['normal']);
  });

  it('draws an edge between its nodes: above with an operation, below without', () => {
    const svg = cellsSvg([cell]);
    const centres = all(svg, /<circle class="node" cx="(\d+)"/g).map(Number);
    const [line = 0] = all(svg, /<circle [^>]*cy="([\d.]+)"/g).map(Number);
    const [conv = [], skip = [], plain = []] = arcs(svg);
    const ends = [conv, skip, plain].map((numbers) => [numbers[0], numbers[6]]);
    expect(ends).toEqual([
      [centres[0], centres[1]],
      [centres[0], centres[2]],
      [centres[1], centres[2]],
    ]);
    expect(conv[3]).toBeLessThan(line);
    expect(skip[3]).toBeLessThan(conv[3] as number);
    expect(plain[3]).toBeGreaterThan(line);
  });

  it('keeps parallel edges apart, and everything inside of the picture', () => {
    const edge = { from: 0, to: 1 };
    const edges = ['a', 'b', 'c'].map((label) => ({ ...edge, label }));
    const svg = cellsSvg([{ name: 'x', nodes: ['0', '1'], edges }]);
    expect(new Set(arcs(svg).map((numbers) => numbers[3])).size).toBe(3);
    const ys = all(svg, /<text class="operation"[^>]* y="([-\d.]+)"/g).map(Number);
    expect(Math.min(...ys)).toBeGreaterThan(22);
  });

  it('puts one cell below the other, and says the same each time', () => {
    const svg = cellsSvg([cell, { ...cell, name: 'reduce' }]);
    const tops = all(svg, /translate\(\d+ ([\d.]+)\)/g).map(Number);
    expect(tops).toHaveLength(2);
    expect(tops[1]).toBeGreaterThan(tops[0] as number);
    expect(cellsSvg([cell, { ...cell, name: 'reduce' }])).toBe(svg);
    expect(svg.endsWith('</svg>\n')).toBe(true);
  });

  it('writes names as text, whatever is in them', () => {
    const hostile = '</text><script>alert("&")</script>\u0000';
    const svg = cellsSvg([{ name: hostile, nodes: [hostile, 'b'], edges: [] }]);
    expect(svg).not.toContain('<script>');
    expect(svg).not.toContain('\u0000');
    expect(labels(svg)[0]).toBe(
      '&lt;/text&gt;&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;\\x00',
    );
  });
});
