import { createStreams, type Evaluator } from '@archer-nas/core';
import space from '@archer-nas/space-nas-bench-201';
import toys, { createParts } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import plugins, { meanFieldSynflow } from './index.ts';

const DENSE =
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|';

async function score(
  evaluator: { readonly use: string } & Record<string, unknown>,
): Promise<number | undefined> {
  const parts = await createParts({
    plugins: [...plugins, ...toys, space] as never,
    space: { use: 'nas-bench-201' },
    strategy: { use: 'toy-climb' },
    evaluator,
  });
  const made = parts.evaluator as Evaluator<unknown>;
  const proposal = { id: 'dense', architecture: parts.space.parse(DENSE) };
  const { metrics } = made.lookUp?.(proposal, { batches: 'all', streams: createStreams(0) }) ?? {};
  return metrics?.[made.metrics[0]?.name ?? ''];
}

describe('zero-cost evaluators', () => {
  it('score a cell by its choices', async () => {
    expect(await score({ use: 'mean-field-synflow' })).toBe(meanFieldSynflow([3, 3, 3, 3, 3, 3]));
  });

  it('score a cell by its parameters', async () => {
    // The published count of the largest network of NAS-Bench-201.
    expect(await score({ use: 'cost' })).toBe(1_531_546);
  });

  it('name the costs that a space has', async () => {
    await expect(score({ use: 'cost', name: 'energy' })).rejects.toThrow(
      /no cost "energy".*params/,
    );
  });
});
