import { ArcherError, EXIT } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  type HighwayWeights,
  products,
  RECURRENT_ACTIVATIONS,
  type RecurrentActivation,
} from './highway.ts';
import type { CellMasks } from './language-model.ts';
import type { Gate } from './network.ts';

/** An edge into a node of a recurrent cell, and its gate. */
export interface RecurrentEdge {
  /** Position of the state that it reads. */
  readonly from: number;
  readonly gate: Gate;
}

/** A node as a function of the states before it, all [lanes, width]. */
export type MixedNode = (
  states: readonly tf.Tensor2D[],
  weights: HighwayWeights,
  masks?: CellMasks,
) => tf.Tensor2D;

/**
 * A node of a gated cell that mixes its inputs and their activations:
 * s = Σ_j Σ_f p_{jf} (s_j + σ(c_j) (f(h_j) − s_j)) with [c_j, h_j] = s_j W. An option that is no
 * activation adds nothing. All edges are computed together, stacked; those whose gates
 * support no activation are not computed.
 *
 * @param options of each edge, as its gate's support counts them: activations, or other names
 */
export function highwayMixture(
  edges: readonly RecurrentEdge[],
  options: readonly string[],
): MixedNode {
  const open = edges.filter(({ gate }) => gate.support.some((at) => isActivation(options[at])));
  const from = open.map((edge) => edge.from);
  const columns = open.length === 0 ? [] : weightsByActivation(open, options);
  const sum = columns.length === 0 ? undefined : tf.addN(columns.map(({ p }) => p));
  return (states, weights, { hidden } = {}) => {
    const [lanes, width] = (states[0] as tf.Tensor2D).shape; // a cell has a first state
    if (sum === undefined) return tf.zeros([lanes, width]);
    const stack = (x: tf.Tensor) => x.reshape<tf.Tensor3D>([from.length, lanes, width]);
    const s = stack(
      tf.concat2d(
        from.map((j) => states[j] as tf.Tensor2D),
        0,
      ),
    );
    const read = hidden === undefined ? s : tf.mul<tf.Tensor3D>(s, hidden);
    const [c, h] = products(read.reshape([from.length * lanes, width]), weights);
    // Σ_f p_f (s + c (f(h) − s)) = P s + c (Σ_f p_f f(h) − P s), P = Σ_f p_f.
    const mixed = tf.addN(
      columns.map(({ p, name }) => tf.mul(p, stack(RECURRENT_ACTIVATIONS[name](h)))),
    );
    const rest = tf.mul(sum, s);
    return tf.sum(tf.add(rest, tf.mul(tf.sigmoid(stack(c)), tf.sub(mixed, rest))), 0);
  };
}

function isActivation(name: string | undefined): name is RecurrentActivation {
  return name !== undefined && Object.hasOwn(RECURRENT_ACTIVATIONS, name);
}

/** The weight of each edge on every activation that one of them supports, [edges, 1, 1]. */
function weightsByActivation(edges: readonly RecurrentEdge[], options: readonly string[]) {
  const rows = tf.concat2d(
    edges.map(({ gate }) => weightsByOption(gate, options.length)),
    0,
  );
  return options.flatMap((name, at) => {
    if (!isActivation(name) || !edges.some(({ gate }) => gate.support.includes(at))) return [];
    // A product with ones and zeros: tfjs's gather has no gradient on wasm.
    const column = tf.matMul(rows, selection([at], options.length), false, true);
    return [{ name, p: column.reshape<tf.Tensor3D>([edges.length, 1, 1]) }];
  });
}

/** Weights of all options, zero outside of the support, [1, options]. */
function weightsByOption(gate: Gate, options: number): tf.Tensor2D {
  const { support, weights, scale } = gate;
  if (gate.partial !== undefined || gate.after !== undefined) throw imageGate();
  const given = weights ?? tf.ones([support.length]);
  const row = tf.matMul(given.reshape([1, support.length]), selection(support, options));
  return (scale === undefined ? row : tf.mul(row, scale)) as tf.Tensor2D;
}

/** Rows of the unit matrix, [chosen, options]. */
function selection(chosen: readonly number[], options: number): tf.Tensor2D {
  return tf.oneHot([...chosen], options).toFloat() as tf.Tensor2D;
}

function imageGate(): ArcherError {
  return new ArcherError(
    'ARCHER_CAPABILITY',
    'The edges of a recurrent cell have neither partial channels nor drop-path.',
    { hint: 'Leave out the modifier that asks for them.', exit: EXIT.manifest },
  );
}
