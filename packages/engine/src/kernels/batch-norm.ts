// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import type tf from '#tfjs';
import { forEachBlock } from './channels.ts';
import { type HostKernel, input, type TensorMemory } from './tensor-memory.ts';

/**
 * Batch normalisation with the batch's own statistics; sums in double precision.
 *
 * Inputs: x [.., c] and, where there are any, gamma [c], beta [c] and addend [.., c].
 * Outputs: z = addend + γ·(x − mean)/√(variance + ε) + β, mean [c], variance [c] (biased).
 */
export const batchNorm: HostKernel = {
  name: 'ArcherBatchNorm',
  compute(inputs, attrs, memory) {
    const x = input(inputs, 'x');
    const channels = x.shape[x.shape.length - 1]!;
    const z = memory.allocate(x.shape);
    const mean = memory.allocate([channels]);
    const variance = memory.allocate([channels]);
    const source = memory.view(x);
    const { mu, sigma2 } = moments(source, channels);
    const scale = optional(inputs, 'gamma', channels, 1, memory);
    const shift = optional(inputs, 'beta', channels, 0, memory);
    for (let c = 0; c < channels; c++) {
      scale[c]! /= Math.sqrt(sigma2[c]! + (attrs.epsilon as number));
      shift[c]! -= mu[c]! * scale[c]!;
    }
    const addend = inputs.addend && memory.view(inputs.addend);
    affine(source, scale, shift, memory.view(z), addend);
    memory.view(mean).set(mu);
    memory.view(variance).set(sigma2);
    return [z, mean, variance];
  },
};

/**
 * The gradient of {@link batchNorm}, through the statistics.
 *
 * Inputs: dz, x, mean, variance, gamma where there is one. Outputs: dx, dγ [c], dβ [c].
 */
export const batchNormGradient: HostKernel = {
  name: 'ArcherBatchNormGrad',
  compute(inputs, attrs, memory) {
    const x = input(inputs, 'x');
    const channels = x.shape[x.shape.length - 1]!;
    const outputs = [x.shape, [channels], [channels]].map((shape) => memory.allocate(shape));
    const [dx, dgamma, dbeta] = outputs as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];
    const [source, dz] = [memory.view(x), memory.view(input(inputs, 'dz'))];
    const mu = memory.view(input(inputs, 'mean'));
    const sigma2 = memory.view(input(inputs, 'variance'));
    const gamma = optional(inputs, 'gamma', channels, 1, memory);
    const { sum, product } = gradientSums(source, dz, mu);
    const [k, a, b] = [0, 0, 0].map(() => new Float64Array(channels)) as Triple;
    const count = source.length / channels;
    for (let c = 0; c < channels; c++) {
      const inverse = 1 / Math.sqrt(sigma2[c]! + (attrs.epsilon as number));
      // dx = γ/σ · (dz − Σdz/M − x̂·Σ(dz·x̂)/M), x̂ = (x − μ)/σ: k·dz + a·x + b
      k[c] = gamma[c]! * inverse;
      a[c] = (-k[c]! * inverse * inverse * product[c]!) / count;
      b[c] = (-k[c]! * sum[c]!) / count - a[c]! * mu[c]!;
      product[c]! *= inverse;
    }
    combine(dz, source, [k, a, b], memory.view(dx));
    memory.view(dgamma).set(product);
    memory.view(dbeta).set(sum);
    return outputs;
  },
};

type Triple = [Float64Array, Float64Array, Float64Array];

function optional(
  inputs: tf.NamedTensorInfoMap,
  name: string,
  channels: number,
  otherwise: number,
  memory: TensorMemory,
): Float64Array {
  const tensor = inputs[name];
  return tensor
    ? Float64Array.from(memory.view(tensor))
    : new Float64Array(channels).fill(otherwise);
}

/** Mean and biased variance by channel. */
function moments(x: Float32Array, channels: number): { mu: Float64Array; sigma2: Float64Array } {
  const mu = new Float64Array(channels);
  const sigma2 = new Float64Array(channels);
  // Deviations from the first row instead of from zero: a large mean must not cancel.
  const origin = x.slice(0, channels);
  forEachBlock(x.length, channels, (start, end) => {
    for (let c = 0; c < channels; c++) {
      const o = origin[c]!;
      let sum = 0;
      let squares = 0;
      for (let i = start + c; i < end; i += channels) {
        const value = x[i]! - o;
        sum += value;
        squares += value * value;
      }
      mu[c]! += sum;
      sigma2[c]! += squares;
    }
  });
  const count = x.length / channels;
  for (let c = 0; c < channels; c++) {
    const offset = mu[c]! / count;
    sigma2[c] = Math.max(0, sigma2[c]! / count - offset * offset);
    mu[c] = offset + origin[c]!;
  }
  return { mu, sigma2 };
}

/** z = scale·x + shift (+ addend), by channel. */
function affine(
  x: Float32Array,
  scale: Float64Array,
  shift: Float64Array,
  z: Float32Array,
  addend: Float32Array | undefined,
): void {
  const channels = scale.length;
  forEachBlock(x.length, channels, (start, end) => {
    for (let c = 0; c < channels; c++) {
      const k = scale[c]!;
      const b = shift[c]!;
      if (addend) {
        for (let i = start + c; i < end; i += channels) z[i] = x[i]! * k + b + addend[i]!;
      } else {
        for (let i = start + c; i < end; i += channels) z[i] = x[i]! * k + b;
      }
    }
  });
}

/** Σ dz and Σ dz·(x − μ), by channel. */
function gradientSums(
  x: Float32Array,
  dz: Float32Array,
  mu: Float32Array,
): { sum: Float64Array; product: Float64Array } {
  const channels = mu.length;
  const sum = new Float64Array(channels);
  const product = new Float64Array(channels);
  forEachBlock(x.length, channels, (start, end) => {
    for (let c = 0; c < channels; c++) {
      const m = mu[c]!;
      let s = 0;
      let p = 0;
      for (let i = start + c; i < end; i += channels) {
        const d = dz[i]!;
        s += d;
        p += d * (x[i]! - m);
      }
      sum[c]! += s;
      product[c]! += p;
    }
  });
  return { sum, product };
}

/** dx = k·dz + a·x + b, by channel. */
function combine(dz: Float32Array, x: Float32Array, [k, a, b]: Triple, dx: Float32Array): void {
  const channels = k.length;
  forEachBlock(x.length, channels, (start, end) => {
    for (let c = 0; c < channels; c++) {
      const kc = k[c]!;
      const ac = a[c]!;
      const bc = b[c]!;
      for (let i = start + c; i < end; i += channels) dx[i] = kc * dz[i]! + ac * x[i]! + bc;
    }
  });
}
