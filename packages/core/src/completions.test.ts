import { describe, expect, it } from 'vitest';
import { choiceSpace } from './choice-space.ts';
import { completions, continuing } from './completions.ts';
import { canKeep, costLimits, tableLimit } from './cost-limits.ts';
import { createStreams } from './streams.ts';

const perChoice = [
  [1, 2, 4],
  [0, 8],
  [0, 16],
];
const space = choiceSpace<readonly number[]>({
  name: 'weights',
  decisions: perChoice.map((options, at) => ({
    name: `part${at}`,
    kind: 'categorical',
    options: options.map((_, option) => `${option}`),
  })),
  encode: (a) => a,
  decode: (choices) => choices,
  format: (a) => a.join(''),
  parse: (text) => [...text].map(Number),
  costs: {
    names: ['mass'],
    of: (a) => ({ mass: a.reduce((sum, o, at) => sum + (perChoice[at]?.[o] ?? 0), 0) }),
    additive: { mass: { base: 0, perChoice } },
  },
});
const stream = () => createStreams(1).stream('draw');
const listed = (prefix: readonly number[], most: number) =>
  completions(space, prefix, costLimits(space, { mass: most }), {
    ...{ samples: 3, exact: 12, attempts: 10, stream: stream() },
  }).legal.map((a) => a.join(''));

describe('completions', () => {
  it('are those architectures that begin with the prefix', () => {
    expect([...(continuing(space, [2]).all?.() ?? [])].map((a) => a.join(''))).toEqual([
      '200',
      '201',
      '210',
      '211',
    ]);
  });

  it('are listed where there are few, and only those within the limit', () => {
    expect(listed([], 9)).toEqual(['000', '010', '100', '200']);
    expect(listed([2], 12)).toEqual(['200', '210']);
    expect(listed([2, 1], 11)).toEqual([]);
  });

  it('are drawn where there are many, as many legal ones as asked for', () => {
    const options = { samples: 40, exact: 0, attempts: 50, stream: stream() };
    const { legal, tried } = completions(space, [0], costLimits(space, { mass: 9 }), options);
    expect(legal).toHaveLength(40);
    expect(new Set(legal.map((a) => a.join('')))).toEqual(new Set(['000', '010']));
    // Two of four are legal: 80 draws, sd 9.
    expect(Math.abs(tried - 80)).toBeLessThan(45);
  });

  it('need decisions that are fixed lists of options', () => {
    const real = { ...space, decisions: [{ name: 'x', kind: 'real', range: [0, 1] }] } as const;
    expect(() => continuing(real, [])).toThrow(/unconditional categorical decisions; weights/);
  });
});

describe('limits on costs', () => {
  it('tell of a prefix whether any completion keeps them', () => {
    const limits = costLimits(space, { mass: 10 });
    const can = [[], [0, 1], [2, 1], [0, 0, 1]].map((prefix) => canKeep(limits, prefix));
    expect(can).toEqual([true, true, false, false]);
  });

  it('may be sums of a table that fits the space', () => {
    const limit = tableLimit(space, { most: 40, base: 10, table: perChoice });
    expect(limit.of([2, 1, 1])).toBe(38);
    expect(canKeep([limit], [2, 1, 1])).toBe(true);
    expect(() => tableLimit(space, { most: 1, base: 0, table: [[1], [2], [3]] })).toThrow(
      /rows of 1, 1, 1 entries; weights has decisions of 3, 2, 2 options/,
    );
    expect(() => costLimits(space, { volume: 1 })).toThrow(/no cost 'volume', only mass/);
  });
});
