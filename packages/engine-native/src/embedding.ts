import { type InputGradients, record, share, taping, type tf } from '@archer-nas/engine';
import { gradientInto, make, nativeBackend } from './kernel-tensors.ts';

/** Rows of a table by one kernel; backward, their gradients join those of other layers in place. */
export function embedding(table: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor2D {
  const backend = nativeBackend();
  const [[rows, width], [n]] = [table.shape, tokens.shape];
  const shape = Int32Array.of(n, rows, width);
  const y = make<tf.Tensor2D>(backend, [n, width]);
  backend.kernels.embedding(shape, backend.values(table), backend.integers(tokens), y.values);
  if (taping()) {
    const read = share(tokens);
    const backward = (dy: tf.Tensor, gradients: InputGradients) => {
      gradientInto(backend, gradients, { name: 'table', shape: table.shape }, (values, add) => {
        if (values === null) return;
        const [integers, up] = [backend.integers(read), backend.values(dy)];
        backend.kernels.embeddingGradient(shape, add, integers, up, values);
      });
    };
    record({ name: 'embedding', inputs: { table }, output: y.tensor, saved: [read], backward });
  }
  return y.tensor;
}
