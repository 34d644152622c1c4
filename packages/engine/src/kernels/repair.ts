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
import { cutBelowZero } from './cut-below-zero.ts';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise-gradients.ts';
import { sgdKernel } from './sgd.ts';
import { softmaxCrossEntropyKernel } from './softmax-cross-entropy.ts';
import { type HostBackend, type HostKernel, registerKernel } from './tensor-memory.ts';

/** Kernels for both backends: those that tfjs gets wrong, those it lacks, and our fused ones. */
const BOTH: readonly HostKernel[] = [
  avgPoolGradient,
  depthwiseInputGradient,
  depthwiseFilterGradient,
  batchNorm,
  batchNormGradient,
  cutBelowZero,
  sgdKernel,
  softmaxCrossEntropyKernel,
];

/** Kernels whose fast form depends on what the backend already has. */
const OWN: Readonly<Record<HostBackend, readonly HostKernel[]>> = {
  cpu: [convolution, convolutionInputGradient, convolutionFilterGradient],
  wasm: [convolutionInputGradientXnnpack, convolutionFilterGradientXnnpack],
};

/** Registers Archer's kernels for a backend and its gradients for all; again is harmless. */
export function repairKernels(backend: HostBackend): void {
  for (const kernel of [...BOTH, ...OWN[backend]]) registerKernel(backend, kernel);
  registerConvolutionGradients();
}
