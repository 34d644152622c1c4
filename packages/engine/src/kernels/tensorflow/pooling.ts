// biome-ignore-all lint/style/noNonNullAssertion: tfjs calls a kernel with the inputs of its name
import tf from '#tfjs';
import { BACKEND } from './operations.ts';

/**
 * Lets pooling have a padding in pixels, which tfjs-node 4.22 refuses: the image is padded
 * first. Where the padding is `same` or `valid`, its own kernels stay in charge.
 */
export function repairPooling(): void {
  for (const [name, compute] of Object.entries(PADDED)) {
    const original = tf.getKernel(name, BACKEND);
    tf.unregisterKernel(name, BACKEND);
    tf.registerKernel({
      ...original,
      kernelFunc: (call) => {
        const inputs = call.inputs as Tensors;
        const image = (inputs.x ?? inputs.input) as tf.Tensor;
        const borders = bordersOf(image, call.attrs as unknown as PoolAttributes);
        if (!borders) return original.kernelFunc(call);
        const attrs = { ...call.attrs, pad: 'valid' };
        return tf.tidy(() => compute(inputs, borders, attrs));
      },
    });
  }
}

type Tensors = Readonly<Record<string, tf.Tensor>>;
type Attributes = Readonly<Record<string, unknown>>;

/** Pixels before and after, by dimension. */
type Borders = [number, number][];

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The most negative float, which no maximum takes. */
const LOWEST = -3.4028234663852886e38;

/** The kernels over padded images; `attrs` are those of the kernel without padding. */
const PADDED: Readonly<
  Record<string, (inputs: Tensors, borders: Borders, attrs: Attributes) => tf.Tensor>
> = {
  AvgPool: ({ x }, borders, attrs) =>
    tf.div(run('AvgPool', { x: tf.pad(x!, borders) }, attrs), shares(x!, borders, attrs)),

  AvgPoolGrad({ dy, input }, borders, attrs) {
    const whole = tf.div(dy!, shares(input!, borders, attrs));
    const dx = run('AvgPoolGrad', { dy: whole, input: tf.pad(input!, borders) }, attrs);
    return inner(dx, input!, borders);
  },

  MaxPool: ({ x }, borders, attrs) => run('MaxPool', { x: tf.pad(x!, borders, LOWEST) }, attrs),

  MaxPoolGrad({ dy, input, output }, borders, attrs) {
    const padded = { dy: dy!, input: tf.pad(input!, borders, LOWEST), output: output! };
    return inner(run('MaxPoolGrad', padded, attrs), input!, borders);
  },
};

/** `undefined` where TensorFlow knows the padding by name. */
function bordersOf(image: tf.Tensor, attrs: PoolAttributes): Borders | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const shape = image.shape as [number, number, number, number];
  const { padInfo } = tf.backend_util.computePool2DInfo(
    shape,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  if (padInfo.type === 'SAME' || padInfo.type === 'VALID') return undefined;
  return [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ];
}

/** How much of each window is image: the mean over a padded window is too small by that. */
function shares(image: tf.Tensor, borders: Borders, attrs: Attributes): tf.Tensor {
  const [, height, width] = image.shape as [number, number, number, number];
  return run('AvgPool', { x: tf.pad(tf.ones([1, height, width, 1]), borders) }, attrs);
}

/** The part of a padded image's gradient that belongs to the image. */
function inner(padded: tf.Tensor, image: tf.Tensor, borders: Borders): tf.Tensor {
  return tf.slice(
    padded,
    borders.map(([before]) => before),
    image.shape,
  );
}

function run(kernel: string, inputs: tf.NamedTensorMap, attrs: Attributes): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attrs as tf.NamedAttrMap) as tf.Tensor;
}
