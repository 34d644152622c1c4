import { type DecoderInputs, tf } from '@archer-nas/engine';
import {
  type CrossEntropy,
  type CrossEntropyOptions,
  crossEntropy,
  sampleFactors,
} from './cross-entropy.ts';
import { fusedKernel } from './fused.ts';

/**
 * The softmax cross-entropy of a decoder's logits, states · tableᵀ + bias, with labels that are rows
 * of the table: in one kernel where the engine has it, which keeps no logits, else composed.
 */
export function decodedCrossEntropy(
  inputs: DecoderInputs,
  labels: Int32Array,
  options: CrossEntropyOptions = {},
): CrossEntropy {
  const { states, table, bias } = inputs;
  const { weight, labelSmoothing = 0 } = options;
  const fused = labelSmoothing === 0 ? fusedKernel('decodedCrossEntropy') : undefined;
  if (fused === undefined) {
    const logits = tf.add<tf.Tensor2D>(tf.matMul(states, table, false, true), bias);
    return crossEntropy(logits, labels, options);
  }
  const factors = sampleFactors(labels.length, weight);
  const { mean, losses, lengths, hits } = fused(inputs, tf.tensor1d(labels, 'int32'), factors);
  return { mean, perSample: losses, score: lengths, correct: tf.sum<tf.Scalar>(hits) };
}
