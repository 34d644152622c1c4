// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import { type HostKernel, input } from './tensor-memory.ts';

/**
 * One step of SGD as PyTorch defines it: weight decay joins the gradient before momentum.
 *
 *   g ← g + decay·w,  v ← momentum·v + g,  w ← w − rate·(nesterov ? g + momentum·v : v)
 *
 * Inputs: value, velocity, and gradient where there is one (else zero). Outputs: both anew;
 * never in place, because XNNPACK keeps packed copies of filters by tensor.
 */
export const sgdKernel: HostKernel = {
  name: 'ArcherSgd',
  compute(inputs, attrs, memory) {
    const value = input(inputs, 'value');
    const { rate, momentum, decay, nesterov } = attrs as {
      rate: number;
      momentum: number;
      decay: number;
      nesterov: boolean;
    };
    const outputs = [memory.allocate(value.shape), memory.allocate(value.shape)] as const;
    const [w, v] = [memory.view(value), memory.view(input(inputs, 'velocity'))];
    const gradient = inputs.gradient && memory.view(inputs.gradient);
    const [newW, newV] = [memory.view(outputs[0]), memory.view(outputs[1])];
    for (let i = 0; i < w.length; i++) {
      const g = (gradient ? gradient[i]! : 0) + decay * w[i]!;
      const velocity = momentum * v[i]! + g;
      newV[i] = velocity;
      newW[i] = w[i]! - rate * (nesterov ? g + momentum * velocity : velocity);
    }
    return [...outputs];
  },
};
