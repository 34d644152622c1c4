import { createStreams } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RELEASED } from '../test/released.ts';
import { SMOOTH_DARTS, smoothDarts } from '../test/smooth-darts.ts';
import { canonical } from './canonical.ts';
import {
  type CellGraph,
  formatGenotype,
  type Genotype,
  nodeOf,
  parseGenotype,
} from './genotype.ts';
import { networkCosts } from './network-costs.ts';
import { dartsSpace } from './space.ts';

const paper = { channels: 36, cells: 20, classes: 10 };
const space = dartsSpace(paper);
const genotypes = fc.nat(100_000).map((i) => space.sample(createStreams(i).stream('genotype')));
const parse = (name: keyof typeof RELEASED): Genotype => parseGenotype(RELEASED[name]);

describe('the notation', () => {
  it('is read back', () => {
    fc.assert(
      fc.property(genotypes, (genotype) => {
        expect(parseGenotype(formatGenotype(genotype))).toEqual(genotype);
        expect(space.fromChoices(space.toChoices(genotype))).toEqual(genotype);
      }),
    );
  });

  it.each(Object.keys(RELEASED) as (keyof typeof RELEASED)[])('reads the released %s', (name) => {
    const text = formatGenotype(parse(name));
    expect(parseGenotype(text)).toEqual(parse(name));
    expect(parseGenotype(text.replaceAll('[2, 3, 4, 5]', 'range(2, 6)'))).toEqual(parse(name));
  });

  it.each(SMOOTH_DARTS)('reads what SmoothDARTS released as %s', (name) => {
    const genotype = parseGenotype(smoothDarts(name));
    expect(parseGenotype(formatGenotype(genotype))).toEqual(genotype);
  });

  it('sorts the two edges of a node, which DARTS prints by their weight', () => {
    expect(parse('DARTS_V1').normal.slice(0, 2)).toEqual([
      { op: 3, from: 0 },
      { op: 3, from: 1 },
    ]);
  });

  it('reads the digits of tables', () => {
    const digits = '0.3 1.3 0.3 1.3 1.3 0.2 0.2 2.5;0.0 1.0 2.2 1.0 0.0 2.2 2.2 1.0';
    expect(parseGenotype(digits)).toEqual(parse('DARTS_V2'));
  });

  it.each([
    ['', /normal and reduce/],
    ['0.3 1.3;0.0 1.0', /2 of 8 edges/],
    ['0.3 1.7 0.3 1.3 1.3 0.2 0.2 2.5;0.0 1.0 2.2 1.0 0.0 2.2 2.2 1.0', /"1.7"/],
    ['0.3 2.3 0.3 1.3 1.3 0.2 0.2 2.5;0.0 1.0 2.2 1.0 0.0 2.2 2.2 1.0', /node 2 .* 0 and 2/],
    ['0.3 1.3 1.3 1.4 1.3 0.2 0.2 2.5;0.0 1.0 2.2 1.0 0.0 2.2 2.2 1.0', /node 3 .* 1 and 1/],
  ])('refuses %j', (text, message) => {
    expect(() => parseGenotype(text)).toThrow(message);
  });

  it('suggests the operation that was meant', () => {
    const text = RELEASED.DARTS_V2.replace('dil_conv_3x3', 'dil_conv_3x');
    expect(() => parseGenotype(text)).toThrow(/Did you mean "dil_conv_3x3"/);
    const none = RELEASED.DARTS_V2.replace('dil_conv_3x3', 'none');
    expect(() => parseGenotype(none)).toThrow(/"none" is no operation/);
  });
});

describe('canonical', () => {
  /** Nodes 2 and 3 change places, where neither reads the other. */
  function swapped(graph: CellGraph): CellGraph {
    const other = (node: number) => (node === 2 ? 3 : node === 3 ? 2 : node);
    const edges = graph.map(({ op, from }, edge) => ({
      op,
      from: other(from),
      to: other(nodeOf(edge)),
    }));
    edges.sort((a, b) => a.to - b.to || a.from - b.from);
    return edges.map(({ op, from }) => ({ op, from }));
  }

  it('does not see the numbering of nodes', () => {
    fc.assert(
      fc.property(genotypes, ({ normal, reduce }) => {
        fc.pre(normal.slice(2, 4).every(({ from }) => from < 2));
        const other = swapped(normal);
        expect(canonical({ normal: other, reduce })).toBe(canonical({ normal, reduce }));
      }),
    );
  });

  it.each([
    // Nodes 2 and 3 are alike, so that node 5 may read either.
    ['DARTS_V2', 1],
    ['PDARTS', 0],
  ] as const)('sees every change of %s but %i', (name, alike) => {
    const same = canonical(parse(name));
    const others = Array.from(space.neighbours(parse(name)), canonical);
    expect(others.filter((other) => other === same)).toHaveLength(alike);
  });

  it('sees which cell is which', () => {
    const genotype = parse('DARTS_V2');
    const { normal, reduce } = genotype;
    expect(canonical({ normal: reduce, reduce: normal })).not.toBe(canonical(genotype));
  });
});

describe('networkCosts', () => {
  it.each([
    ['DARTS_V2', 36, 20, 3_349_342],
    ['DARTS_V2', 16, 8, 246_106],
    ['DARTS_V1', 36, 20, 3_169_414],
    ['PC_DARTS_CIFAR', 36, 20, 3_634_678],
    ['PC_DARTS_IMAGE', 36, 20, 3_721_510],
    ['PDARTS', 36, 20, 3_433_798],
    ['ALL_SEP_CONV_3X3', 36, 20, 4_701_718],
  ] as const)('of %s with %i channels and %i cells are %i parameters', (...row) => {
    const [name, channels, cells, params] = row;
    expect(networkCosts(parse(name), { channels, cells, classes: 10 }).params).toBe(params);
  });

  // Published are 574, 557, 586 and 597 million multiply-adds, which count more than convolutions.
  it.each([
    ['DARTS_V2', 4.719, 529.9],
    ['PDARTS', 4.944, 542.8],
    ['PC_DARTS_CIFAR', 5.271, 571.1],
    ['PC_DARTS_IMAGE', 5.342, 581.6],
  ] as const)(
    'of %s for ImageNet are %f million parameters, %f million multiply-adds',
    (...row) => {
      const [name, ...millions] = row;
      const size = { channels: 48, cells: 14, classes: 1000, stem: 'imagenet' } as const;
      const { params, macs } = networkCosts(parse(name), size);
      expect([(params / 1e6).toFixed(3), (macs / 1e6).toFixed(1)]).toEqual(millions.map(String));
    },
  );

  it.each([
    ['c10_s5_random', 3.606],
    ['c10_s5_pgd', 3.345],
    ['c10_s1_random', 3.406],
    ['c10_s1_pgd', 3.377],
    ['c10_s2_pgd', 4.281],
    ['c10_s4_random', 4.702],
    ['c10_s4_pgd', 4.702],
    ['svhn_s1_random', 1.758],
  ] as const)('of %s of SmoothDARTS is %f million (its section 4.3)', (name, millions) => {
    const { params } = networkCosts(parseGenotype(smoothDarts(name)), paper);
    expect(Number((params / 1e6).toFixed(3))).toBe(millions);
  });

  it('grows by one column of the classifier per class', () => {
    const [ten, hundred] = [10, 100].map((classes) =>
      networkCosts(parse('DARTS_V2'), { ...paper, classes }),
    );
    expect((hundred?.params ?? 0) - (ten?.params ?? 0)).toBe(90 * (576 + 1));
    expect((hundred?.macs ?? 0) - (ten?.macs ?? 0)).toBe(90 * 576);
  });
});
