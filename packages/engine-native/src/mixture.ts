import { hostFused, type InputGradients, record, share, taping, type tf } from '@archer-nas/engine';
import { make, nativeBackend } from './kernel-tensors.ts';

/** Σ weight · input by one kernel forward and one backward. */
export function mixture(inputs: readonly tf.Tensor[], weights: tf.Tensor1D): tf.Tensor {
  const first = inputs[0];
  if (first === undefined || inputs.length !== weights.size) {
    throw new Error(`A mixture of ${inputs.length} maps has ${weights.size} weights.`);
  }
  const other = inputs.find(({ shape }) => shape.join() !== first.shape.join());
  if (other) throw new Error(`A map of shape [${other.shape}] is not mixed with [${first.shape}].`);
  if (first.size === 0) return hostFused.mixture(inputs, weights);
  const backend = nativeBackend();
  const y = make(backend, first.shape);
  const values = inputs.map((input) => backend.values(input));
  backend.kernels.mixture(first.size, backend.values(weights), values, y.values);
  if (taping()) recordMixture(inputs, weights, y.tensor);
  return y.tensor;
}

function recordMixture(
  inputs: readonly tf.Tensor[],
  weights: tf.Tensor1D,
  output: tf.Tensor,
): void {
  const [maps, shares] = [inputs.map(share), share(weights)];
  const backward = (dy: tf.Tensor, gradients: InputGradients) => {
    const backend = nativeBackend();
    const made = maps.map(({ shape }) => make(backend, shape));
    const byWeights = make(backend, shares.shape);
    backend.kernels.mixtureGradient(
      dy.size,
      backend.values(shares),
      backend.values(dy),
      maps.map((map) => backend.values(map)),
      made.map(({ values }) => values),
      byWeights.values,
    );
    made.forEach(({ tensor }, i) => {
      gradients.add(`map${i}`, tensor);
    });
    gradients.add('weights', byWeights.tensor);
  };
  const named = Object.fromEntries(inputs.map((input, i) => [`map${i}`, input]));
  const saved = [...maps, shares];
  record({ name: 'mixture', inputs: { ...named, weights }, output, saved, backward });
}
