import type { Benchmark, Column } from '@archer-nas/core';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';

import { equalLatency } from './equal-latency.ts';

const space = bitSpace(2);
/** Accuracy and latency on two devices. */
const VALUES: Readonly<Record<string, readonly [number, number, number]>> = {
  '00': [60, 10, 5],
  '01': [70, 10.5, 1],
  '10': [80, 9.6, 5],
  '11': [90, 9, 50],
};
const column = { name: 'test', direction: 'maximise', description: 'top-1' } as Column;
const table = {
  ...{ name: 'toy', column, columns: [column], description: '', hash: '' },
  value: (a: Bits, name?: string) =>
    VALUES[a.join('')]?.[['', 'phone', 'server'].indexOf(name ?? '')] ?? Number.NaN,
} as unknown as Benchmark<Bits>;
const ask = (found: readonly string[], within = 0.05) =>
  equalLatency({
    ...{ space, table, within, devices: ['phone', 'server'] },
    found: found.map((text) => space.parse(text)),
    architectures: [...space.all()],
  });

describe('accuracy at equal latency', () => {
  it('is compared with what is as fast, and with the best that is no slower', () => {
    const { tables, metrics } = ask(['10', '00']);
    const rows = tables?.['equal-latency']?.rows ?? [];
    // 9.6 ± 0.48: 00 at 10 and 10 itself. 11 at 9 is faster and better by 10.
    expect(rows[0]).toEqual(['phone', 9.6, 80, 2, 70, Math.sqrt(200), 10, 1, 90, 10]);
    // 5: 00 and itself; nothing that is no slower is better.
    expect(rows[1]).toEqual(['server', 5, 80, 2, 70, Math.sqrt(200), 10, 1, 80, 0]);
    expect(metrics).toMatchObject({
      'equal-latency-gain': 10,
      'equal-latency-shortfall': 5,
      'gain/phone': 10,
    });
  });

  it('counts a wider neighbourhood where latencies may differ more', () => {
    const [phone] = ask(['10'], 0.1).tables?.['equal-latency']?.rows ?? [];
    // 8.64 to 10.56: all four, mean 75, of which two are worse.
    expect(phone?.slice(3, 8)).toEqual([4, 75, expect.closeTo(12.9099, 4), 5, 2 / 3]);
  });

  it('has no numbers where nothing was found', () => {
    const { metrics, tables } = ask([]);
    expect(metrics).toEqual({});
    const [phone] = tables?.['equal-latency']?.rows ?? [];
    expect(phone).toEqual(['phone', ...Array(9).fill(Number.NaN)]);
  });
});
