import { createHash } from 'node:crypto';
import { hostFused, tf } from '@archer-nas/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NativeBackend } from './backend.ts';
import { configure } from './candidate.ts';
import { nativeFused } from './fused.ts';
import { describeBuilt } from './testing/built.ts';
import { startLayeredTraining } from './testing/layered-network.ts';

/** SHA-256 of the parameters after three steps, by instruction-set path; see training.test.ts. */
const RECORDED: Readonly<Record<string, string>> = {
  avx512: 'af91e12e1650993b0d3809083c2ee11ee33bbddc4d2e8d3d81c5ccf0a8840b49',
  avx2: '9e9cb239a8f597bd55673a29bc34fc5cee5ab3e9bbe080bb56e0ce1fc392dcd5',
  sse2: '1e811d5a390c021552919f3e1d3b227f0ed220bbbeddcc2053587e0c3f4d5c69',
  simd128: '1e811d5a390c021552919f3e1d3b227f0ed220bbbeddcc2053587e0c3f4d5c69',
};

function threeSteps(fused: Parameters<typeof startLayeredTraining>[0] = nativeFused): {
  losses: number[];
  bytes: Uint8Array;
} {
  const training = startLayeredTraining(fused);
  const losses = [training.step(), training.step(), training.step()];
  const bytes = training.bytes();
  training.dispose();
  return { losses, bytes };
}

describeBuilt('training steps of layers', (addon, backendName) => {
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
      const training = startLayeredTraining(nativeFused);
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
