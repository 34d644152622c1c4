import { tf } from '@archer-nas/engine';
import type { ParameterStore } from '@archer-nas/nn';

import { type Definition, OPERATIONS } from '../definition.ts';

type FeatureMap = tf.Tensor4D;

/**
 * The logits of the supernet by its formulas, in plain tfjs and without any of Archer's layers:
 * block input Σ_j p_j x_j (a plain sum where there is no choice), x_0 a projection of the cell's
 * input; block Σ_o p_o o(·); output w_0·projection + concat_i(w_i·x_i).
 *
 * @param p operations of the blocks; the output's inputs; the inputs of blocks with a choice
 */
export function reference(
  { blocks, parentSets }: Definition,
  { channels, cells }: { readonly channels: number; readonly cells: number },
  store: ParameterStore,
  p: readonly tf.Tensor1D[],
  images: FeatureMap,
): tf.Tensor2D {
  let x = layer(store, images, 'stem');
  for (let cell = 0; cell < 3 * cells; cell++) {
    if (cell > 0 && cell % cells === 0) x = tf.maxPool(x, 2, 2, 'valid');
    x = cellOf(x, cell);
  }
  const filter = store.value('head.narrow.conv.weight') as tf.Tensor4D;
  const narrow = normalised(tf.conv2d(tf.relu(x), filter, 1, 'same'));
  const mean = narrow.mean([1, 2]).reshape([-1, 4 * channels]) as tf.Tensor2D;
  const weight = store.value('head.linear.weight') as tf.Tensor2D;
  return tf.matMul(mean, weight).add(store.value('head.linear.bias')) as tf.Tensor2D;

  function cellOf(x: FeatureMap, cell: number): FeatureMap {
    const states: FeatureMap[] = [];
    let rows = blocks + 1;
    for (let node = 1; node <= blocks; node++) {
      const name = `cell${cell}.node${node}`;
      const inputs = [layer(store, x, `${name}.projection`), ...states];
      const weights = (parentSets[node] ?? []).length > 1 ? p[rows++] : undefined;
      const input = inputs.map((map, from) => weighed(map, weights, from)).reduce(plus);
      const outputs = OPERATIONS.map((op, option) => {
        const y = op.startsWith('conv')
          ? layer(store, input, `${name}.${op}`)
          : tf.maxPool(input, 3, 1, 'same');
        return weighed(y, p[node - 1], option);
      });
      states.push(outputs.reduce(plus));
    }
    const w = p[blocks];
    const parts = states.map((map, i) => weighed(map, w, i + 1));
    const direct = weighed(layer(store, x, `cell${cell}.output.projection`), w, 0);
    return direct.add(tf.concat(parts, 3)) as FeatureMap;
  }
}

function weighed(x: FeatureMap, row: tf.Tensor1D | undefined, at: number): FeatureMap {
  return row === undefined ? x : (x.mul(row.slice(at, 1).reshape([])) as FeatureMap);
}

const plus = (a: FeatureMap, b: FeatureMap): FeatureMap => a.add(b);

/** relu(batchNorm(conv(x))). */
function layer(store: ParameterStore, x: FeatureMap, name: string): FeatureMap {
  const filter = store.value(`${name}.conv.weight`) as tf.Tensor4D;
  const y = normalised(tf.conv2d(x, filter, 1, 'same'));
  const scaled = y.mul(store.value(`${name}.norm.weight`)).add(store.value(`${name}.norm.bias`));
  return tf.relu(scaled as FeatureMap);
}

function normalised(x: FeatureMap): FeatureMap {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return x.sub(mean).div(variance.add(1e-5).sqrt()) as FeatureMap;
}
