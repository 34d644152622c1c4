import { afterEach, describe, expect, it, vi } from 'vitest';
import { philox4x32 } from './philox.ts';
import { philoxBlocks } from './philox-blocks.ts';

const KEY = [0xa4093822, 0x299f31d0];
const COUNTER = [0xfffffffe, 0xfffffffd, 0x13198a2e, 0x03707344];

/** Block after block. */
function expected(along: 0 | 1, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const counter = Uint32Array.from(COUNTER);
    counter[along] = (counter[along] as number) + i;
    philox4x32(counter, KEY, counter);
    return [...counter];
  }).flat();
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('philoxBlocks', () => {
  for (const along of [0, 1] as const) {
    it(`makes the blocks of counters whose word ${along} goes up, past 2^32 too`, () => {
      const into = new Uint32Array(4 * 8);
      philoxBlocks(COUNTER, KEY, into, along);
      expect([...into]).toEqual(expected(along, 8));
    });

    it(`does the same without WebAssembly, along word ${along}`, async () => {
      vi.stubGlobal('WebAssembly', undefined);
      vi.resetModules();
      const { philoxBlocks: slowly } = await import('./philox-blocks.ts');
      const into = new Uint32Array(4 * 8);
      slowly(COUNTER, KEY, into, along);
      expect([...into]).toEqual(expected(along, 8));
    });
  }
});
