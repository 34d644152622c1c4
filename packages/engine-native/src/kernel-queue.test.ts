import { tf } from '@archer-nas/engine';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Addon } from './addon.ts';
import type { NativeBackend } from './backend.ts';
import { configure } from './candidate.ts';
import { Held } from './held.ts';
import { KernelQueue } from './kernel-queue.ts';
import { describeBuilt } from './testing/built.ts';

/** An addon that notes its calls; its `matmul` refuses. */
function noting(): { readonly calls: string[]; readonly addon: Addon } {
  const calls: string[] = [];
  const addon = {
    fill: (size: number) => void calls.push(`fill ${size}`),
    unary: (operation: number) => void calls.push(`unary ${operation}`),
    matmul() {
      throw new Error('matmul refuses');
    },
    setThreads() {},
  };
  return { calls, addon: addon as unknown as Addon };
}

const MEMORY = new Float32Array(1);

describe('a queue of kernels', () => {
  it('runs them in the order of their calls, once', () => {
    const { calls, addon } = noting();
    const queue = new KernelQueue(addon);
    queue.kernels.fill(1, 0, MEMORY);
    queue.kernels.unary(2, 1, MEMORY, MEMORY);
    expect(calls).toEqual([]);
    queue.run();
    queue.run();
    expect(calls).toEqual(['fill 1', 'unary 2']);
    expect(queue.kernels).not.toHaveProperty('setThreads');
  });

  it('does not let a call wait that reads borrowed memory, nor those before it', () => {
    const { calls, addon } = noting();
    const queue = new KernelQueue(addon);
    queue.kernels.fill(1, 0, MEMORY);
    queue.borrow();
    queue.kernels.fill(2, 0, MEMORY);
    queue.kernels.fill(3, 0, MEMORY);
    expect(calls).toEqual(['fill 1', 'fill 2']);
  });

  it('runs by itself when very many wait', () => {
    const { calls, addon } = noting();
    const queue = new KernelQueue(addon);
    for (let i = 0; i < 1025; i++) queue.kernels.fill(i, 0, MEMORY);
    expect(calls).toHaveLength(1024);
  });

  it('reports a kernel that refuses, and runs nothing behind it', () => {
    const { calls, addon } = noting();
    const queue = new KernelQueue(addon);
    queue.kernels.fill(1, 0, MEMORY);
    queue.kernels.matmul(new Int32Array(0), MEMORY, MEMORY, MEMORY);
    queue.kernels.fill(2, 0, MEMORY);
    expect(() => queue.run()).toThrow('matmul refuses');
    queue.run();
    expect(calls).toEqual(['fill 1']);
  });
});

describeBuilt('tensors behind a queue', (addon, backend) => {
  beforeAll(async () => {
    configure(addon, addon.paths()[0] as string, 2, backend);
    await tf.setBackend(backend);
  });
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  const native = () => tf.backend() as NativeBackend;
  /** A tensor in the backend's memory. */
  const pooled = (value: number) => tf.fill([1000], value);

  it('have their values when somebody reads them', async () => {
    const y = tf.square(pooled(3));
    expect(y.dataSync()[999]).toBe(9);
    expect((await tf.square(y).data())[0]).toBe(81);
    // A kernel of plain JavaScript reads them without asking.
    expect(tf.cumsum(tf.square(pooled(2))).dataSync()[1]).toBe(8);
  });

  it('see the numbers that an array had when the operation was called', () => {
    const values = Float32Array.of(1, 2, 3);
    const y = tf.square(tf.tensor1d(values));
    values.fill(9);
    expect([...y.dataSync()]).toEqual([1, 4, 9]);
  });

  it('keep their values though memory is handed out again while kernels wait', () => {
    let sum = pooled(0);
    for (let i = 1; i <= 20; i++) {
      sum = tf.tidy(() => tf.add(sum, tf.square(pooled(i))));
    }
    expect(sum.dataSync()[500]).toBe((20 * 21 * 41) / 6);
  });

  it('live as long as something holds their memory, whoever disposes them', () => {
    const before = native().numDataIds();
    const x = pooled(5);
    const own = native().buffers.take(1000);
    const held = new Held(native(), [x], [own]);
    x.dispose();
    tf.dispose(pooled(7));
    expect(native().readSync(x.dataId)[0]).toBe(5);
    held.dispose();
    held.dispose();
    expect(native().numDataIds()).toBe(before);
    // Given back once only: nobody shares it.
    const taken = [0, 1, 2].map(() => native().buffers.take(1000));
    const same = ({ buffer, byteOffset }: Float32Array) =>
      buffer === own.buffer && byteOffset === own.byteOffset;
    expect(taken.filter(same)).toHaveLength(1);
  });
});
