import { gradientsOf, startEngine, tf } from '@archer-nas/engine';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Addon, loadAddon } from './addon.ts';
import { BACKEND, type NativeBackend } from './backend.ts';
import { candidate, configure } from './candidate.ts';
import { nativeFused } from './fused.ts';
import { pathsOf } from './precision.ts';
import { startTraining } from './testing/network.ts';
import { generator, numbers } from './testing/numbers.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  cpus: () => [{ model: 'Processor 1' }],
}));

const loaded = loadAddon();
const addon = ('addon' in loaded ? loaded.addon : undefined) as Addon;
const paths = 'addon' in loaded ? pathsOf(addon, 'bf16') : [];
const title = `training in bf16${paths.length > 0 ? '' : ' (this processor cannot)'}`;

describe.skipIf(paths.length === 0)(title, () => {
  const isa = paths[0] as string;
  const f32 = () => configure(addon, addon.paths()[0] as string, 1, BACKEND, 'f32');
  const bf16 = (threads = 1) => configure(addon, isa, threads, BACKEND, 'bf16');

  beforeAll(async () => {
    f32();
    await tf.setBackend(BACKEND);
  });
  afterAll(() => tf.disposeVariables());

  it('follows the losses of f32 through 300 steps, close and not equal', () => {
    f32();
    const wanted = losses(300);
    bf16();
    const given = losses(300);
    expect(wanted[0]).toBeGreaterThan(1.5);
    expect(wanted[299]).toBeLessThan(0.01);
    expect(given).not.toEqual(wanted);
    const apart = given.map((loss, i) => Math.abs(loss / (wanted[i] as number) - 1));
    // Eight bits of precision: 0.4 % of every number, which partly cancel in sums.
    expect(Math.max(...apart.slice(0, 30))).toBeLessThan(0.004);
    expect(Math.max(...apart)).toBeLessThan(0.05);
  });

  it('gives the same bits on every run and for every number of threads', () => {
    bf16();
    const first = bytesAfterThreeSteps();
    for (const threads of [1, 2, 3, 7, 1]) {
      bf16(threads);
      expect(Buffer.compare(bytesAfterThreeSteps(), first), `${threads} threads`).toBe(0);
    }
  });

  it('allocates nothing once it has run, and saves half as much for gradients', () => {
    bf16();
    const backend = tf.backend() as NativeBackend;
    const training = startTraining(nativeFused);
    const held = () => [backend.buffers.bytes, tf.memory().numTensors, backend.numDataIds()];
    training.step();
    training.step();
    const before = held();
    for (let i = 0; i < 5; i++) training.step();
    expect(held()).toEqual(before);
    training.dispose();
    expect(savedBytes()).toBe(2 * 6 * 6 * 5 * 2);
    f32();
    expect(savedBytes()).toBe(2 * 6 * 6 * 5 * 4);
  });

  it('gives the same bits with and without gradients', () => {
    bf16();
    const random = generator(5);
    const made = (shape: [number, number, number, number]) =>
      tf.tensor4d(numbers(random, tf.util.sizeFromShape(shape)), shape);
    tf.tidy(() => {
      const [x, filter, addend] = [made([3, 7, 5, 17]), made([3, 3, 17, 33]), made([3, 7, 5, 33])];
      const options = { relu: true, stride: 1, pad: 1, epsilon: 1e-5 };
      const forward = (given: tf.Tensor4D) => {
        const inputs = { x: given, filter, addend };
        return nativeFused.reluConvBatchNorm(inputs, options).output;
      };
      let [trained] = [x];
      tf.grad((given) => (trained = tf.keep(forward(given as tf.Tensor4D))))(x);
      expect(forward(x).dataSync()).toEqual(trained.dataSync());
      trained.dispose();
    });
  });

  it('is named in the class of the engine, and its path can be pinned', async () => {
    const engine = await startEngine({ engine: 'native', precision: 'bf16', threads: 1 });
    expect(engine.class).toBe(`native/${engine.version}/bf16/${isa}`);
    expect(engine.description).toContain(', bf16, ');
    expect(await candidate.start({ tf, precision: 'bf16', isa })).toMatchObject({ isa });
    expect(await candidate.start({ tf, precision: 'bf16', isa: 'avx2' })).toEqual({
      unavailable: `its instruction-set paths for bf16 here are ${paths.join(', ')}, not avx2`,
    });
  });
});

describe.skipIf(!('addon' in loaded))('a processor without bf16', () => {
  it('is named by the refusal', async () => {
    const none = vi.spyOn(addon, 'bf16Paths').mockReturnValue([]);
    const answer = await candidate.start({ tf, precision: 'bf16' });
    none.mockRestore();
    expect(answer).toEqual({
      unavailable:
        "computes in bf16 with avx512_bf16, which this processor (Processor 1) or the addon's compiler lacks",
    });
  });
});

function losses(steps: number): number[] {
  const training = startTraining(nativeFused);
  const all = Array.from({ length: steps }, () => training.step());
  training.dispose();
  return all;
}

function bytesAfterThreeSteps(): Uint8Array {
  const training = startTraining(nativeFused);
  for (let i = 0; i < 3; i++) training.step();
  const bytes = training.bytes();
  training.dispose();
  return bytes;
}

/** Bytes of the convolution's result that the tape holds for the gradient of its layer. */
function savedBytes(): number {
  const x: tf.Tensor4D = tf.ones([2, 6, 6, 3]);
  const filter: tf.Tensor4D = tf.ones([3, 3, 3, 5]);
  const options = { relu: true, stride: 1, pad: 1, epsilon: 1e-5 };
  const take = vi.spyOn((tf.backend() as NativeBackend).buffers, 'take');
  let bytes = 0;
  const { gradients } = gradientsOf(() => {
    const { output, mean, variance } = nativeFused.reluConvBatchNorm({ x, filter }, options);
    const taken = take.mock.calls.reduce((sum, [length]) => sum + length, 0);
    bytes = 4 * (taken - output.size - mean.size - variance.size);
    return tf.sum<tf.Scalar>(output);
  }, [filter]);
  take.mockRestore();
  tf.dispose([x, filter, ...gradients.flatMap((gradient) => gradient ?? [])]);
  return bytes;
}
