import { tf } from '@archer-nas/engine';
import { BACKENDS } from '../backend.ts';
import { registerConvolutions } from './convolution.ts';
import { registerElementwise } from './elementwise.ts';
import { registerLayout } from './layout.ts';
import { registerMatmul } from './matmul.ts';
import { registerPooling } from './pooling.ts';
import { registerReductions } from './reductions.ts';
import { registerTraining } from './training.ts';

/** Gives the backends all kernels of `cpu`, then Archer's own in the place of the hot ones. */
export function registerKernels(): void {
  for (const backend of BACKENDS) tf.copyRegisteredKernels('cpu', backend);
  registerConvolutions();
  registerPooling();
  registerElementwise();
  registerReductions();
  registerMatmul();
  registerLayout();
  registerTraining();
}
