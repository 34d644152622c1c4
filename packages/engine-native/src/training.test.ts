import { createHash } from 'node:crypto';
import { hostFused, tf } from '@archer-nas/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NativeBackend } from './backend.ts';
import { configure } from './candidate.ts';
import { nativeFused } from './fused.ts';
import { describeBuilt } from './testing/built.ts';
import { startTraining } from './testing/network.ts';

/**
 * SHA-256 of the parameters after three steps, by instruction-set path: the same on every machine
 * and from every compiler. A change here means that the engine's bits have changed: runs of older
 * versions cannot be continued.
 */
const RECORDED: Readonly<Record<string, string>> = {
  avx512: 'b9cc23bf53b8468528371e03141af6c36f933720a41e3390a40da5b589161d68',
  avx2: 'b9cc23bf53b8468528371e03141af6c36f933720a41e3390a40da5b589161d68',
  sse2: '9c91a1689eec7677ed3fed2bd3397ef6b6695f0112e91ab9e844a0ca6d386fc0',
  simd128: '9c91a1689eec7677ed3fed2bd3397ef6b6695f0112e91ab9e844a0ca6d386fc0',
};

/** The losses of three steps and the parameters after them. */
function threeSteps(fused: typeof hostFused = nativeFused): {
  losses: number[];
  bytes: Uint8Array;
} {
  const training = startTraining(fused);
  const losses = [training.step(), training.step(), training.step()];
  const bytes = training.bytes();
  training.dispose();
  return { losses, bytes };
}

describeBuilt('training steps', (addon, backendName) => {
  let wanted: number[] = [];

  beforeAll(async () => {
    await tf.setBackend('cpu');
    wanted = threeSteps(hostFused).losses;
  });

  describe.each(addon.paths())('on %s', (path) => {
    beforeAll(async () => {
      configure(addon, path, 1, backendName);
      await tf.setBackend(backendName);
    });
    afterAll(() => tf.disposeVariables());

    it('follow the losses of plain JavaScript', () => {
      const { losses } = threeSteps();
      losses.forEach((loss, i) => {
        expect(Math.abs(loss - (wanted[i] as number))).toBeLessThan(1e-4);
      });
      expect(losses[2]).toBeLessThan(losses[0] as number);
    });

    it('give the same bits on every run and for every number of threads', () => {
      const first = threeSteps().bytes;
      for (const threads of [1, 2, 3, 7, 1]) {
        addon.setThreads(threads);
        expect(Buffer.compare(threeSteps().bytes, first), `${threads} threads`).toBe(0);
      }
    });

    it.runIf(path in RECORDED)('give the recorded bits', () => {
      const hash = createHash('sha256').update(threeSteps().bytes).digest('hex');
      expect(hash).toBe(RECORDED[path]);
    });

    it('allocate nothing once they have run', () => {
      const backend = tf.backend() as NativeBackend;
      const training = startTraining(nativeFused);
      const held = () => [backend.buffers.bytes, tf.memory().numTensors, backend.numDataIds()];
      training.step();
      training.step();
      const before = held();
      for (let i = 0; i < 5; i++) training.step();
      expect(held()).toEqual(before);
      training.dispose();
    });
  });
});
