import tf from '#tfjs';
import { repairKernels } from './kernels/repair.ts';
import { keepInfoOnIdentifiers } from './tensor-info.ts';

// tfjs prints a banner on first use, advising to install tfjs-node; which engine runs, and
// why, is for `startEngine` to say. Production mode is tfjs's own switch for its notices.
tf.enableProdMode();
keepInfoOnIdentifiers();
repairKernels('cpu');

/**
 * TensorFlow.js as the rest of Archer uses it: with the gradients that 4.22 gets wrong or
 * refuses repaired for the plain-JS backend. `startEngine` repairs the others.
 */
export { tf };
