// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import { type HostKernel, input } from './tensor-memory.ts';

/**
 * dx of a ReLU: dy where x > 0, else 0. On the numbers' bits, because a branch on random
 * signs costs five times the rest of the loop: x > 0 when neither x nor −x, as integers,
 * is without its sign bit.
 */
export const cutBelowZero: HostKernel = {
  name: 'ArcherReluGrad',
  compute(inputs, _attrs, memory) {
    const x = input(inputs, 'x');
    const dy = input(inputs, 'dy');
    const output = memory.allocate(x.shape);
    const [xs, ds, dx] = [bits(memory.view(x)), bits(memory.view(dy)), bits(memory.view(output))];
    for (let i = 0; i < dx.length; i++) {
      const v = xs[i]!;
      dx[i] = ds[i]! & ((-v & ~v) >> 31);
    }
    return output;
  },
};

function bits(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}

/** The same from kernels that the WebAssembly backend vectorises: dy · step(x). */
export const cutBelowZeroXnnpack: HostKernel = {
  ...cutBelowZero,
  compute(inputs, _attrs, memory) {
    const step = memory.run('Step', { x: input(inputs, 'x') }, { alpha: 0 });
    const dx = memory.run('Multiply', { a: step, b: input(inputs, 'dy') });
    memory.dispose(step);
    return dx;
  },
};
