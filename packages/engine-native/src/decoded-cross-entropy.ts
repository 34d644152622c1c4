import {
  type DecodedLosses,
  type DecoderInputs,
  type InputGradients,
  record,
  taping,
  tf,
  untaped,
} from '@archer-nas/engine';
import { type Made, make, nativeBackend } from './kernel-tensors.ts';

/** The inputs in the order of the addon. */
const NAMES = ['states', 'table', 'bias'] as const;

/**
 * A decoder and its loss by one kernel, which makes the gradients of the mean on its way where
 * they will be asked for.
 */
export function decodedCrossEntropy(
  inputs: DecoderInputs,
  labels: tf.Tensor1D,
  factors: tf.Tensor1D,
): DecodedLosses {
  checkShapes(inputs, labels, factors);
  const { states, table, bias } = inputs;
  const [[n, width], [classes]] = [states.shape, table.shape];
  const backend = nativeBackend();
  const [losses, lengths, hits] = [1, 2, 3].map(() => make<tf.Tensor1D>(backend, [n])) as Three;
  const made = taping() ? NAMES.map((name) => make(backend, inputs[name].shape)) : [];
  backend.kernels.decodedCrossEntropy(
    Int32Array.of(n, width, classes),
    backend.values(states),
    backend.values(table),
    backend.values(bias),
    backend.integers(labels),
    backend.values(factors),
    losses.values,
    lengths.values,
    hits.values,
    made[0]?.values ?? null,
    made[1]?.values ?? null,
    made[2]?.values ?? null,
  );
  const mean = untaped(() => tf.tidy(() => tf.sum<tf.Scalar>(tf.mul(losses.tensor, factors))));
  if (taping())
    recordMean(
      inputs,
      mean,
      made.map(({ tensor }) => tensor),
    );
  return { mean, losses: losses.tensor, lengths: lengths.tensor, hits: hits.tensor };
}

type Losses = Made<tf.Tensor1D>;
type Three = [Losses, Losses, Losses];

/** Records the mean; takes over its gradients by the inputs. */
function recordMean(inputs: DecoderInputs, output: tf.Scalar, saved: tf.Tensor[]): void {
  const backward = (dy: tf.Tensor, gradients: InputGradients) => {
    NAMES.forEach((name, at) => {
      if (gradients.wants(name)) gradients.add(name, tf.mul(saved[at] as tf.Tensor, dy));
    });
  };
  record({ name: 'decodedCrossEntropy', inputs: { ...inputs }, output, saved, backward });
}

function checkShapes(
  { states, table, bias }: DecoderInputs,
  labels: tf.Tensor1D,
  factors: tf.Tensor1D,
): void {
  const [[n, width], [classes]] = [states.shape, table.shape];
  const tensors = { states, table, bias, labels, factors };
  const wanted = {
    states: [n, width],
    table: [classes, width],
    bias: [classes],
    labels: [n],
    factors: [n],
  };
  for (const [name, tensor] of Object.entries(tensors)) {
    const needed = wanted[name as keyof typeof wanted];
    if (tensor.shape.join() === needed.join()) continue;
    throw new Error(`A decoder's ${name} has shape [${tensor.shape}]; it needs [${needed}].`);
  }
}
