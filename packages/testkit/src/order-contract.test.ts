import { type DataOrder, definePlugin, type State } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { orderChecks } from './order-contract.ts';
import { broken } from './testing/broken.ts';

const MISTAKES = [
  'none',
  'hidden state',
  'random',
  'out of range',
  'deaf',
  'NaN weights',
  'zero weights',
] as const;

/** Rotates by the sum of the scores it has heard, which is its state; has one mistake. */
function rotating(mistake: string, size: number, saved?: State): DataOrder {
  let heard = mistake === 'hidden state' ? 0 : ((saved as number | undefined) ?? 0);
  const most = mistake === 'out of range' ? size + 2 : size;
  return {
    get state() {
      return heard;
    },
    next: () => {
      const shift = mistake === 'random' ? Math.floor(Math.random() * 1e9) : heard;
      const index = Int32Array.from({ length: size }, (_, i) => (i + shift) % most);
      const weight = new Float32Array(size).fill(mistake === 'zero weights' ? 0 : 1);
      if (mistake === 'NaN weights' && heard > 0) weight[0] = Number.NaN;
      return { index, weight };
    },
    observe: (_, scores) => {
      if (mistake === 'deaf') return;
      scores.forEach((score, i) => {
        if (!Number.isNaN(score)) heard += score * (i + 1);
      });
    },
  };
}

const plugin = definePlugin({
  id: 'rotating',
  kind: 'order',
  summary: 'Rotates, with one mistake.',
  options: z.strictObject({ mistake: z.enum(MISTAKES) }),
  create: ({ mistake }) => ({
    needsScores: true,
    begin: (size, saved) => rotating(mistake, size, saved),
  }),
});

const of = (mistake: string) =>
  broken(
    orderChecks({
      package: new URL('..', import.meta.url),
      plugins: [plugin],
      order: { use: 'rotating', mistake },
    }),
  );

describe('orderChecks', () => {
  it('pass an order that keeps the contract', async () => {
    expect(await of('none')).toEqual([]);
  });

  it.each([
    ['hidden state', 'ends the same when resumed after any epoch'],
    ['random', 'repeats bit for bit'],
    ['out of range', 'names samples that exist, with positive weights'],
    ['zero weights', 'names samples that exist, with positive weights'],
    ['deaf', 'listens to scores, if it says that it needs them'],
    ['NaN weights', 'survives scores that are NaN'],
  ])('catch an order with this mistake: %s', async (mistake, check) => {
    expect(await of(mistake)).toContain(check);
  });
});
