import { canKeep, costLimits, createStreams } from '@archer-nas/core';
import { bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';

import plugin from './index.ts';
import { parseLatencies } from './latency-table.ts';
import { withLatency } from './with-latency.ts';

const HEADER = 'decision,option,milliseconds,device,engine,batch';
const lines = (device: string, slow: number): string[] => [
  `base,,2,${device},native,1`,
  `bit0,0,0,${device},native,1`,
  `bit0,1,${slow},${device},native,1`,
  `bit1,0,0.25,${device},native,1`,
  `bit1,1,1e1,${device},native,1`,
];
const text = (...rows: readonly string[]): string => [HEADER, ...rows, ''].join('\n');
const table = parseLatencies(text(...lines('phone', 3)), 'table', {});
const space = withLatency(bitSpace(2), table, 'latency_ms');

describe('a space with latencies', () => {
  it('costs the base and an entry per decision, beside what it has cost before', () => {
    expect(space.costs?.of([1, 0])).toEqual({ params: 1, latency_ms: 2 + 3 + 0.25 });
    expect(space.costs?.of([0, 1])).toEqual({ params: 2, latency_ms: 2 + 0 + 10 });
    expect(space.costs?.names).toEqual(['params', 'latency_ms']);
  });

  it('prunes exactly: of the least that a prefix can still cost', () => {
    const limits = costLimits(space, { latency_ms: 5.2 });
    // 1 can end with 2 + 3 + 0.25, which is over the limit; 0 with 2.25.
    expect([[0], [1], [0, 1], [0, 0]].map((prefix) => canKeep(limits, prefix))).toEqual([
      ...[true, false],
      ...[false, true],
    ]);
  });

  it('keeps its latencies in sub-spaces, whose options are fewer', () => {
    const part = space.restrict([[1], undefined]);
    expect(part.costs?.additive?.latency_ms).toEqual({ base: 2, perChoice: [[3], [0.25, 10]] });
    expect(part.costs?.of([1, 1]).latency_ms).toBe(15);
  });

  it('offers what the space offers, and computes its size when it is asked', () => {
    const plain = bitSpace(2);
    const stream = () => createStreams(1).stream('space');
    expect(space.sample(stream())).toEqual(plain.sample(stream()));
    expect(Object.keys(space).sort()).toEqual(Object.keys(plain).sort());
    const lazy = { ...plain };
    let asked = false;
    const get = () => {
      asked = true;
      return 4n;
    };
    Object.defineProperty(lazy, 'size', { get, enumerable: true });
    const wrapped = withLatency(lazy, table, 'latency_ms');
    expect(asked).toBe(false);
    expect(wrapped.size).toBe(4n);
  });

  it('says which option of which decision the table lacks, and which cost is there already', () => {
    expect(() => withLatency(bitSpace(3), table, 'latency_ms')).toThrow(
      /no 0 of bit2 in toy-bits-3/,
    );
    expect(() => withLatency(bitSpace(2), table, 'params')).toThrow(/has a cost params already/);
  });
});

describe('a table of several devices', () => {
  const both = text(...lines('phone', 3), ...lines('server', 0.5));

  it('is read line by line of the one that is asked for', () => {
    const of = (device: string) => parseLatencies(both, 'table', { device }).of('bit0', '1');
    expect([of('phone'), of('server')]).toEqual([3, 0.5]);
    expect(parseLatencies(both, 'table', { device: 'phone', batch: 1 }).base).toBe(2);
  });

  it('is refused where no device is chosen, or one that is not there', () => {
    expect(() => parseLatencies(both, 'table', {})).toThrow(/line 7 has base {2}once more/);
    expect(() => parseLatencies(both, 'table', { batch: 2 })).toThrow(/none is of these/);
  });
});

describe('a table that is none', () => {
  it.each([
    ['decision,option\n', /line 1 has no column milliseconds/],
    [text('bit0,0,-1,a,b,1'), /line 2 has "-1" for milliseconds/],
    [text('bit0,0,NaN,a,b,1'), /line 2 has "NaN"/],
    [text('bit0,0,1,a,b'), /line 2 has 5 fields, the header has 6/],
    [text(), /none is of these/],
  ])('is refused by line: %j', (content, message) => {
    expect(() => parseLatencies(content, 'table', {})).toThrow(message);
  });

  it('is refused where its hash is another, or it is not there', () => {
    if (!('create' in plugin)) throw new Error('with-latency is a preset');
    const { create, options } = plugin;
    const dependencies = {
      parts: { space: bitSpace(2) },
      folders: { manifest: import.meta.dirname },
    };
    const made = (file: string) =>
      create(options.parse({ file, sha256: '0'.repeat(64) }), dependencies as never);
    expect(() => made('index.ts')).toThrow(/has sha256 [0-9a-f]{64}, not 0{64}/);
    expect(() => made('nowhere.csv')).toThrow(/no latency table .*nowhere.csv/);
  });
});
