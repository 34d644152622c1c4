import { createStreams } from '@archer-nas/core';
import { createTable, madeUpCsv, madeUpTable, tableBenchmark } from '@archer-nas/tabular';
import { describeChecks, spaceChecks } from '@archer-nas/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonical } from './canonical.ts';
import { NAS_BENCH_GRAPH } from './definition.ts';
import { format, graphSpace, LINKS, parse } from './space.ts';

const space = graphSpace();

describeChecks(
  'a sub-space',
  spaceChecks(async () => ({
    space: space.restrict([
      [0, 8],
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
    ]),
  })),
);

describe('the space', () => {
  it('has 59,040 encodings of 26,206 networks', () => {
    expect(space.size).toBe(BigInt(9 * 9 ** 4 - 9));
    expect(new Set(Array.from(space.all(), (a) => space.canonical?.(a))).size).toBe(26_206);
  });

  it('reads what it writes, and the digits of the table', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (seed) => {
        const network = space.sample(createStreams(seed).stream('network'));
        expect(parse(format(network))).toEqual(network);
        const [links = 0, ...operations] = network;
        expect(parse(`${LINKS[links]}:${operations.join('')}`)).toEqual(network);
      }),
    );
  });

  it('suggests the operation that was meant', () => {
    expect(() => parse('0012:gcm,gat,gcn,fc')).toThrow(/"gcm" is no operation. Did you mean "gcn"/);
  });
});

describe('canonical', () => {
  it('keeps a skip that feeds the output beside other readers of its input', () => {
    // 0→gcn→{skip, gat}: gcn itself is part of the output.
    expect(canonical('0111', [1, 8, 0, 0])).toBe('1(0,0,8)');
    expect(canonical('0111', [1, 8, 0, 0])).not.toBe(canonical('0111', [8, 1, 0, 0]));
  });

  it('hands the readers of a skip to its input', () => {
    // 0→gcn→{skip→gat, fc}.
    expect(canonical('0112', [1, 8, 7, 0])).toBe('1(0,7)');
  });

  it('tells the order of a chain apart', () => {
    expect(canonical('0123', [0, 1, 2, 3])).not.toBe(canonical('0123', [1, 0, 2, 3]));
  });
});

describe('the benchmark', () => {
  const [file] = NAS_BENCH_GRAPH.files;
  const rows = [
    ['0111', '8107'],
    ['0123', '0123'],
  ];
  const open = (keys: readonly (readonly string[])[]) =>
    createTable(NAS_BENCH_GRAPH, {
      has: () => false,
      read: () => ({ path: 'slice', text: madeUpCsv(file, keys), hash: '', known: undefined }),
    });

  it('finds a network under any encoding, and keeps test columns from a search', () => {
    const benchmark = tableBenchmark(open(rows), {
      column: 'cora_valid',
      purpose: 'search',
      space,
    });
    const value = benchmark.value(parse('0111:8107'));
    expect(benchmark.value(parse('0000:gcn,gat,fc,skip'))).toBe(value);
    expect(() => benchmark.value(parse('0000:0000'))).toThrow(/no cora_valid of 0000:gat,gat/);
    expect(() => benchmark.value(parse('0111:8107'), 'cora_test')).toThrow(/may not read it/);
  });

  it('has made-up values of every network for rehearsals', () => {
    expect(madeUpTable(NAS_BENCH_GRAPH).rows).toBe(26_206);
  });

  it('refuses a network that is there twice, in two encodings', () => {
    expect(() => open([...rows, ['0000', '1078']])).toThrow(/line 4: .* a second time/);
    expect(() => open([['0002', '1078']])).toThrow(/line 2: .* "0002" is none of/);
  });
});
