import { createStreams, type Table } from '@archer-nas/core';
import type { Bits } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { alphaTable } from './alpha-table.ts';
import { bilevel } from './bilevel.ts';
import { bilevelOptions } from './options.ts';
import { toyData, toyRelaxation, toySpace } from './testing/toy-mixture.ts';

describe('alphaTable', () => {
  it('calls a decision after the first of its sites, an option by its name there', () => {
    const site = (name: string, decision: number, options: string[]) => {
      return { name, decision, options };
    };
    const sites = [
      site('cell0.edge1', 1, ['none', 'conv']),
      site('cell0.edge0', 0, ['pool']),
      site('cell1.edge1', 1, ['none', 'conv']),
    ];
    const rows = [Float64Array.of(1), Float64Array.of(0.25, 0.75)];
    expect(alphaTable(sites, rows)).toEqual({
      columns: ['decision', 'option', 'probability'],
      rows: [
        ['cell0.edge0', 'pool', 1],
        ['cell0.edge1', 'none', 0.25],
        ['cell0.edge1', 'conv', 0.75],
      ],
    });
  });
});

describe('a bilevel search', () => {
  const { signal } = new AbortController();

  it('tells α at the end of each epoch, as it is then, and at no other step', async () => {
    const parts = { space: toySpace(), data: toyData(), relaxation: toyRelaxation, modifiers: [] };
    const options = bilevelOptions.parse({ epochs: 2 });
    const search = await bilevel<Bits>(options, parts).begin({ streams: createStreams(5) });
    const told: (Table | undefined)[] = [];
    const truth: (readonly number[])[] = [];
    for (let step = 1; step <= 6; step++) {
      const { tables } = await search.step(signal);
      told.push(tables?.alpha);
      const { probabilities } = search.views.alpha as { probabilities: readonly Float64Array[] };
      truth.push(probabilities.flatMap((row) => [...row]));
    }
    const values = told.map((table) => table?.rows.map((row) => row[2]));
    expect(values).toEqual([undefined, undefined, truth[2], undefined, undefined, truth[5]]);
    expect(truth[2]).not.toEqual(truth[5]);
    search.dispose?.();
  });
});
