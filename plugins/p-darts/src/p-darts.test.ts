import { createStreams } from '@archer-nas/core';
import { denseMixture, type Rows, type Site, softmaxRows } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import plugin from './index.ts';
import { pDarts, skipDropout, strongest } from './p-darts.ts';
import { limitedSkips } from './skip-limit.ts';

const options = plugin.options.parse({});
const streams = createStreams(2);
const rows = (...values: number[][]): Rows => values.map((row) => Float64Array.from(row));
const names = ['none', 'skip_connect', 'sep_conv_3x3'];
const sites: Site[] = [0, 1, 2, 3].map((decision) => {
  return { name: `edge${decision}`, decision, options: names };
});
/** One operation per decision: the most probable. */
const kept = (p: Rows) => p.map((row) => names[row.indexOf(Math.max(...row))] ?? '');
const begin = (stage: number, changes: object = {}) => {
  const part = pDarts(plugin.options.parse(changes)).begin?.({ sites, streams, stage });
  if (part?.mixture === undefined || part.keep === undefined) throw new Error('no hooks');
  return { ...part, mixture: part.mixture, keep: part.keep };
};

describe('R39 the dropout of skip connections', () => {
  it.each([
    [0.4, 0, 0.384],
    [0.4, 5, 0.304],
    [0.4, 9, 0.24],
    [0.4, 10, 0.4],
    [0.4, 15, 0.14715],
    [0.4, 24, 0.02432],
    [0.7, 0, 0.672],
    [0.7, 9, 0.42],
    [0.7, 10, 0.7],
    [0.7, 24, 0.04257],
  ])('of %f is in epoch %i of 25: %f, which jumps up at 10 (check)', (r, epoch, expected) => {
    expect(skipDropout({ epoch, epochs: 25, alphaFrom: 10 }, r)).toBeCloseTo(expected, 5);
  });

  it('jumps where α begins to learn', () => {
    const at = (epoch: number) => skipDropout({ epoch, epochs: 17, alphaFrom: 7 }, 0.4);
    expect(at(6)).toBeCloseTo((0.4 * 10) / 17, 12);
    expect(at(7)).toBe(0.4);
  });

  it('is of the stage, and of the values of skip connections alone', () => {
    const mixture = denseMixture(rows([0.2, 0.3, 0.5], [1, 0, 0], [1, 0, 0], [1, 0, 0]));
    const moment = { step: 0, epoch: 10, epochs: 25, alphaFrom: 10 };
    [0.1, 0.4, 0.7].forEach((rate, stage) => {
      const drops = begin(stage).mixture(mixture, moment)[0]?.drops;
      expect(drops?.map((drop) => drop.rate)).toEqual([0, rate, 0]);
      expect(drops?.[1]?.each).toBe('value');
    });
    const still = { dropout: [0, 0, 0] };
    expect(begin(0, still).mixture(mixture, moment)).toBe(mixture);
  });
});

describe('R39 the stages', () => {
  it('have 40, 55 and 51 operations times cells (check)', () => {
    const { cells, keep } = options;
    expect(cells.map((n, stage) => n * (stage === 0 ? 8 : (keep[stage - 1] ?? 0)))).toEqual([
      40, 55, 51,
    ]);
    const task = { classes: 10, image: { height: 32, width: 32, channels: 3 } };
    const modifier = pDarts(options);
    expect(modifier.stages).toBe(3);
    expect([0, 1, 2].map((stage) => modifier.task?.(task, stage).cells)).toEqual([5, 11, 17]);
  });

  it('keep the operations with the largest probabilities per edge: 5 of 8, then 3 of 5', () => {
    const p = softmaxRows(rows([0.3, -1, 0.5, 0.1, 0.2, -0.5, 0.9, -2]));
    expect(begin(0).keep(p)).toEqual([[0, 2, 3, 4, 6]]);
    expect(begin(1).keep(rows([0.1, 0.4, 0.2, 0.25, 0.05]))).toEqual([[1, 2, 3]]);
    expect(strongest(Float64Array.of(0.2, 0.2, 0.2, 0.4), 2)).toEqual([2, 3]);
  });

  it('keep every input where inputs are weighed', () => {
    const weighed: Site[] = [
      { name: 'edge', decision: 0, options: names },
      { name: 'inputs', decision: 1, options: ['0', '1', '2'], keeps: 2 },
    ];
    const modifier = pDarts(plugin.options.parse({ keep: [2, 1] }));
    const part = modifier.begin?.({ sites: weighed, streams, stage: 1 });
    expect(part?.keep?.(rows([0.2, 0.5, 0.3], [0.2, 0.5, 0.3]))).toEqual([[1], [0, 1, 2]]);
  });

  it('are refused where lists do not fit', () => {
    expect(() => pDarts({ ...options, keep: [5] })).toThrow(
      expect.objectContaining({ code: 'ARCHER_STAGES' }),
    );
  });
});

describe('R39 the limit of skip connections', () => {
  const skippy = rows([0.1, 0.6, 0.3], [0.1, 0.5, 0.4], [0, 0.9, 0.1], [0.2, 0.45, 0.35]);

  it('takes the least probable ones out until the count fits, and derives again', () => {
    const count = (most: number | null) => kept(limitedSkips(skippy, { sites, kept, most }));
    expect(count(null)).toEqual(Array(4).fill('skip_connect'));
    const conv = 'sep_conv_3x3';
    const skip = 'skip_connect';
    expect(count(3)).toEqual([skip, skip, skip, conv]);
    expect(count(2)).toEqual([skip, conv, skip, conv]);
    expect(count(0)).toEqual([conv, conv, conv, conv]);
  });

  it('looks at what is derived: skips that are not in the architecture stay', () => {
    // Of the four edges the two with the strongest operation are kept.
    const two = (p: Rows) => {
      const order = [...p.keys()].sort(
        (a, b) => Math.max(...(p[b] ?? [])) - Math.max(...(p[a] ?? [])),
      );
      return kept(p).map((name, edge) => (order.indexOf(edge) < 2 ? name : ''));
    };
    const limited = limitedSkips(skippy, { sites, kept: two, most: 1 });
    // Edges 2 and 0 are kept; without the skip of 0 the next is that of 1, then that of 3.
    expect(two(limited).filter((name) => name === 'skip_connect')).toHaveLength(1);
    expect(limited[2]).toEqual(skippy[2]);
    expect(limited[0]?.[1]).toBe(0);
  });

  it('leaves reduction cells and what it was given alone', () => {
    const reducing = sites.map((site) => ({ ...site, reduces: true }));
    expect(limitedSkips(skippy, { sites: reducing, kept, most: 0 })).toEqual(skippy);
    limitedSkips(skippy, { sites, kept, most: 0 });
    expect(skippy[0]?.[1]).toBe(0.6);
  });

  it('holds in the last stage, where `none` is never chosen', () => {
    expect(begin(0).scores).toBeUndefined();
    expect(begin(1).scores).toBeUndefined();
    const zeros = rows([0.8, 0.15, 0.05], [0.8, 0.05, 0.15], [0.1, 0.8, 0.1], [0.1, 0.7, 0.2]);
    const scores = begin(2, { skips: 1 }).scores?.(zeros, kept) ?? [];
    expect(kept(scores)).toEqual(['sep_conv_3x3', 'sep_conv_3x3', 'skip_connect', 'sep_conv_3x3']);
  });
});

it('has the settings of the search on CIFAR-10', () => {
  expect(options).toEqual({ cells: [5, 11, 17], keep: [5, 3], dropout: [0.1, 0.4, 0.7], skips: 2 });
});
