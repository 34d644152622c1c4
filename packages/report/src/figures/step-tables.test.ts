import type { JournalLine, Table } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { stepLines } from '../../test/journal-lines.ts';
import { record } from '../../test/run-record.ts';
import { figures, seedsOf } from './figures.ts';

const alpha = (conv: number): Table => ({
  columns: ['decision', 'option', 'probability'],
  rows: ['edge0', 'edge1'].flatMap((edge, i) => [
    [edge, 'skip', 1 - conv * i],
    [edge, 'conv', conv * i],
  ]),
});
/** Two epochs of two steps each, with a table at the end of each. */
const lines = (tableOf: (epoch: number) => Readonly<Record<string, Table>>): JournalLine[] =>
  stepLines([{}, { epoch: 1 }, {}, { epoch: 2 }], (i) =>
    i % 2 === 1 ? tableOf((i + 1) / 2) : undefined,
  );

describe('tables that a search tells as it goes', () => {
  it('α: a chart for each decision of each run, with a line for each option over epochs', () => {
    const runs = [0, 1].map((seed) =>
      record({ seed, lines: lines((epoch) => ({ alpha: alpha(epoch / 4 + seed / 8) })) }),
    );
    const { decisions } = figures(seedsOf(runs));
    expect(decisions.map(({ label, charts }) => [label, charts.map(({ title }) => title)])).toEqual(
      [
        ['seed 0', ['edge0', 'edge1']],
        ['seed 1', ['edge0', 'edge1']],
      ],
    );
    const [, second] = decisions[1]?.charts ?? [];
    expect(second).toMatchObject({ x: { title: 'epoch' }, y: { title: 'probability' } });
    expect(second?.series).toEqual([
      {
        name: 'skip',
        points: [
          { x: 1, y: 0.625 },
          { x: 2, y: 0.375 },
        ],
      },
      {
        name: 'conv',
        points: [
          { x: 1, y: 0.375 },
          { x: 2, y: 0.625 },
        ],
      },
    ]);
    expect(second?.summary).toContain('at the end 0.63 for conv');
  });

  it('quantiles: one chart, with a line for each', () => {
    const quantiles = (epoch: number): Table => ({
      columns: ['quantile', 'q times N'],
      rows: [
        ['least', 1 / epoch],
        ['greatest', epoch],
      ],
    });
    const one = record({ lines: lines((epoch) => ({ 'data-probability': quantiles(epoch) })) });
    const [chart] = figures(seedsOf([one])).search;
    expect(chart).toMatchObject({ title: 'data-probability', y: { title: 'q times N' } });
    expect(chart?.series.map(({ name, points }) => [name, points.map(({ y }) => y)])).toEqual([
      ['least', [1, 0.5]],
      ['greatest', [1, 2]],
    ]);
  });

  it('pools: a point for each partial model that a stage has kept', () => {
    const pool = (stage: number): Table => ({
      columns: ['partial model', 'potential'],
      rows: [
        ['0', 10 * stage],
        ['1', 10 * stage - 1],
      ],
    });
    const one = record({ lines: lines((stage) => ({ [`pool-${stage}`]: pool(stage) })) });
    const [chart] = figures(seedsOf([one])).search;
    expect(chart).toMatchObject({ kind: 'points', x: { title: 'stage' } });
    expect(chart?.series[0]?.points).toEqual([
      { x: 1, y: 10 },
      { x: 1, y: 9 },
      { x: 2, y: 20 },
      { x: 2, y: 19 },
    ]);
  });

  it('draws at most 121 points of a line, the last among them', () => {
    const epochs = 250;
    const steps = Array.from({ length: epochs }, (_, i) => ({ epoch: i + 1 }));
    const long = record({ lines: stepLines(steps, (i) => ({ alpha: alpha(i / epochs) })) });
    const points = figures(seedsOf([long])).decisions[0]?.charts[1]?.series[1]?.points ?? [];
    expect(points.length).toBeLessThanOrEqual(121);
    expect(points.at(-1)).toEqual({ x: 250, y: 249 / 250 });
  });

  it('leaves out what is no table', () => {
    const broken = lines(() => ({ alpha: { rows: [1] } as unknown as Table }));
    expect(figures(seedsOf([record({ lines: broken })])).decisions).toEqual([]);
  });
});
