import {
  argmaxRows,
  type BilevelStep,
  type Drop,
  type Mixture,
  type MixtureRow,
  type MixtureSpace,
  type Modifier,
  type Rows,
} from '@archer-nas/nn';
import { toyCell } from '@archer-nas/nn/toys';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { hooked, looking, toySearch, viewsOf } from './testing/toy-search.ts';

const { signal } = new AbortController();

/** Whatever is dropped with this rate is gone. */
const gone = (each: Drop['each']): Drop => ({ rate: 1 - 2 ** -40, each });
const never: Drop = { rate: 0, each: 'image' };

/** A change of every row that a test may replace at any time. */
function changing(change: Partial<MixtureRow>) {
  let now = change;
  const mixture = (rows: Mixture) => rows.map((row) => ({ ...row, ...now }));
  /** What `look` sees under another change. */
  function under<T>(other: Partial<MixtureRow>, look: () => T): T {
    now = other;
    const seen = look();
    now = change;
    return seen;
  }
  return { modifier: hooked({ mixture }), under };
}

describe('drops of a modifier', () => {
  it.each<[string, Partial<MixtureRow>, Partial<MixtureRow>]>([
    ['what a site gives', { drop: gone('image') }, { scale: 0 }],
    [
      'one option',
      { drops: [gone('value'), never] },
      { support: [1], weights: Float64Array.of(0.5) },
    ],
  ])('take away %s, in both steps', async (_, drop, without) => {
    const { modifier, under } = changing(drop);
    let expected = Number.NaN;
    const look = looking((mixture, { train, valid }) => {
      const [kept, left] = [valid, train].map((loss) => {
        const value = under(without, () => loss.value(mixture));
        expect(loss.value(mixture)).toBeCloseTo(value, 6);
        expect(Math.abs(under({}, () => loss.value(mixture)) - value)).toBeGreaterThan(1e-3);
        return value;
      });
      expect(kept).not.toBe(left);
      expected = left as number;
    });
    const search = await toySearch({ modifiers: [modifier, look] }, { alphaFrom: 1 });
    const { metrics } = await search.step(signal);
    expect(metrics?.loss).toBeCloseTo(expected, 6);
    search.dispose?.();
  });

  it('leave no slope by what is dropped', async () => {
    const { modifier, under } = changing({ drops: [gone('value'), never] });
    const found: Rows[] = [];
    const look = looking((mixture, { valid }) => {
      const slope = () => valid.gradients(mixture, ['mixture']).rows;
      const support = { support: [1], weights: Float64Array.of(0.5) };
      found.push(slope(), under(support, slope));
    });
    const search = await toySearch({ modifiers: [modifier, look] }, { alphaFrom: 1 });
    await search.step(signal);
    const [dropped = [], without = []] = found;
    for (const [decision, row] of dropped.entries()) {
      expect(row[0]).toBeCloseTo(0, 12);
      expect(row[1]).not.toBeCloseTo(0, 4);
      expect(row[1]).toBeCloseTo(without[decision]?.[1] as number, 6);
    }
    search.dispose?.();
  });

  it('are the same in every pass over a batch, that of the weight step included', async () => {
    const { modifier, under } = changing({ drop: { rate: 0.5, each: 'image' } });
    const looks: number[] = [];
    const look = looking((mixture, { train }) => {
      const value = train.value(mixture);
      expect(train.value(mixture)).toBe(value);
      looks.push(value);
      under({}, () => expect(train.value(mixture)).not.toBeCloseTo(value, 3));
    });
    const search = await toySearch({ modifiers: [modifier, look] }, { alphaFrom: 1 });
    for (let step = 0; step < 3; step++) {
      expect((await search.step(signal)).metrics?.loss).toBeCloseTo(looks[step] as number, 6);
    }
    search.dispose?.();
  });

  it('are nothing in evaluation: with running statistics, and at the end of an epoch', async () => {
    const { modifier, under } = changing({ drop: gone('image') });
    const found: number[] = [];
    let mixture: Mixture = [];
    const both = (look: () => number) => found.push(look(), under({}, look));
    const look = looking(
      (given, { train }: BilevelStep) => {
        mixture = given;
        both(() => train.value(given, { batchNorm: 'running' }));
      },
      { runningStatistics: true },
    );
    const atEnd = hooked({
      epochEnd({ valid }) {
        both(() => valid.value(mixture));
        return {};
      },
    });
    const search = await toySearch({ modifiers: [modifier, look, atEnd] }, { alphaFrom: 1 });
    for (let step = 0; step < 3; step++) await search.step(signal);
    expect(found).toHaveLength(8);
    for (let at = 0; at < 8; at += 2) expect(found[at]).toBe(found[at + 1]);
    search.dispose?.();
  });
});

/** As few skips as that: of the decisions with one, the last lose it. */
const limit = (most: number): Modifier =>
  hooked({
    scores: (p, kept) => {
      const skips = [...kept(p).keys()].filter((decision) => kept(p)[decision] === 'skip');
      const over = new Set(skips.slice(most));
      return p.map((row, decision) => (over.has(decision) ? Float64Array.of(0, 1) : row));
    },
  });

describe('scores of a modifier', () => {
  it.each([
    [2, [0, 0]],
    [1, [0, 1]],
    [0, [1, 1]],
  ])('see what is kept: at most %i skips are derived', async (most, expected) => {
    const search = await toySearch({ modifiers: [limit(most)] });
    expect(search.incumbents()[0]?.proposal.architecture).toEqual(expected);
    search.dispose?.();
  });
});

describe('a search in three stages', () => {
  /** Three edges with none, skip or conv. */
  const space: MixtureSpace<Bits> = {
    ...bitSpace(3),
    supernet: () => toyCell(),
    network: () => toyCell(),
    path: (a) => a,
    derive: (rows) => argmaxRows(rows),
  };
  /** By stage and decision, of the options that the stage has. */
  const keep = [
    [
      [0, 2],
      [1, 2],
      [0, 1],
    ],
    [[1], [0], [1]],
  ];

  it('keeps options of the options that were kept before', async () => {
    let names: readonly string[] = [];
    const stages: Modifier = {
      stages: 3,
      begin: ({ stage }) => ({
        state: null,
        keep: () => keep[stage] ?? [],
        scores(p, kept) {
          names = kept(p);
          return p;
        },
      }),
    };
    const search = await toySearch({ space, modifiers: [stages] }, { epochs: 1 });
    const seen: (readonly (readonly string[])[])[] = [];
    while (search.progress.done < search.progress.total) {
      const { network } = viewsOf(search).supernet;
      seen.push(network.sites.map(({ options }) => options));
      await search.step(signal);
    }
    const [all, two, one] = [seen[0], seen[3], seen[6]];
    expect(all).toEqual(Array.from({ length: 3 }, () => ['none', 'skip', 'conv']));
    expect(two).toEqual([
      ['none', 'conv'],
      ['skip', 'conv'],
      ['none', 'skip'],
    ]);
    expect(one).toEqual([['conv'], ['skip'], ['skip']]);
    expect(names).toEqual(['conv', 'skip', 'skip']);
    expect(search.incumbents()[0]?.proposal.architecture).toEqual([2, 1, 1]);
    search.dispose?.();
  });
});
