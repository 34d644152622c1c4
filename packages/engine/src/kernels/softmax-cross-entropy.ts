// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import { type HostKernel, input } from './tensor-memory.ts';

/**
 * Softmax cross entropy of each sample.
 *
 * Inputs: logits [n, classes], labels [n] (int32). Outputs: losses [n] in nats and their
 * gradients by the logits, softmax − one-hot, [n, classes].
 */
export const softmaxCrossEntropyKernel: HostKernel = {
  name: 'ArcherSoftmaxCrossEntropy',
  compute(inputs, _attrs, memory) {
    const logits = input(inputs, 'logits');
    const [samples, classes] = logits.shape as [number, number];
    const losses = memory.allocate([samples]);
    const errors = memory.allocate([samples, classes]);
    const [x, label] = [memory.view(logits), memory.viewInt(input(inputs, 'labels'))];
    const [loss, error] = [memory.view(losses), memory.view(errors)];
    for (let n = 0, at = 0; n < samples; n++, at += classes) {
      let top = -Infinity;
      for (let c = 0; c < classes; c++) top = Math.max(top, x[at + c]!);
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += Math.exp(x[at + c]! - top);
      for (let c = 0; c < classes; c++) error[at + c] = Math.exp(x[at + c]! - top) / sum;
      error[at + label[n]!]! -= 1;
      loss[n] = Math.log(sum) + top - x[at + label[n]!]!;
    }
    return [losses, errors];
  },
};
