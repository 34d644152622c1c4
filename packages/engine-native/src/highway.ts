import {
  type HighwayInput,
  type HighwayInputs,
  hostFused,
  type InputGradients,
  type RecurrentActivation,
  record,
  share,
  taping,
  type tf,
} from '@archer-nas/engine';
import { gradientInto, make, maybe, nativeBackend } from './kernel-tensors.ts';

/** In the order of the addon. */
export const RECURRENT_ACTIVATIONS: readonly RecurrentActivation[] = [
  'tanh',
  'relu',
  'sigmoid',
  'identity',
];

type Maybe = Float32Array | null;
type Three = [Maybe, Maybe, Maybe];
type Six = [...Three, ...Three];

/** A gated node of a recurrent cell by one kernel forward and one backward. */
export function highwayNode(inputs: HighwayInputs, activation: RecurrentActivation): tf.Tensor2D {
  checkShapes(inputs);
  const { state, input } = inputs;
  const [n, width] = state.of.shape;
  if (n * width === 0 || input?.of.shape[1] === 0) return hostFused.highwayNode(inputs, activation);
  const backend = nativeBackend();
  const k = input?.of.shape[1] ?? 0;
  const shape = Int32Array.of(n, k, width, RECURRENT_ACTIVATIONS.indexOf(activation));
  const y = make<tf.Tensor2D>(backend, [n, width]);
  const factors = make(backend, [2, n, width]);
  backend.kernels.highway(shape, ...given(state), ...second(input), factors.values, y.values);
  if (taping()) recordNode(inputs, shape, y.tensor, factors.tensor);
  else factors.tensor.dispose();
  return y.tensor;
}

type Given = [Float32Array, Maybe, Float32Array, Float32Array];

function given({ of, mask, gate, value }: HighwayInput): Given {
  const backend = nativeBackend();
  const values = (tensor: tf.Tensor) => backend.values(tensor);
  return [values(of), maybe(backend, mask), values(gate), values(value)];
}

function second(input: HighwayInput | undefined): [Maybe, Maybe, Maybe, Maybe] {
  return input === undefined ? [null, null, null, null] : given(input);
}

/** Records the node; takes over `factors`. */
function recordNode(
  { state, input }: HighwayInputs,
  shape: Int32Array,
  output: tf.Tensor,
  factors: tf.Tensor,
): void {
  const saved: tf.Tensor[] = [factors];
  const held = (of: HighwayInput): HighwayInput => {
    const all = { of: share(of.of), gate: share(of.gate), value: share(of.value) };
    const mask = of.mask && share(of.mask);
    saved.push(...Object.values(all), ...(mask ? [mask] : []));
    return mask ? { ...all, mask } : all;
  };
  const [first, other] = [held(state), input && held(input)];
  const inputs = {
    ...{ state: state.of, gate: state.gate, value: state.value },
    ...{ input: input?.of, inputGate: input?.gate, inputValue: input?.value },
  };
  const shapes = Object.entries(inputs).map(([name, tensor]) => ({ name, shape: tensor?.shape }));
  const backward = (dy: tf.Tensor, gradients: InputGradients) => {
    const backend = nativeBackend();
    const read = [...given(first), ...second(other)] as const;
    const [kept, up] = [backend.values(factors), backend.values(dy)];
    intoAll(gradients, shapes, (places, add) => {
      backend.kernels.highwayGradient(shape, add, ...read, kept, up, ...(places as Six));
    });
  };
  record({ name: 'highwayNode', inputs, output, saved, backward });
}

interface Place {
  readonly name: string;
  /** Absent where there is no such input. */
  readonly shape: readonly number[] | undefined;
}

/** The memory for all gradients at once, and a bit for each that is a sum to add to. */
function intoAll(
  gradients: InputGradients,
  [place, ...rest]: readonly Place[],
  compute: (places: readonly Maybe[], add: number) => void,
  [places, add]: readonly [readonly Maybe[], number] = [[], 0],
): void {
  if (place === undefined) {
    compute(places, add);
    return;
  }
  const { name, shape } = place;
  const next = (values: Maybe, adds: boolean) => {
    const bit = adds ? 1 << places.length : 0;
    intoAll(gradients, rest, compute, [[...places, values], add | bit]);
  };
  if (shape === undefined) next(null, false);
  else gradientInto(nativeBackend(), gradients, { name, shape }, next);
}

function checkShapes({ state, input }: HighwayInputs): void {
  const [n, width] = state.of.shape;
  highwayShapes('state', state, [n, width, width]);
  if (input) highwayShapes('input', input, [n, input.of.shape[1], width]);
}

/**
 * Checks values [n, k], their mask and their weights [k, width] where they are there.
 * @throws Error naming whose shape does not fit
 */
export function highwayShapes(
  name: string,
  { of, mask, gate, value }: Partial<HighwayInput>,
  [n, k, width]: readonly [number, number, number],
): void {
  const tensors = { of, mask, gate, value };
  const wanted = { of: [n, k], mask: [n, k], gate: [k, width], value: [k, width] };
  for (const part of ['of', 'mask', 'gate', 'value'] as const) {
    const shape = tensors[part]?.shape;
    if (shape === undefined || shape.join() === wanted[part].join()) continue;
    const whose = part === 'of' ? `${name}` : `${name}'s ${part}`;
    throw new Error(`A gated node's ${whose} has shape [${shape}]; it needs [${wanted[part]}].`);
  }
}
