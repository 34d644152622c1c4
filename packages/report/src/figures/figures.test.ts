import type { Table } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { stepLines } from '../../test/journal-lines.ts';
import { record, study } from '../../test/run-record.ts';
import { figures, seedsOf } from './figures.ts';

const withTable = (key: string, table: Table, metrics: Record<string, number> = {}, seed = 0) =>
  record({ seed, studies: [{ ...study(metrics), tables: { [key]: table } }] });

describe('curves of the search', () => {
  it('are one chart per metric with a line per seed', () => {
    const runs = [0, 1].map((seed) =>
      record({ seed, lines: stepLines([{ loss: 2 }, { loss: 1 }]) }),
    );
    const { search } = figures(seedsOf(runs));
    expect(search).toMatchObject([
      { title: 'loss', x: { title: 'step' }, series: [{ name: 'seed 0' }, { name: 'seed 1' }] },
    ]);
    expect(search[0]?.series[1]?.points).toEqual([
      { x: 1, y: 2 },
      { x: 2, y: 1 },
    ]);
  });

  it('that only ends of epochs have are over epochs; those of one name share a chart', () => {
    const p = (none: number) => ({
      'path-probability/none': none,
      'path-probability/conv': 1 - none,
    });
    const lines = stepLines([{}, { epoch: 1, ...p(0.5) }, {}, { epoch: 2, ...p(0.1) }]);
    const { search } = figures(seedsOf([record({ lines })]));
    expect(search).toMatchObject([
      {
        title: 'path-probability',
        x: { title: 'epoch' },
        series: [
          {
            name: 'none',
            points: [
              { x: 1, y: 0.5 },
              { x: 2, y: 0.1 },
            ],
          },
          {
            name: 'conv',
            points: [
              { x: 1, y: 0.5 },
              { x: 2, y: 0.9 },
            ],
          },
        ],
      },
    ]);
  });

  it('leave out a metric that was reported once', () => {
    expect(figures(seedsOf([record({ lines: stepLines([{ loss: 2 }]) })])).search).toEqual([]);
  });
});

describe('charts of studies', () => {
  it('show eigenvalues over the search where a study was asked again and again', () => {
    const studies = [750, 1500].map((at) => study({ 'max-eigenvalue': at / 1000 }, 1, at));
    const { studies: charts } = figures(seedsOf([record({ studies: studies.reverse() })]));
    expect(charts).toMatchObject([
      {
        title: 'max-eigenvalue (rank.1)',
        series: [
          {
            points: [
              { x: 750, y: 0.75 },
              { x: 1500, y: 1.5 },
            ],
          },
        ],
      },
    ]);
  });

  it("show predicted against true, with Kendall's τ and its interval", () => {
    const rows = [
      ['|a|', 60, 91],
      ['|b|', 70, 93],
    ];
    const metrics = { 'kendall-tau': 0.6, 'kendall-tau-low': 0.5, 'kendall-tau-high': 0.7 };
    const one = withTable('scores', { columns: ['id', 'score', 'truth'], rows }, metrics);
    const [chart] = figures(seedsOf([one])).studies;
    expect(chart?.series[0]?.points).toEqual([
      { x: 91, y: 60 },
      { x: 93, y: 70 },
    ]);
    expect(chart?.summary).toContain("Kendall's τ 0.6000 (95 % interval 0.5000 to 0.7000)");
  });

  it('show the intervals of each score, in the order of the table', () => {
    const rows = [
      ['supernet', 0.6, '0.500 to 0.700'],
      ['random', -0.01, '-0.100 to 1e-2'],
      ['unknown', null, '-'],
    ];
    const one = withTable('rank', { columns: ['', 'tau', '95 % interval'], rows });
    const [chart] = figures(seedsOf([one])).studies;
    expect(chart).toMatchObject({ kind: 'intervals', reference: 0 });
    expect(chart?.series).toEqual([
      { name: 'supernet', points: [{ x: 0.6, y: 0, low: 0.5, high: 0.7 }] },
      { name: 'random', points: [{ x: -0.01, y: 0, low: -0.1, high: 0.01 }] },
    ]);
  });

  it('show regret by budget with the width of the interval of the mean', () => {
    const columns = ['arm', 'evaluations', 'mean', '95 % interval', 'regret'];
    const rows = [
      ['rea', 90, 93, '92.9 to 93.1', 1],
      ['rea', 170, 93.5, '93.4 to 93.6', 0.5],
      ['random', 90, 92, '-', 2],
    ];
    const [chart] = figures(seedsOf([withTable('regret', { columns, rows })])).studies;
    expect(chart?.x.title).toBe('evaluations');
    expect(chart?.series[0]?.points[1]).toMatchObject({ x: 170, y: 0.5 });
    expect(chart?.series[0]?.points[1]?.low).toBeCloseTo(0.4);
    expect(chart?.series[1]?.points).toEqual([{ x: 90, y: 2 }]);
  });

  it('show truth and choices of each epoch apart, and the truth of all seeds together', () => {
    const columns = ['epoch', 'accuracy', 'none', 'conv', 'architecture'];
    const rows = [
      [1, 90, 0, 6, '|a|'],
      [2, 94, 1, 5, '|b|'],
    ];
    const runs = [0, 1].map((seed) =>
      withTable('t', { columns, rows }, { 'best-accuracy': 94 }, seed),
    );
    const titles = figures(seedsOf(runs)).studies.map(({ title, series }) => [
      title,
      series.length,
    ]);
    expect(titles).toEqual([
      ['accuracy by epoch', 2],
      ['Choices by epoch, seed 0', 2],
      ['Choices by epoch, seed 1', 2],
    ]);
  });
});

describe('fronts', () => {
  const front = [
    { architecture: 'a', metrics: { accuracy: 90, macs: 20 } },
    { architecture: 'b', metrics: { accuracy: 80, macs: 10 } },
  ];

  it('show the first objective over the second', () => {
    const one = record({
      manifest: { objective: { use: 'pareto', metrics: ['accuracy', 'macs'] } },
    });
    const { result } = one;
    const found = result && { ...result, search: { ...result.search, best: front } };
    const [chart] = figures(seedsOf([{ ...one, result: found }])).fronts;
    expect(chart).toMatchObject({ x: { title: 'macs' }, y: { title: 'accuracy' } });
    expect(chart?.series[0]?.points).toEqual([
      { x: 10, y: 80 },
      { x: 20, y: 90 },
    ]);
  });

  it('are not drawn of one best architecture', () => {
    expect(figures(seedsOf([record()])).fronts).toEqual([]);
  });
});
