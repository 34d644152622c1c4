import type {
  FusedRecurrent,
  HighwayInput,
  HighwayInputs,
  HighwayWindowInputs,
  LstmInputs,
  LstmState,
  RecurrentActivation,
} from './fused-recurrent.ts';
import { tf } from './repaired.ts';

/** The recurrent layers composed of tfjs operations. */
export const composedRecurrent: Required<FusedRecurrent> = {
  lstmStep,
  highwayNode,
  highwayWindow,
};

type Gates = [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];

function lstmStep({ x, h, c, inputWeights, hiddenWeights, bias }: LstmInputs): LstmState {
  const products = tf.add(tf.matMul(x, inputWeights), tf.matMul(h, hiddenWeights));
  const [i, f, g, o] = tf.split(tf.add<tf.Tensor2D>(products, bias), 4, 1) as Gates;
  const kept = tf.mul(tf.sigmoid(f), c);
  const cell = tf.add<tf.Tensor2D>(kept, tf.mul(tf.sigmoid(i), tf.tanh(g)));
  return { h: tf.mul(tf.sigmoid(o), tf.tanh(cell)), c: cell };
}

/** What a node of a recurrent cell can apply. */
export const RECURRENT_ACTIVATIONS: Readonly<
  Record<RecurrentActivation, (v: tf.Tensor) => tf.Tensor>
> = {
  tanh: (v) => tf.tanh(v),
  relu: (v) => tf.relu(v),
  sigmoid: (v) => tf.sigmoid(v),
  identity: (v) => v,
};

function highwayNode(
  { state, input }: HighwayInputs,
  activation: RecurrentActivation,
): tf.Tensor2D {
  const [cs, vs] = products(state);
  const [cx, vx] = input ? products(input) : [];
  const [c, v] = [cx ? tf.add(cx, cs) : cs, vx ? tf.add(vx, vs) : vs];
  const s = state.of;
  return tf.add(s, tf.mul(tf.sigmoid(c), tf.sub(RECURRENT_ACTIVATIONS[activation](v), s)));
}

function products({ of, mask, gate, value }: HighwayInput): [tf.Tensor, tf.Tensor] {
  const read = mask === undefined ? of : tf.mul<tf.Tensor2D>(of, mask);
  return [tf.matMul(read, gate), tf.matMul(read, value)];
}

function highwayWindow(inputs: HighwayWindowInputs): tf.Tensor2D {
  return eachStep((x, h) => windowStep(x, h, inputs))(inputs.x, inputs.h);
}

/** States after each step, [steps × lanes, width], from [steps × lanes, inputs] and [lanes, width]. */
export type Recurrence = (x: tf.Tensor2D, h: tf.Tensor2D) => tf.Tensor2D;

/** A window step by step, from what one step does. */
export function eachStep(step: Recurrence): Recurrence {
  return (x, h) => {
    const steps = x.shape[0] / h.shape[0];
    let state = h;
    // tfjs has no gradient of a split into one part.
    const inputs = steps === 1 ? [x] : (tf.split(x, steps, 0) as tf.Tensor2D[]);
    const states = inputs.map((one) => {
      state = step(one, state);
      return state;
    });
    return tf.concat2d(states, 0);
  };
}

function windowStep(
  x: tf.Tensor2D,
  h: tf.Tensor2D,
  { input, inputMask, hiddenMask, nodes, averaged }: HighwayWindowInputs,
): tf.Tensor2D {
  const states: tf.Tensor2D[] = [];
  for (const { from, activation, ...weights } of nodes) {
    const first = states.length === 0;
    const state = { of: states[from] ?? h, mask: hiddenMask, ...weights };
    const read = first ? { state, input: { of: x, mask: inputMask, ...input } } : { state };
    states.push(highwayNode(read, activation));
  }
  return tf.div(tf.addN(averaged.map((at) => states[at] as tf.Tensor2D)), averaged.length);
}
