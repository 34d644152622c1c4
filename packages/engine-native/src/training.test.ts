import { hostFused, tf } from '@archer-nas/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NativeBackend } from './backend.ts';
import { configure } from './candidate.ts';
import { nativeFused } from './fused.ts';
import { describeBuilt } from './testing/built.ts';
import { startTraining } from './testing/network.ts';

/** The losses of three steps and the parameters after them. */
function threeSteps(fused = nativeFused): { losses: number[]; bytes: Uint8Array } {
  const training = startTraining(fused);
  const losses = [training.step(), training.step(), training.step()];
  const bytes = training.bytes();
  training.dispose();
  return { losses, bytes };
}

describeBuilt('training steps', (addon) => {
  let wanted: number[] = [];

  beforeAll(async () => {
    await tf.setBackend('cpu');
    wanted = threeSteps(hostFused).losses;
  });

  describe.each(addon.paths())('on %s', (path) => {
    beforeAll(async () => {
      configure(addon, path, 1);
      await tf.setBackend('archer-native');
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
