// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonical, parseCell } from '@archer-nas/space-nas-bench-201';
import { describe, expect, it } from 'vitest';
import { compareWithParams, noiseOf } from './mini-agreement.mjs';
import { miniCells, NAMED } from './mini-cells.mjs';
import { MANIFEST, miniManifest } from './mini-manifest.mjs';
import { labelOf } from './mini-page.mjs';
import { miniCsv, miniRows } from './mini-rows.mjs';

const ROOT = join(import.meta.dirname, '../..');
const [residual, , skips] = /** @type {[string, string, string]} */ (Object.values(NAMED));

describe('the cells of nb201-mini', () => {
  it('are 250 networks, no two alike', () => {
    const networks = miniCells().map((cell) => canonical(parseCell(cell)));
    expect(new Set(networks).size).toBe(250);
  });

  it('begin with those of a shorter list', () => {
    expect(miniCells(60).slice(0, 24)).toEqual(miniCells(20));
  });

  it('are those of the committed manifest', () => {
    expect(readFileSync(join(ROOT, MANIFEST), 'utf8')).toBe(miniManifest());
  });
});

/** @param {string} architecture @param {number} accuracy */
const line = (architecture, accuracy, status = 'final') => ({
  ...{ seq: 0, kind: /** @type {const} */ ('science'), job: 'search', event: 'step' },
  body: { evaluations: [{ proposal: { architecture }, metrics: { accuracy }, status }] },
});

describe('the rows of nb201-mini', () => {
  const runs = [
    { seed: 0, lines: [line(residual, 60.5), line(skips, 31.25)] },
    { seed: 1, lines: [line(residual, 61), line(skips, 0, 'failed')] },
  ];

  it('have the mean of the runs there are, in the order of the cells', () => {
    const lines = miniCsv(miniRows(miniCells(), runs)).split('\n');
    expect(lines[1]).toBe(`${residual},${canonical(parseCell(residual))},60.750,60.50,61.00`);
    expect(lines[2]).toBe(`${skips},${canonical(parseCell(skips))},31.250,31.25,`);
    expect(lines.length).toBe(4);
  });

  it('know the deviation of one training from pairs', () => {
    // d = 1 and 3: √((1 + 9) / 4).
    const rows = [
      {
        arch: 'a',
        runs: new Map([
          [0, 50],
          [1, 51],
        ]),
      },
      {
        arch: 'b',
        runs: new Map([
          [0, 60],
          [1, 57],
        ]),
      },
      { arch: 'c', runs: new Map([[0, 70]]) },
    ];
    expect(noiseOf(rows)).toEqual({ n: 2, deviation: Math.sqrt(2.5), tau: 1 });
  });
});

describe('what nb201-mini is worth', () => {
  // Truth 1 2 3 4; the table swaps one pair of six, parameters two.
  const cells = [
    { value: 1, params: 2, truth: 1 },
    { value: 3, params: 1, truth: 2 },
    { value: 2, params: 4, truth: 3 },
    { value: 4, params: 3, truth: 4 },
  ];

  it('is tau-b beside that of the parameter count, on the same cells', () => {
    const { mini, params, difference, beats } = compareWithParams(cells);
    expect([mini.tau, params.tau]).toEqual([4 / 6, 2 / 6]);
    expect(difference.tau).toBeCloseTo(2 / 6, 12);
    expect(beats).toBe(true);
  });

  it('is weak where parameters order as well, and partial where cells are missing', () => {
    const turned = cells.map(({ value, params, truth }) => ({
      value: params,
      params: value,
      truth,
    }));
    const label = labelOf(
      /** @type {any} */ ({ cells: 4, planned: 250, all: compareWithParams(turned) }),
    );
    expect(label).toMatch(/^Partial: 4 of 250 cells. Weak: /);
  });
});
