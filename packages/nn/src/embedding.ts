import { type InputGradients, record, taping, tf, untaped } from '@archer-nas/engine';
import { fusedKernel } from './fused.ts';

/**
 * Rows of a table, [tokens, width]; the gradient of a row is the sum over its occurrences.
 * Where the engine has no kernel of it the sums are made in JavaScript: tfjs's gather has no gradient
 * on wasm.
 *
 * @param table [vocabulary, width]
 */
export function embedding(table: tf.Tensor2D, tokens: Int32Array): tf.Tensor2D {
  const fused = fusedKernel('embedding');
  if (fused !== undefined) return fused(table, tf.tensor1d(tokens, 'int32'));
  const recorded = taping();
  const output = untaped(() => tf.gather(table, tf.tensor1d(tokens, 'int32')) as tf.Tensor2D);
  if (recorded) {
    const backward = (dy: tf.Tensor, gradients: InputGradients) => {
      if (!gradients.wants('table')) return;
      gradients.add('table', tf.tensor2d(summed(dy, tokens, table.shape), table.shape));
    };
    record({ name: 'embedding', inputs: { table }, output, saved: [], backward });
  }
  return output;
}

function summed(
  dy: tf.Tensor,
  tokens: Int32Array,
  [rows, width]: readonly [number, number],
): Float32Array {
  const values = dy.dataSync();
  const sums = new Float32Array(rows * width);
  tokens.forEach((token, at) => {
    const [to, from] = [token * width, at * width];
    for (let i = 0; i < width; i++) {
      sums[to + i] = (sums[to + i] as number) + (values[from + i] as number); // in range
    }
  });
  return sums;
}
