import { describe, expect, it } from 'vitest';
import { agreementOf, agreementTables } from './architecture-agreement.ts';

const decisions = ['1←0', '2←0', '2←1'];
const found = [
  ['skip', 'conv', 'conv'],
  ['skip', 'conv', 'none'],
  ['skip', 'pool', 'none'],
  ['skip', 'conv', 'conv'],
].map((choices, seed) => ({ seed, architecture: choices.join('|'), choices }));

describe('agreementOf', () => {
  const { decisions: each, ...all } = agreementOf({ decisions, found });

  it('counts different architectures and the decisions in which pairs differ', () => {
    // Distances of the six pairs 01 02 03 12 13 23: 1, 2, 0, 1, 1, 2.
    expect(all).toEqual({ searches: 4, distinct: 3, meanDistance: 7 / 6, maxDistance: 2 });
  });

  it('knows the most frequent choice of a decision, and the share of pairs that agree', () => {
    expect(each).toEqual([
      { name: '1←0', mode: 'skip', count: 4, agreement: 1 },
      { name: '2←0', mode: 'conv', count: 3, agreement: 3 / 6 },
      { name: '2←1', mode: 'conv', count: 2, agreement: 2 / 6 },
    ]);
  });

  it('has no pairs where there is one search', () => {
    const one = agreementOf({ decisions, found: found.slice(0, 1) });
    expect(one).toMatchObject({ distinct: 1, meanDistance: Number.NaN });
    expect(one.decisions[0]).toMatchObject({ count: 1, agreement: Number.NaN });
  });
});

it('is written as a table of architectures and one of decisions', () => {
  const tables = agreementTables({ decisions, found });
  expect(tables.get('architectures')?.notes?.[0]).toBe(
    '3 different of 4; two of them differ in 1.17 of 3 decisions on average, in 2 at most.',
  );
  expect(tables.get('agreement')?.rows[1]).toEqual(['2←0', 'conv', '3 of 4', 0.5]);
});
