import { avgPoolGradient } from './avg-pool-gradient.ts';
import { batchNorm, batchNormGradient } from './batch-norm.ts';
import { registerConvolutionGradients } from './convolution-gradients.ts';
import {
  convolutionFilterGradientXnnpack,
  convolutionInputGradientXnnpack,
} from './convolution-gradients-wasm.ts';
import {
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
} from './convolution-loops.ts';
import { cutBelowZero, cutBelowZeroXnnpack } from './cut-below-zero.ts';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise-gradients.ts';
import { maxPoolGradient } from './max-pool-gradient.ts';
import { sgdKernel } from './sgd.ts';
import { softmaxCrossEntropyKernel } from './softmax-cross-entropy.ts';
import { type HostBackend, type HostKernel, registerKernel } from './tensor-memory.ts';

/** Kernels for both backends: those that tfjs gets wrong, those it lacks, and our fused ones. */
const BOTH: readonly HostKernel[] = [
  avgPoolGradient,
  maxPoolGradient,
  depthwiseInputGradient,
  depthwiseFilterGradient,
  batchNorm,
  batchNormGradient,
  sgdKernel,
  softmaxCrossEntropyKernel,
];

/** Kernels whose fast form depends on what the backend already has. */
const OWN: Readonly<Record<HostBackend, readonly HostKernel[]>> = {
  cpu: [convolution, convolutionInputGradient, convolutionFilterGradient, cutBelowZero],
  wasm: [convolutionInputGradientXnnpack, convolutionFilterGradientXnnpack, cutBelowZeroXnnpack],
};

/** Registers Archer's kernels for a backend and its gradients for all; again is harmless. */
export function repairKernels(backend: HostBackend): void {
  for (const kernel of [...BOTH, ...OWN[backend]]) registerKernel(backend, kernel);
  registerConvolutionGradients();
}
