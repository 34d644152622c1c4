import type { Block } from '@archer-nas/core';
import { startEngine, tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { begunSearch } from '../test/begun-search.ts';
import { tinyBlocks } from '../test/tiny.ts';
import { loadInstalled } from './installed.ts';

const installed = await loadInstalled(import.meta.dirname);
/** Steps of a search: three epochs of two batches. */
const STEPS = 6;

/** Options of `darts` under which a step makes as much as it can. */
const rows: readonly (readonly [string, { with?: readonly Block[]; [option: string]: unknown }])[] =
  [
    ['order 1', {}],
    ['order 2', { order: 2 }],
    ['order 2 of clipped gradients', { order: 2, unrolledClip: 0.25 }],
    ['sdarts rs', { with: [{ use: 'sdarts', mode: 'rs' }] }],
    ['sdarts adv', { with: [{ use: 'sdarts', mode: 'adv' }] }],
    ['pc-darts', { with: [{ use: 'pc-darts' }] }],
    ['r-darts', { with: [{ use: 'r-darts', cutout: 4 }] }],
    ['p-darts', { with: [{ use: 'p-darts', cells: [1], keep: [], dropout: [0.4] }] }],
    ['darts-es', { with: [{ use: 'darts-es', every: 2, window: 1, lag: 1, from: 0, ratio: 1e9 }] }],
    [
      'all that have no stages',
      {
        order: 2,
        with: [{ use: 'pc-darts' }, { use: 'r-darts' }, { use: 'sdarts', mode: 'adv' }],
      },
    ],
  ];

/** How many tensors there are after each step of a search, and when it is disposed of. */
async function tensorsOf(strategy: object): Promise<{ steps: number[]; left: number }> {
  const fitting = { strategy: 'darts', space: 'nas-bench-201', data: 'synthetic' };
  const blocks = await tinyBlocks(fitting, installed.lookup);
  const engine = await startEngine({ engine: 'wasm' });
  const { numTensors } = tf.memory();
  const search = await begunSearch(
    { ...blocks, strategy: { ...blocks.strategy, epochs: 3, ...strategy } },
    { lookup: installed.lookup, engine },
  );
  const { signal } = new AbortController();
  const steps: number[] = [];
  while (search.progress.done < search.progress.total) {
    await search.step(signal);
    steps.push(tf.memory().numTensors);
  }
  search.dispose?.();
  return { steps, left: tf.memory().numTensors - numTensors };
}

describe('a search with darts', () => {
  it.each(rows)(
    'has as many tensors after every step, and none in the end: %s',
    async (_, options) => {
      const { steps, left } = await tensorsOf(options);
      // The first makes velocities, and running statistics where they are asked for.
      expect(steps).toEqual(Array(STEPS).fill(steps[0]));
      expect(left).toBe(0);
    },
  );

  it('leaves no tensor of a stage to the next', async () => {
    const stages = { use: 'p-darts', cells: [1, 2], keep: [3], dropout: [0.1, 0.4] };
    const { steps, left } = await tensorsOf({ with: [stages] });
    // The last step of a stage ends with the next one, which has no velocities before its first.
    const [first, second] = [steps.slice(0, STEPS - 1), steps.slice(STEPS)];
    expect(first).toEqual(Array(STEPS - 1).fill(first[0]));
    expect(second).toEqual(Array(STEPS).fill(second[0]));
    expect(left).toBe(0);
  });

  it('is tried with every installed modifier', () => {
    const tried = rows.flatMap(([, options]) => (options.with ?? []).map(({ use }) => use));
    expect([...new Set(tried)].sort()).toEqual(installed.ids.get('modifier'));
  });
});
