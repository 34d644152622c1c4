import { registerConvolutionGradients } from '../convolution-gradients.ts';
import { convolutions } from './convolution.ts';
import { fusedOnTensorflow } from './fused.ts';
import { registerTensorflowKernel } from './operations.ts';
import { repairPooling } from './pooling.ts';

let pooling = false;

/** Registers Archer's kernels for tfjs-node's backend; again is harmless. */
export function repairTensorflow(): void {
  for (const kernel of [...convolutions, ...fusedOnTensorflow]) registerTensorflowKernel(kernel);
  // It wraps kernels instead of replacing them.
  if (!pooling) repairPooling();
  pooling = true;
  registerConvolutionGradients();
}
