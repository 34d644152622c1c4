import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { definePlugin, type Plugin } from './plugin.ts';
import type { PluginLookup } from './presets.ts';
import { resolveAlone } from './resolve.ts';

const loop = definePlugin({
  id: 'loop',
  kind: 'strategy',
  summary: 'A loop.',
  options: z.strictObject({
    epochs: z.int().default(9),
    lr: z.number().default(1),
    order: z.object({ by: z.string() }).default({ by: 'hand' }),
  }),
  create: () => ({}) as never,
});
/** Passes on what it does not know, gives a default, and fixes the order. */
const brief = definePlugin({
  id: 'brief',
  kind: 'strategy',
  summary: 'The loop, short.',
  options: z.looseObject({ rounds: z.int().default(2) }),
  preset: ({ rounds, ...rest }) => ({
    ...{ lr: 0.1, ...rest, epochs: rounds },
    order: { by: 'chance' },
    use: 'loop',
  }),
});

const lookup: PluginLookup = async (_, id) => {
  const plugin = [loop, brief].find((one) => one.id === id) as unknown as Plugin;
  return { plugin, package: `test-${id}`, version: '1.2.3' };
};
const resolved = (options: object) =>
  resolveAlone('strategy', { use: 'brief', ...options }, lookup);

describe('a preset', () => {
  it('stands for the block of another, whose options it may pass on', async () => {
    const block = { use: 'loop', epochs: 2, lr: 0.1, order: { by: 'chance' } };
    expect(await resolved({})).toEqual(block);
    expect(await resolved({ rounds: 3, lr: 0.5 })).toEqual({ ...block, epochs: 3, lr: 0.5 });
  });

  it('is told no other value of what it fixes, which would be lost without a word', async () => {
    await expect(resolved({ order: { by: 'hand' } })).rejects.toMatchObject({
      code: 'ARCHER_MANIFEST',
      message: 'strategy.order: {"by":"hand"}; "brief" stands for {"by":"chance"} there',
      hint: 'Use "loop" with all options that you want, or leave "order" out.',
    });
    await expect(resolved({ epochs: 7 })).rejects.toThrow(
      'strategy.epochs: 7; "brief" stands for 2',
    );
    expect(await resolved({ order: { by: 'chance' } })).toMatchObject({ order: { by: 'chance' } });
  });
});
