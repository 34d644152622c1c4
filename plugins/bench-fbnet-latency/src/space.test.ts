import { openTable, tableBenchmark } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';

import { hasRealTable, realTables } from '../test/real-table.ts';
import { DEVICES, FBNET_LATENCY, NETWORKS } from './definition.ts';
import { LATENCIES } from './latency-table.ts';
import { BLOCKS, fbnetSpace, LAYERS, parse } from './space.ts';

const space = fbnetSpace();
const skips = '8'.repeat(LAYERS);

describe('the space', () => {
  it('has 9²² networks', () => {
    expect(space.size).toBe(9n ** 22n);
  });

  it('costs what a skip costs plus a block per layer', () => {
    const costs = space.costs?.of(parse(skips)) ?? {};
    for (const { name, base } of LATENCIES) expect(costs[name]).toBe(base);
    const [eyeriss] = LATENCIES;
    const one = space.costs?.of(parse(`3${'8'.repeat(21)}`)).latency_eyeriss_ms ?? Number.NaN;
    expect(one).toBeCloseTo((eyeriss?.base ?? 0) + (eyeriss?.perChoice[0]?.[3] ?? 0), 12);
  });

  it('has slower blocks the wider they are', () => {
    const [narrow, wide] = [BLOCKS.indexOf('k3_e1'), BLOCKS.indexOf('k3_e6')];
    for (const { name, perChoice } of LATENCIES) {
      expect(perChoice).toHaveLength(LAYERS);
      for (const layer of perChoice) {
        expect(layer[wide] ?? 0, name).toBeGreaterThan(layer[narrow] ?? 0);
        expect(layer.at(-1)).toBe(0);
      }
    }
  });
});

describe.skipIf(!hasRealTable)('the published table', () => {
  if (!hasRealTable) return;
  const table = openTable(FBNET_LATENCY, { folders: { data: realTables, manifest: realTables } });

  it('has 27 settings of 5,000 networks', () => {
    expect(table.rows).toBe(NETWORKS);
    expect(table.columns).toHaveLength(27);
    for (const device of DEVICES) {
      expect(table.values(`lat_${device}`).every((value) => value > 0)).toBe(true);
    }
  });

  it.each(['eyeriss', 'fpga', 'pixel3', 'raspi4'])('is the sum over layers on %s', (device) => {
    const values = table.values(`lat_${device}`);
    let most = 0;
    values.forEach((value, row) => {
      const cost = space.costs?.of(parse(table.key(row)))[`latency_${device}_ms`] ?? Number.NaN;
      most = Math.max(most, Math.abs(cost - value));
    });
    // Half a unit of the seventh digit, and of the sixth decimal of 22 blocks.
    expect(most).toBeLessThan(1.1e-5);
  });

  it('can be read by a search, as it has no test column', () => {
    const benchmark = tableBenchmark(table, { column: 'lat_1080ti_1', purpose: 'search', space });
    expect(benchmark.value(parse('7818488874147327324245'))).toBe(10.61535);
  });
});
