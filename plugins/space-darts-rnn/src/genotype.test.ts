import { describe, expect, it } from 'vitest';
import { deriveGenotype, EDGES, optionsOf } from './edges.ts';
import { formatGenotype, parseGenotype } from './genotype.ts';
import { dartsRnnSpace } from './space.ts';

const dropout = { words: 0, embedded: 0, input: 0, hidden: 0, output: 0 };
const space = dartsRnnSpace({ width: 4, norm: true, initRange: 0.04, dropout, slowness: 0 });

/** DARTS_V2 in rnn/genotypes.py of quark0/darts (f276dd3). */
const TEXT =
  "Genotype(recurrent=[('sigmoid', 0), ('relu', 1), ('relu', 1), ('identity', 1), " +
  "('tanh', 2), ('sigmoid', 5), ('tanh', 3), ('relu', 5)], concat=range(1, 9))";
/** There too, and in sota/rnn/genotypes.py of xiangning-chen/SmoothDARTS (d3dbfed). */
const RELEASED = {
  DARTS_V1:
    "Genotype(recurrent=[('relu', 0), ('relu', 1), ('tanh', 2), ('relu', 3), " +
    "('relu', 4), ('identity', 1), ('relu', 5), ('relu', 1)], concat=range(1, 9))",
  DARTS_V2: TEXT,
  penn_random:
    "Genotype(recurrent=[('sigmoid', 0), ('sigmoid', 1), ('identity', 2), ('sigmoid', 1), " +
    "('tanh', 2), ('tanh', 2), ('sigmoid', 0), ('sigmoid', 3)], concat=range(1, 9))",
  penn_pgd:
    "Genotype(recurrent=[('relu', 0), ('relu', 1), ('tanh', 2), ('relu', 3), " +
    "('identity', 2), ('relu', 1), ('tanh', 2), ('relu', 7)], concat=range(1, 9))",
};

describe('genotypes of recurrent cells', () => {
  it('are written and read in the notation of the released code', () => {
    const genotype = parseGenotype(TEXT);
    expect(genotype.map(({ from }) => from)).toEqual([0, 1, 1, 1, 2, 5, 3, 5]);
    expect(formatGenotype(genotype)).toBe(TEXT);
    const listed = TEXT.replace('range(1, 9)', '[1, 2, 3, 4, 5, 6, 7, 8]');
    expect(parseGenotype(listed)).toEqual(genotype);
  });

  it.each([
    [TEXT.replace("('relu', 5)]", "('relu', 8)]"), 'node 8 cannot read state 8'],
    [TEXT.replace('identity', 'identty'), '"identty" is no activation. Did you mean "identity"?'],
    [TEXT.replace("('sigmoid', 0), ", ''), 'it has 7 nodes, not 8'],
    [TEXT.replace('range(1, 9)', 'range(5, 9)'), 'all nodes averaged'],
    [TEXT.replace('identity', 'none'), '"none" is no activation'],
  ])('name what is wrong in %s', (text, why) => {
    expect(() => parseGenotype(text)).toThrow(
      expect.objectContaining({
        code: 'ARCHER_DARTS_RNN_GENOTYPE',
        message: expect.stringContaining(why),
      }),
    );
  });

  it('are 4⁸ · 8! = 2,642,411,520', () => {
    expect(space.size).toBe(2_642_411_520n);
  });
});

describe('deriving a recurrent cell', () => {
  it('has 36 edges, of which node i may read i', () => {
    expect(EDGES).toHaveLength(36);
    expect(EDGES.filter(({ node }) => node === 8).map(({ from }) => from)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
  });

  it('takes the edge with the heaviest activation, whatever `none` weighs', () => {
    const rows = EDGES.map(() => [0.2, 0.2, 0.2, 0.2, 0.2]);
    rows[1] = [0.9, 0.025, 0.025, 0.025, 0.025]; // node 2 from s0
    rows[2] = [0.6, 0, 0, 0.3, 0.1]; // node 2 from s1
    const genotype = deriveGenotype(rows);
    expect(genotype[1]).toEqual({ from: 1, activation: 2 });
  });

  it('takes the first of equals: s0 and tanh', () => {
    const uniform = EDGES.map(() => [0.2, 0.2, 0.2, 0.2, 0.2]);
    expect(deriveGenotype(uniform)).toEqual(
      Array.from({ length: 8 }, () => ({ from: 0, activation: 0 })),
    );
  });

  it.each(Object.entries(RELEASED))('gives back %s, whose path weighs one', (_, text) => {
    const genotype = parseGenotype(text);
    expect(formatGenotype(genotype)).toBe(text);
    const path = optionsOf(genotype);
    expect(path.filter((option) => option > 0)).toHaveLength(8);
    const rows = path.map((option) => [0, 1, 2, 3, 4].map((at) => (at === option ? 1 : 0)));
    expect(deriveGenotype(rows)).toEqual(genotype);
  });
});
