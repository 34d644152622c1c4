import { createStreams } from '@archer-nas/core';
import { createTable, madeUpCsv, madeUpTable, tableBenchmark } from '@archer-nas/tabular';
import { describeChecks, spaceChecks } from '@archer-nas/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MACRO, MICRO } from './definition.ts';
import plugins from './index.ts';
import { formatMacro, macroSpace, parseMacro } from './macro.ts';
import { formatMicro, microSpace, parseMicro } from './micro.ts';
import { canonicalMicro } from './micro-canonical.ts';

const micro = microSpace(75);
const macro = macroSpace(75);

describeChecks(
  'a sub-space',
  spaceChecks(async () => ({
    space: micro.restrict([
      [1, 3],
      [1, 3],
      [1, 3],
      [1, 3],
      [1, 3],
      [1, 3],
    ]),
  })),
);

describe('the micro space', () => {
  it('writes the official string of the README', () => {
    // 0→1 skip; 0→2 none, 1→2 1×1; three 3×3 into node 3.
    expect(formatMicro([1, 0, 2, 3, 3, 3])).toBe('64-41414-1_02_333');
    expect(parseMicro('64-41414-1_02_333')).toEqual([1, 0, 2, 3, 3, 3]);
  });

  it('counts parameters of a cell by hand', () => {
    // Two 3×3 of ten cells from an inner node, stem, classifier of 512 features.
    const inner = 4 * (9 * 128 ** 2 + 256) + 4 * (9 * 256 ** 2 + 512) + 2 * (9 * 512 ** 2 + 1024);
    const outer = 27 * 32 + 64 + 9 * 32 * 64 + 128 + 513 * 75;
    expect(micro.costs?.of([0, 0, 3, 0, 3, 0])).toEqual({ params: outer + 2 * inner });
  });

  it('tells a node that is used twice from two equal nodes', () => {
    // skip(c) + conv(c) of one convolution, and of two.
    const shared = canonicalMicro([2, 0, 1, 0, 1, 2]);
    const apart = canonicalMicro([2, 2, 0, 0, 1, 2]);
    expect(shared).not.toBe(apart);
  });
});

describe('the macro space', () => {
  it('is all codes of four to six modules with 1 to 3 doublings and 1 to 4 halvings', () => {
    expect(macro.size).toBe(3_256n);
    const lengths = Array.from(macro.all(), (network) => network.length);
    expect([4, 5, 6].map((length) => lengths.filter((one) => one === length).length)).toEqual([
      210, 750, 2_296,
    ]);
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (seed) => {
        const network = macro.sample(createStreams(seed).stream('network'));
        expect(parseMacro(formatMacro(network))).toEqual(network);
      }),
    );
  });

  it('counts parameters of four modules by hand', () => {
    // 64-4111-basic: one block doubles and halves with a 1×1 shortcut, seven keep 128 channels.
    const norm = 2 * 128;
    const first = 9 * 64 * 128 + norm + 9 * 128 ** 2 + norm + 64 * 128 + norm;
    const outer = 27 * 32 + 64 + 9 * 32 * 64 + 128 + 129 * 75;
    const params = outer + first + 7 * 2 * (9 * 128 ** 2 + norm);
    expect(macro.costs?.of(parseMacro('64-4111-basic'))).toEqual({ params });
  });
});

describe('the benchmark', () => {
  const [file] = MICRO.files;
  const rows = [...micro.all()].slice(0, 20).map((cell) => [formatMicro(cell)]);
  const table = (text: string) =>
    createTable(MICRO, {
      has: () => false,
      read: () => ({ path: 'slice', text, hash: '', known: undefined }),
    });

  it('has no test column, so that a search may read all of it', () => {
    const use = { column: 'room_layout', purpose: 'search', space: micro } as const;
    const benchmark = tableBenchmark(table(madeUpCsv(file, rows)), use);
    expect(benchmark.columns.map(({ split }) => split)).not.toContain('test');
    const [first = expect.fail()] = micro.all();
    expect(Number.isFinite(benchmark.value(first))).toBe(true);
    expect(() => benchmark.value([3, 3, 3, 3, 3, 3])).toThrow(/64-41414-3_33_333/);
  });

  it('refuses lines that are no architectures', () => {
    const text = madeUpCsv(file, [['64-41414-1_02_338']]);
    expect(() => table(text)).toThrow(/line 2: "64-41414-1_02_338" is no micro/);
  });

  it('has made-up values of every architecture for rehearsals', () => {
    for (const definition of [MICRO, MACRO]) {
      expect(madeUpTable(definition).rows).toBe(definition.architectures);
    }
  });

  it('are two, each with its space', () => {
    expect(plugins.map(({ kind, id }) => `${kind}:${id}`)).toEqual([
      'space:trans-nas-bench-101-micro',
      'space:trans-nas-bench-101-macro',
      'benchmark:bench-trans-nas-bench-101-micro',
      'benchmark:bench-trans-nas-bench-101-macro',
    ]);
  });
});
