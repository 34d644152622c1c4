import { sha256Hex } from '@archer-nas/core';
import { parseCsv } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';
import { CONTENT } from './content.ts';
import { NB201_MINI } from './definition.ts';
import { ROWS, TABLE } from './testing/table-cells.ts';

const [file] = NB201_MINI.files;
const limits = { source: 'table', architectures: NB201_MINI.architectures };

describe('the table that comes with the package', () => {
  it('is the one that the plugin knows, network by network', () => {
    expect(sha256Hex(TABLE)).toBe(CONTENT.sha256);
    const { keys, values } = parseCsv(TABLE, file, limits);
    expect(new Set(keys).size).toBe(ROWS.length);
    expect([...(values.get('valid_12') ?? [])].every((value) => value >= 0)).toBe(true);
  });

  it('has the mean of the runs there are', () => {
    const { values } = parseCsv(TABLE, file, limits);
    const column = (name: string) => values.get(name) ?? new Float64Array();
    const [mean, first, second] = ['valid_12', 'valid_12_seed0', 'valid_12_seed1'].map(column);
    mean?.forEach((value, row) => {
      const runs = [first?.[row], second?.[row]].filter((run) => !Number.isNaN(run)) as number[];
      const sum = runs.reduce((all, run) => all + run, 0);
      expect(value, `row ${row}`).toBeCloseTo(sum / runs.length, 6);
    });
  });

  it('lets a network that learns nothing be at chance', () => {
    const { keys, values } = parseCsv(TABLE, file, limits);
    const nothing = values.get('valid_12')?.[keys.indexOf('')] ?? Number.NaN;
    expect(Math.abs(nothing - 10)).toBeLessThan(1);
  });

  it('is refused with a cell that is none', () => {
    const broken = TABLE.replace('|none~0|none~1|+', '|none~0|+');
    expect(() => parseCsv(broken, file, limits)).toThrow(/is no cell/);
  });
});
