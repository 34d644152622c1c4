// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import { tf } from '@archer-nas/engine';
import { BINARY, UNARY } from '../addon.ts';
import type { NativeBackend } from '../backend.ts';
import { PlanTable } from './plan-table.ts';
import { input, register } from './register.ts';

const BINARIES = {
  Add: BINARY.add,
  Sub: BINARY.subtract,
  Multiply: BINARY.multiply,
  RealDiv: BINARY.divide,
  Maximum: BINARY.maximum,
  Minimum: BINARY.minimum,
  SquaredDifference: BINARY.squaredDifference,
} as const;

const UNARIES = {
  Relu: UNARY.relu,
  Neg: UNARY.negate,
  Square: UNARY.square,
  Sqrt: UNARY.root,
  Rsqrt: UNARY.inverseRoot,
  Reciprocal: UNARY.reciprocal,
  Abs: UNARY.absolute,
} as const;

/** Operations of the addon's `transcendental`, by the kernels' names. */
const TRANSCENDENTAL = { Exp: 0, Log: 1, Sigmoid: 2, Tanh: 3 } as const;

/** The most axes that the addon walks. */
const MOST_AXES = 6;

/** Registers arithmetic on single numbers, with broadcasting. */
export function registerElementwise(): void {
  for (const [name, operation] of Object.entries(BINARIES)) {
    register(name, (inputs, _attrs, backend) =>
      binary(operation, input(inputs, 'a'), input(inputs, 'b'), backend),
    );
  }
  register('ArcherReluGrad', (inputs, _attrs, backend) =>
    binary(BINARY.reluGradient, input(inputs, 'dy'), input(inputs, 'x'), backend),
  );
  for (const [name, operation] of Object.entries(UNARIES)) {
    register(name, (inputs, _attrs, backend) => unary(operation, input(inputs, 'x'), backend));
  }
  Object.entries(TRANSCENDENTAL).forEach(([name, operation]) => {
    register(name, (inputs, _attrs, backend) => {
      const x = input(inputs, 'x');
      const y = backend.allocate(x.shape);
      backend.kernels.transcendental(operation, y.values.length, backend.values(x), y.values);
      return y.info;
    });
  });
  register('Softmax', (inputs, attrs, backend) => {
    const x = input(inputs, 'logits');
    if (attrs.dim !== x.shape.length - 1) return undefined;
    const y = backend.allocate(x.shape);
    const columns = x.shape[attrs.dim]!;
    backend.kernels.softmax(y.values.length / columns, columns, backend.values(x), y.values);
    return y.info;
  });
  register('Step', (inputs, attrs, backend) =>
    attrs.alpha === 0 ? unary(UNARY.step, input(inputs, 'x'), backend) : undefined,
  );
  register('AddN', (inputs, _attrs, backend) => {
    const tensors = Object.values(inputs) as tf.TensorInfo[];
    const y = backend.allocate(tensors[0]!.shape);
    const values = tensors.map((tensor) => backend.values(tensor));
    backend.kernels.sumAll(y.values.length, values, y.values);
    return y.info;
  });
  for (const [name, value] of [
    ['ZerosLike', 0],
    ['OnesLike', 1],
  ] as const) {
    register(name, (inputs, _attrs, backend) => {
      const y = backend.allocate(input(inputs, 'x').shape);
      backend.kernels.fill(y.values.length, value, y.values);
      return y.info;
    });
  }
  // tfjs's own fills an array of JavaScript's, which then is garbage.
  register('Fill', (_inputs, attrs, backend) => {
    const { shape, value, dtype = 'float32' } = attrs as Partial<tf.FillAttrs>;
    if (shape === undefined || typeof value !== 'number' || dtype !== 'float32') return undefined;
    if (shape.includes(0)) return undefined;
    const y = backend.allocate(shape);
    backend.kernels.fill(y.values.length, value, y.values);
    return y.info;
  });
}

function unary(operation: number, x: tf.TensorInfo, backend: NativeBackend): tf.TensorInfo {
  const y = backend.allocate(x.shape);
  backend.kernels.unary(operation, y.values.length, backend.values(x), y.values);
  return y.info;
}

function binary(
  operation: number,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  backend: NativeBackend,
): tf.TensorInfo | undefined {
  const plan = broadcastPlan(a.shape, b.shape);
  if (plan === undefined) return undefined;
  const y = backend.allocate(plan.output);
  backend.kernels.binary(operation, plan.shape, backend.values(a), backend.values(b), y.values);
  return y.info;
}

interface BroadcastPlan {
  readonly shape: Int32Array;
  readonly output: number[];
}

const plans = new PlanTable<BroadcastPlan | undefined>();

/** How two shapes broadcast, made once; `undefined` where it takes too many axes. */
function broadcastPlan(a: number[], b: number[]): BroadcastPlan | undefined {
  return plans.get([a, b], () => planBroadcast(a, b));
}

function planBroadcast(a: number[], b: number[]): BroadcastPlan | undefined {
  const output = tf.broadcast_util.assertAndGetBroadcastShape(a, b);
  const [stepsA, stepsB] = [steps(a, output), steps(b, output)];
  // Neighbouring axes that both inputs walk in one go become one.
  const axes: { size: number; a: number; b: number }[] = [];
  for (let d = output.length - 1; d >= 0; d--) {
    const axis = { size: output[d]!, a: stepsA[d]!, b: stepsB[d]! };
    if (axis.size === 1) continue;
    const inner = axes[0];
    const joins = inner && axis.a === inner.a * inner.size && axis.b === inner.b * inner.size;
    if (joins) inner.size *= axis.size;
    else axes.unshift(axis);
  }
  if (axes.length === 0) axes.push({ size: 1, a: 1, b: 1 });
  if (axes.length > MOST_AXES) return undefined;
  const shape = Int32Array.of(
    axes.length,
    ...axes.map(({ size }) => size),
    ...axes.map(({ a }) => a),
    ...axes.map(({ b }) => b),
  );
  return { shape, output };
}

/** Strides of a shape along the axes of what it is broadcast to. */
function steps(shape: readonly number[], output: readonly number[]): number[] {
  const result = new Array<number>(output.length).fill(0);
  const shift = output.length - shape.length;
  for (let d = shape.length - 1, step = 1; d >= 0; step *= shape[d]!, d--) {
    result[d + shift] = shape[d] === 1 ? 0 : step;
  }
  return result;
}
