import {
  type HighwayMatrices,
  type HighwayWindowInputs,
  hostFused,
  type InputGradients,
  record,
  share,
  taping,
  type tf,
} from '@archer-nas/engine';
import { highwayShapes, RECURRENT_ACTIVATIONS } from './highway.ts';
import { make, maybe, nativeBackend } from './kernel-tensors.ts';

/** Numbers that are kept of a state: itself, its gate and its value. */
const KEPT = 3;

/** A chosen recurrent cell over a window by one kernel forward and one backward. */
export function highwayWindow(inputs: HighwayWindowInputs): tf.Tensor2D {
  checkShapes(inputs);
  const { x, h, nodes } = inputs;
  const [[rows, k], [lanes, width]] = [x.shape, h.shape];
  if (rows * k * width === 0) return hostFused.highwayWindow(inputs);
  const backend = nativeBackend();
  const shape = shapeOf(inputs);
  const y = make<tf.Tensor2D>(backend, [rows, width]);
  const saved = make(backend, [nodes.length, KEPT, rows / lanes, lanes, width]);
  backend.kernels.highwayWindow(shape, ...given(inputs), saved.values, y.values);
  if (taping()) recordWindow(inputs, shape, y.tensor, saved.tensor);
  else saved.tensor.dispose();
  return y.tensor;
}

/** As the kernel reads a window and its cell. */
function shapeOf({ x, h, nodes, averaged }: HighwayWindowInputs): Int32Array {
  const [[rows, inputs], [lanes, width]] = [x.shape, h.shape];
  const cell = nodes.flatMap(({ from, activation }, at) => [
    at === 0 ? 0 : from,
    RECURRENT_ACTIVATIONS.indexOf(activation),
    averaged.includes(at) ? 1 : 0,
  ]);
  return Int32Array.of(rows / lanes, lanes, inputs, width, nodes.length, ...cell);
}

/** The matrices of x and of each node, gates before values. */
function matrices({ input, nodes }: HighwayWindowInputs): tf.Tensor2D[] {
  return [input, ...nodes].flatMap(({ gate, value }: HighwayMatrices) => [gate, value]);
}

type Maybe = Float32Array | null;
type Given = [Float32Array, Maybe, Float32Array, Maybe, readonly Float32Array[]];

function given(inputs: HighwayWindowInputs): Given {
  const backend = nativeBackend();
  const { x, inputMask, h, hiddenMask } = inputs;
  return [
    backend.values(x),
    maybe(backend, inputMask),
    backend.values(h),
    maybe(backend, hiddenMask),
    matrices(inputs).map((matrix) => backend.values(matrix)),
  ];
}

/** Records the window; takes over `saved`. */
function recordWindow(
  inputs: HighwayWindowInputs,
  shape: Int32Array,
  output: tf.Tensor,
  saved: tf.Tensor,
): void {
  const { held, tensors } = shared(inputs);
  const states = share(output);
  const weights = matrices(inputs);
  const names = weights.map((_, at) => `weights${at}`);
  const named = Object.fromEntries(names.map((name, at) => [name, weights[at]]));
  const backward = (dstates: tf.Tensor, gradients: InputGradients) => {
    const backend = nativeBackend();
    const room = (tensor: tf.Tensor, ...of: string[]) =>
      of.some((name) => gradients.wants(name)) ? make(backend, tensor.shape) : undefined;
    const [dx, dh] = [room(held.x, 'x'), room(held.h, 'h')];
    const dweights = matrices(held).map((matrix) => room(matrix, ...names));
    const kept = [saved, states, dstates].map((tensor) => backend.values(tensor)) as Three;
    const places = dweights.flatMap((made) => (made ? [made.values] : []));
    const [toX, toH] = [dx?.values ?? null, dh?.values ?? null];
    const toWeights = places.length > 0 ? places : null;
    backend.kernels.highwayWindowGradient(shape, ...given(held), ...kept, toX, toH, toWeights);
    [...names, 'x', 'h'].forEach((name, at) => {
      const made = [...dweights, dx, dh][at];
      if (made) gradients.add(name, made.tensor);
    });
  };
  record({
    name: 'highwayWindow',
    inputs: { x: inputs.x, h: inputs.h, ...named },
    output,
    saved: [saved, states, ...tensors],
    backward,
  });
}

type Three = [Float32Array, Float32Array, Float32Array];

/** The inputs as the tape keeps them, and all that it then has to free. */
function shared(inputs: HighwayWindowInputs) {
  const tensors: tf.Tensor[] = [];
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    const kept = share(tensor);
    tensors.push(kept);
    return kept;
  };
  const both = <T extends HighwayMatrices>(of: T): T => {
    return { ...of, gate: keep(of.gate), value: keep(of.value) };
  };
  const { x, inputMask, h, hiddenMask, input, nodes } = inputs;
  const held: HighwayWindowInputs = {
    ...inputs,
    ...{ x: keep(x), h: keep(h), input: both(input), nodes: nodes.map(both) },
    ...{ inputMask: inputMask && keep(inputMask), hiddenMask: hiddenMask && keep(hiddenMask) },
  };
  return { held, tensors };
}

function checkShapes({ x, inputMask, h, hiddenMask, input, nodes }: HighwayWindowInputs): void {
  const [[rows, inputs], [lanes, width]] = [x.shape, h.shape];
  if (rows % lanes !== 0) {
    throw new Error(`A window of ${rows} rows is not whole steps of ${lanes} lanes.`);
  }
  highwayShapes('input', { mask: inputMask, ...input }, [lanes, inputs, width]);
  for (const [at, { gate, value }] of nodes.entries()) {
    highwayShapes(`node ${at}`, { mask: hiddenMask, gate, value }, [lanes, width, width]);
  }
}
