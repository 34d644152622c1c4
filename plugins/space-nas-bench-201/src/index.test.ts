import type { Dependencies } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import plugin from './index.ts';
import type { NasBench201 } from './space.ts';

async function create(block: object): Promise<NasBench201> {
  if (!('create' in plugin)) throw new Error('not a maker');
  return (await plugin.create(
    plugin.options.parse(block) as never,
    {} as Dependencies,
  )) as NasBench201;
}

describe('plugin nas-bench-201', () => {
  it('makes the released space by default', async () => {
    const space = await create({});
    expect(space.name).toBe('nas-bench-201');
    expect(space.size).toBe(15_625n);
    expect(space.costs.of([3, 3, 3, 3, 3, 3])).toEqual({ params: 1_531_546, macs: 220_119_690 });
  });

  it('limits the operations of every edge', async () => {
    const space = await create({ operations: ['nor_conv_3x3', 'skip_connect'] });
    expect(space.size).toBe(64n);
    expect(space.decisions[0]?.options).toEqual(['skip_connect', 'nor_conv_3x3']);
  });

  it('counts costs for the task that is asked for', async () => {
    const space = await create({ costs: { classes: 120, image: 16 } });
    expect(space.costs.of([0, 0, 0, 0, 0, 0])).toEqual({ params: 80_456, macs: 1_953_400 });
  });

  it('refuses unknown operations and options', () => {
    expect(plugin.options.safeParse({ operations: ['conv'] }).success).toBe(false);
    expect(plugin.options.safeParse({ chanels: 4 }).success).toBe(false);
  });
});
