// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import { convolutionOf } from './convolution-shape.ts';
import { gather, patchSize, pixelCount, scatter } from './patches.ts';
import { type HostKernel, input } from './tensor-memory.ts';

/** Convolution in plain loops, any stride and dilation: y = patches · W. */
export const convolution: HostKernel = {
  name: 'Conv2D',
  compute(inputs, attrs, memory) {
    const x = input(inputs, 'x');
    const filter = input(inputs, 'filter');
    const shape = convolutionOf(x.shape, filter.shape, attrs);
    const output = memory.allocate(shape.outShape);
    const [source, w, y] = [memory.view(x), memory.view(filter), memory.view(output)];
    const patch = new Float64Array(patchSize(shape));
    for (let pixel = 0; pixel < pixelCount(shape); pixel++) {
      gather(source, patch, shape, pixel);
      multiply(patch, w, y, pixel * shape.outChannels, shape.outChannels);
    }
    return output;
  },
};

/** dx of a convolution, any stride and dilation: patches of dx = dy · Wᵀ. */
export const convolutionInputGradient: HostKernel = {
  name: 'Conv2DBackpropInput',
  compute(inputs, attrs, memory) {
    const dy = input(inputs, 'dy');
    const filter = input(inputs, 'filter');
    const shape = convolutionOf(attrs.inputShape as number[], filter.shape, attrs);
    const output = memory.allocate(shape.inShape);
    const dx = memory.view(output).fill(0);
    const [d, w] = [memory.view(dy), memory.view(filter)];
    const patch = new Float64Array(patchSize(shape));
    for (let pixel = 0; pixel < pixelCount(shape); pixel++) {
      multiplyTransposed(d, pixel * shape.outChannels, shape.outChannels, w, patch);
      scatter(patch, dx, shape, pixel);
    }
    return output;
  },
};

/** dW of a convolution, any stride and dilation, summed in double precision. */
export const convolutionFilterGradient: HostKernel = {
  name: 'Conv2DBackpropFilter',
  compute(inputs, attrs, memory) {
    const x = input(inputs, 'x');
    const dy = input(inputs, 'dy');
    const shape = convolutionOf(x.shape, attrs.filterShape as number[], attrs);
    const output = memory.allocate(shape.filterShape);
    const [source, d] = [memory.view(x), memory.view(dy)];
    const patch = new Float64Array(patchSize(shape));
    const dw = new Float64Array(patch.length * shape.outChannels);
    for (let pixel = 0; pixel < pixelCount(shape); pixel++) {
      gather(source, patch, shape, pixel);
      addOuterProduct(patch, d, pixel * shape.outChannels, shape.outChannels, dw);
    }
    memory.view(output).set(dw);
    return output;
  },
};

/** y[at + c] = Σₖ patch[k] · w[k, c]; four channels at a time keep their sums in registers. */
function multiply(
  patch: Float64Array,
  w: Float32Array,
  y: Float32Array,
  at: number,
  channels: number,
): void {
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    for (let k = 0, i = c; k < patch.length; k++, i += channels) {
      const value = patch[k]!;
      a0 += value * w[i]!;
      a1 += value * w[i + 1]!;
      a2 += value * w[i + 2]!;
      a3 += value * w[i + 3]!;
    }
    y[at + c] = a0;
    y[at + c + 1] = a1;
    y[at + c + 2] = a2;
    y[at + c + 3] = a3;
  }
  for (; c < channels; c++) {
    let sum = 0;
    for (let k = 0, i = c; k < patch.length; k++, i += channels) sum += patch[k]! * w[i]!;
    y[at + c] = sum;
  }
}

/** patch[k] = Σ_c d[at + c] · w[k, c] */
function multiplyTransposed(
  d: Float32Array,
  at: number,
  channels: number,
  w: Float32Array,
  patch: Float64Array,
): void {
  for (let k = 0, row = 0; k < patch.length; k++, row += channels) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += d[at + c]! * w[row + c]!;
    patch[k] = sum;
  }
}

/** dw[k, c] += patch[k] · d[at + c] */
function addOuterProduct(
  patch: Float64Array,
  d: Float32Array,
  at: number,
  channels: number,
  dw: Float64Array,
): void {
  for (let k = 0, row = 0; k < patch.length; k++, row += channels) {
    const value = patch[k]!;
    if (value === 0) continue; // padding, and half of what a ReLU lets through
    for (let c = 0; c < channels; c++) dw[row + c]! += value * d[at + c]!;
  }
}
