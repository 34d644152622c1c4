import { describe, expect, it, vi } from 'vitest';
import type { Addon } from '../addon.ts';
import { generator, numbers } from '../testing/numbers.ts';
import { convolve, shapeOf } from '../testing/reference.ts';
import { startInstance } from './instance.ts';
import { createWasmAddon } from './wasm-addon.ts';

const MIB = 2 ** 20;

const SMALL = { n: 40, h: 6, w: 6, ci: 3, kh: 3, kw: 3, co: 5, sh: 1, sw: 1 };
const CONV = { ...SMALL, dh: 1, dw: 1, pt: 1, pl: 1, oh: 6, ow: 6 };
const SHAPE = shapeOf(CONV);

/** Random arguments of the convolution above, and its results. */
function example() {
  const random = generator(3);
  const [x, w, dy] = [40 * 36 * 3, 9 * 15, 40 * 36 * 5].map((size) => numbers(random, size));
  const given = { x, w, dy } as Record<'x' | 'w' | 'dy', Float32Array>;
  return { ...given, wanted: convolve(CONV, false, given) };
}

function expectNear(given: Float32Array, wanted: Float64Array): void {
  const far = wanted.map((value, i) => Math.abs(value - (given[i] as number)));
  expect(Math.max(...far)).toBeLessThan(1e-4);
}

describe('the WebAssembly module', () => {
  it('takes arrays from wherever they are and writes results there', () => {
    const addon = createWasmAddon();
    const { x, w, dy, wanted } = example();
    const inside = (addon.buffer(4 * dy.length) as Float32Array).fill(NaN);
    const outside = new Float32Array(dy.length).fill(NaN);
    addon.conv(SHAPE, x, w, inside);
    addon.conv(SHAPE, x, w, outside);
    expectNear(inside, wanted.y);
    expect(outside).toEqual(new Float32Array(inside));
    const half = new Float32Array(64).fill(1).subarray(16, 48);
    addon.sumAll(32, [half, inside.fill(2), half], outside);
    expect([...outside.slice(0, 32)]).toEqual(Array(32).fill(4));
  });

  it('keeps arrays valid while its memory grows', () => {
    const addon = createWasmAddon();
    const first = addon.buffer(256) as Float32Array;
    addon.fill(64, 1, first);
    const others = Array.from({ length: 40 }, () => addon.buffer(MIB) as Float32Array);
    expect(new Set(others.map(({ buffer }) => buffer)).size).toBeGreaterThan(1);
    addon.unary(1, 64, first, others[39] as Float32Array);
    addon.fill(64, 3, first);
    expect([first[63], others[39]?.[63]]).toEqual([3, -1]);
  });

  it('refuses what its memory does not hold, and works on', async () => {
    const { addon, helped } = await withHelper(8 * MIB);
    const { x, w, dy, wanted } = example();
    const fill = () => {
      for (;;) addon.buffer(65536);
    };
    const y = addon.buffer(4 * dy.length) as Float32Array;
    const wide = shapeOf({ ...CONV, n: 2, h: 300, w: 300, ci: 1, co: 1, oh: 300, ow: 300 });
    const image = addon.buffer(4 * 2 * 90000) as Float32Array;
    addon.conv(SHAPE, x, w, y);
    expect(fill).toThrow(expect.objectContaining({ code: 'ARCHER_NATIVE' }));
    await untilHelped(helped, () => {
      // The framed images do not fit any more; each thread finds that out in its tasks.
      expect(() => addon.conv(wide, image, w, image)).toThrow('Out of memory.');
      addon.conv(SHAPE, x, w, y.fill(NaN));
      expectNear(y, wanted.y);
    });
  });

  it('gives the same bits when another thread does some of the work', async () => {
    const { addon, helped } = await withHelper();
    const { x, dy, wanted } = example();
    const dw = new Float32Array(wanted.dw.length);
    const results = new Set<string>();
    const run = () => {
      addon.convFilterGradient(SHAPE, x, dy, dw.fill(NaN));
      results.add(dw.join());
    };
    run();
    await untilHelped(helped, run);
    addon.setThreads(1);
    run();
    expectNear(dw, wanted.dw);
    expect(results.size).toBe(1);
  });
});

/** Repeats something until the second thread has done a part of it. */
async function untilHelped(helped: () => number, something: () => void): Promise<void> {
  const attempt = () => {
    something();
    expect(helped()).toBeGreaterThan(0);
  };
  await vi.waitFor(attempt, { timeout: 25_000, interval: 1 });
}

/** A module whose second thread has come, and how many tasks that has done since. */
async function withHelper(most?: number): Promise<{ addon: Addon; helped: () => number }> {
  const instance = startInstance(most);
  const addon = createWasmAddon(instance);
  addon.setThreads(2);
  const { x, w, dy } = example();
  const tasks = () => instance.exports.tasksOf(1);
  const conv = () => addon.conv(SHAPE, x, w, new Float32Array(dy.length));
  await untilHelped(tasks, conv);
  const before = tasks();
  return { addon, helped: () => tasks() - before };
}
