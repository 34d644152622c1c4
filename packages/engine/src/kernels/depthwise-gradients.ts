// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import { type Convolution, convolutionOf } from './convolution-shape.ts';
import { type HostKernel, input } from './tensor-memory.ts';

/** dx of a depthwise convolution, any stride and dilation; wasm has none, cpu ignores dilation. */
export const depthwiseInputGradient: HostKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  compute(inputs, attrs, memory) {
    const dy = input(inputs, 'dy');
    const filter = input(inputs, 'filter');
    const shape = attrs.inputShape as number[];
    const convolution = convolutionOf(shape, filter.shape, attrs, true);
    const output = memory.allocate(shape);
    const dx = memory.view(output).fill(0);
    const d = memory.view(dy);
    const w = memory.view(filter);
    forEachRun(convolution, (run) => {
      const weight = w[run.weight]!;
      for (let i = 0, x = run.x, y = run.y; i < run.length; i++, x += run.stepX, y += run.stepY) {
        dx[x]! += weight * d[y]!;
      }
    });
    return output;
  },
};

/** dW of a depthwise convolution, any stride and dilation, summed in double precision. */
export const depthwiseFilterGradient: HostKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  compute(inputs, attrs, memory) {
    const x = input(inputs, 'x');
    const dy = input(inputs, 'dy');
    const shape = attrs.filterShape as number[];
    const convolution = convolutionOf(x.shape, shape, attrs, true);
    const output = memory.allocate(shape);
    const source = memory.view(x);
    const d = memory.view(dy);
    const dw = new Float64Array(memory.view(output).length);
    forEachRun(convolution, (run) => {
      let sum = 0;
      for (let i = 0, x = run.x, y = run.y; i < run.length; i++, x += run.stepX, y += run.stepY) {
        sum += source[x]! * d[y]!;
      }
      dw[run.weight]! += sum;
    });
    memory.view(output).set(dw);
    return output;
  },
};

/** Pixels of one image row that meet one weight: `y[i] += w · x[i]` forward. */
interface Run {
  weight: number;
  length: number;
  x: number;
  y: number;
  stepX: number;
  stepY: number;
}

/** Visits every (image, output row, tap, channel), always in the same order. */
function forEachRun(convolution: Convolution, visit: (run: Run) => void): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = convolution;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = convolution;
  const { dilationHeight, dilationWidth, padInfo } = convolution;
  const multiplier = convolution.outChannels / inChannels;
  const stepX = strideWidth * inChannels;
  const run: Run = { weight: 0, length: 0, x: 0, y: 0, stepX, stepY: convolution.outChannels };
  for (let n = 0; n < batchSize; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ky = 0; ky < filterHeight; ky++) {
        const iy = oy * strideHeight + ky * dilationHeight - padInfo.top;
        if (iy < 0 || iy >= inHeight) continue;
        for (let kx = 0; kx < filterWidth; kx++) {
          const shift = kx * dilationWidth - padInfo.left;
          const first = Math.max(0, Math.ceil(-shift / strideWidth));
          const end = Math.min(outWidth, Math.floor((inWidth - 1 - shift) / strideWidth) + 1);
          run.length = end - first;
          const x = ((n * inHeight + iy) * inWidth + first * strideWidth + shift) * inChannels;
          const y = ((n * outHeight + oy) * outWidth + first) * run.stepY;
          const weight = (ky * filterWidth + kx) * run.stepY;
          for (let channel = 0; channel < run.stepY; channel++) {
            run.weight = weight + channel;
            run.x = x + Math.floor(channel / multiplier);
            run.y = y + channel;
            visit(run);
          }
        }
      }
    }
  }
}
