import { startEngine, tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';

describe.skipIf(!process.env.ARCHER_WEBGPU)(
  'webgpu on a card that failed',
  { timeout: 60_000 },
  () => {
    it('is told where a number is read, from then on', async () => {
      await startEngine({ engine: 'webgpu' });
      const ones = (rows: number, columns: number) => tf.ones<tf.Rank.R2>([rows, columns]);
      expect(tf.tidy(() => ones(1, 3).sum().dataSync()[0])).toBe(3);
      // 20 GB in one buffer, which no device has.
      const big = () => tf.tidy(() => tf.mul(ones(70_000, 1), ones(1, 70_000)).sum().dataSync());
      const failed = expect.objectContaining({ code: 'ARCHER_ENGINE_FAILED', exit: 6 });
      expect(big).toThrow(failed);
      expect(() => tf.tidy(() => ones(1, 3).sum().dataSync())).toThrow(failed);
    });
  },
);
