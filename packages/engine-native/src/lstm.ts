import {
  hostFused,
  type InputGradients,
  type LstmInputs,
  type LstmState,
  record,
  share,
  taping,
  tf,
} from '@archer-nas/engine';
import { type Made, make, nativeBackend } from './kernel-tensors.ts';

/** The inputs in the order of the addon. */
const NAMES = ['x', 'h', 'c', 'inputWeights', 'hiddenWeights', 'bias'] as const;

/** One step of an LSTM by one kernel forward and one backward. */
export function lstmStep(inputs: LstmInputs): LstmState {
  checkShapes(inputs);
  const [samples, width] = inputs.x.shape;
  const hidden = inputs.h.shape[1];
  if (samples * width * hidden === 0) return hostFused.lstmStep(inputs);
  const backend = nativeBackend();
  const shape = Int32Array.of(samples, width, hidden);
  const state = make(backend, [2, samples, hidden]);
  const gates = make(backend, [samples, 4 * hidden]);
  const values = NAMES.map((name) => backend.values(inputs[name])) as Six;
  backend.kernels.lstm(shape, ...values, gates.values, state.values);
  if (taping()) recordStep(inputs, shape, state.tensor, gates.tensor);
  else gates.tensor.dispose();
  const [h, c] = tf.unstack(state.tensor) as [tf.Tensor2D, tf.Tensor2D];
  return { h, c };
}

type Six = [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];

function checkShapes(inputs: LstmInputs): void {
  const { x, h } = inputs;
  const hidden = h.shape[1];
  const wanted = {
    h: [x.shape[0], hidden],
    c: [x.shape[0], hidden],
    inputWeights: [x.shape[1], 4 * hidden],
    hiddenWeights: [hidden, 4 * hidden],
    bias: [4 * hidden],
  };
  for (const [name, shape] of Object.entries(wanted)) {
    const given = inputs[name as keyof LstmInputs].shape;
    if (given.join() === shape.join()) continue;
    throw new Error(`An LSTM's ${name} has shape [${given}]; it needs [${shape}].`);
  }
}

/** Records the step; takes over `gates`. */
function recordStep(
  inputs: LstmInputs,
  shape: Int32Array,
  output: tf.Tensor,
  gates: tf.Tensor,
): void {
  const state = share(output);
  // The bias is not needed again.
  const kept = NAMES.slice(0, 5).map((name) => share(inputs[name] as tf.Tensor));
  const shapes = NAMES.map((name) => inputs[name].shape);
  const backward = (dstate: tf.Tensor, gradients: InputGradients) => {
    const backend = nativeBackend();
    const made = shapes.map((shape) => make(backend, shape));
    const given = kept.map((tensor) => backend.values(tensor)) as Five;
    const [dx, dh, dc, dwx, dwh, dbias] = made as SixMade;
    backend.kernels.lstmGradient(
      shape,
      ...given,
      backend.values(gates),
      backend.values(state),
      backend.values(dstate),
      dx.values,
      dh.values,
      dc.values,
      dwx.values,
      dwh.values,
      dbias.values,
    );
    NAMES.forEach((name, i) => {
      gradients.add(name, (made as SixMade)[i]?.tensor as tf.Tensor);
    });
  };
  const saved = [...kept, gates, state];
  record({ name: 'lstmStep', inputs: { ...inputs }, output, saved, backward });
}

type Five = [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
type SixMade = [Made, Made, Made, Made, Made, Made];
