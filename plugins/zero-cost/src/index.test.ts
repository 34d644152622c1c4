import { createStreams, definePlugin, type Evaluator, type SearchSpace } from '@archer-nas/core';
import toys, { createParts } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import plugins, { meanFieldSynflow } from './index.ts';

/** Six digits, in the notation's order of edges and operations. */
const digits: SearchSpace<string> = {
  name: 'digits',
  size: 5n ** 6n,
  sample: () => '333333',
  format: (a) => a,
  parse: (text) => text,
  id: (a) => a,
  toChoices: (a) => Array.from(a, Number),
  costs: {
    names: ['params'],
    of: (a) => ({ params: Array.from(a).filter((op) => op === '3').length }),
  },
};
const space = definePlugin({
  id: 'digits',
  kind: 'space',
  summary: 'For tests.',
  options: z.strictObject({}),
  provides: ['notation:nas-bench-201', 'costs'],
  create: () => digits,
});

async function score(
  evaluator: { readonly use: string } & Record<string, unknown>,
): Promise<number | undefined> {
  const { evaluator: made } = await createParts({
    plugins: [...plugins, ...toys, space] as never,
    space: { use: 'digits' },
    strategy: { use: 'toy-climb' },
    evaluator,
  });
  const { metrics, lookUp } = made as Evaluator<string>;
  const proposal = { id: 'cell', architecture: '331333' };
  const seen = lookUp?.(proposal, { batches: 'all', streams: createStreams(0) });
  return seen?.metrics[metrics[0]?.name ?? ''];
}

describe('zero-cost evaluators', () => {
  it('score a cell by its choices', async () => {
    expect(await score({ use: 'mean-field-synflow' })).toBe(meanFieldSynflow([3, 3, 1, 3, 3, 3]));
  });

  it('score a cell by a cost', async () => {
    expect(await score({ use: 'cost' })).toBe(5);
  });

  it('name the costs that a space has', async () => {
    await expect(score({ use: 'cost', name: 'energy' })).rejects.toThrow(
      /no cost "energy".*params/,
    );
  });
});
