// biome-ignore-all lint/style/noNonNullAssertion: there are as many of everything as there are blocks
import {
  hostFused,
  type InputGradients,
  record,
  type SeparableBlock,
  type SeparableInputs,
  type SeparableOptions,
  type SeparableResult,
  share,
  taping,
  tf,
} from '@archer-nas/engine';
import type { NativeBackend } from './backend.ts';
import { gradientInto, make, maybe, nativeBackend } from './kernel-tensors.ts';
import type { Plan } from './kernels/shapes.ts';
import { normShape } from './kernels/training.ts';
import { separablePlan } from './separable-plan.ts';

/**
 * Separable blocks in a row as one entry of the tape. What goes from block to block is the result
 * before its batch norm, which the next block applies on the way in: of each block only that is
 * kept for the gradient, and no normalised map but the last is ever made.
 */
export function separableBatchNorm(
  inputs: SeparableInputs,
  options: SeparableOptions,
): SeparableResult {
  const plans = plansOf(inputs);
  if (plans === undefined) return hostFused.separableBatchNorm(inputs, options);
  const { x, blocks, addend } = inputs;
  const backend = nativeBackend();
  const recorded = taping();
  const steps: Step[] = [];
  for (const [i, plan] of plans.entries()) {
    steps.push(
      forwardBlock(backend, { x, plan, block: blocks[i]!, before: steps[i - 1] }, options),
    );
  }
  const last = steps[steps.length - 1]!;
  // Nothing on the way back: the last result is normalised where it lies.
  const output = recorded ? make<tf.Tensor4D>(backend, last.y.shape).tensor : last.y;
  backend.kernels.batchNormGivenAdd(
    normShape(last.y.shape),
    options.epsilon,
    backend.values(last.y),
    ...normValues(backend, last),
    maybe(backend, addend),
    backend.values(output),
  );
  const statistics = steps.map(({ mean, variance }) => ({ mean, variance }));
  if (recorded) recordBlocks(inputs, options, steps, output);
  else for (const { y } of steps.slice(0, -1)) y.dispose();
  return { output, statistics };
}

/** A block's tensors, its result before the batch norm, and that batch norm's statistics. */
interface Step extends Pick<SeparableBlock, 'depthwise' | 'pointwise' | 'gamma' | 'beta'> {
  readonly plan: Plan;
  readonly y: tf.Tensor4D;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/** `undefined` where a block is not one that the addon takes. */
function plansOf({ x, blocks }: SeparableInputs): Plan[] | undefined {
  let shape: readonly number[] = x.shape;
  const plans: Plan[] = [];
  for (const { depthwise, pointwise, ...geometry } of blocks) {
    const plan = separablePlan(shape, depthwise.shape, pointwise.shape, geometry);
    if (plan === undefined) return undefined;
    shape = plan.output;
    plans.push(plan);
  }
  return plans.length > 0 && x.size > 0 ? plans : undefined;
}

interface Place {
  readonly x: tf.Tensor4D;
  readonly plan: Plan;
  readonly block: SeparableBlock;
  /** The block before, whose batch norm this one applies. */
  readonly before: Step | undefined;
}

function forwardBlock(
  backend: NativeBackend,
  { x, plan, block, before }: Place,
  { relu, epsilon }: SeparableOptions,
): Step {
  const { depthwise, pointwise, gamma, beta } = block;
  const channels = plan.output.slice(3);
  const y = make<tf.Tensor4D>(backend, plan.output);
  const mean = make<tf.Tensor1D>(backend, channels);
  const variance = make<tf.Tensor1D>(backend, channels);
  backend.kernels.separable(
    plan.shape,
    epsilon,
    relu,
    backend.values(before?.y ?? x),
    ...pendingNorm(backend, before),
    backend.values(depthwise),
    backend.values(pointwise),
    y.values,
    mean.values,
    variance.values,
  );
  const made = { y: y.tensor, mean: mean.tensor, variance: variance.tensor };
  return { depthwise, pointwise, gamma, beta, plan, ...made };
}

type Maybe = Float32Array | null;

type FourMaybe = [Maybe, Maybe, Maybe, Maybe];

/** Mean, variance, gamma and beta of the block before; null where there is none. */
function pendingNorm(backend: NativeBackend, before: Step | undefined): FourMaybe {
  return before === undefined ? [null, null, null, null] : normValues(backend, before);
}

function normValues(
  backend: NativeBackend,
  { mean, variance, gamma, beta }: Step,
): [Float32Array, Float32Array, Maybe, Maybe] {
  const affine = [maybe(backend, gamma), maybe(backend, beta)] as const;
  return [backend.values(mean), backend.values(variance), ...affine];
}

/** Records the blocks; takes over their results before the norms. */
function recordBlocks(
  { x, blocks, addend }: SeparableInputs,
  options: SeparableOptions,
  steps: readonly Step[],
  output: tf.Tensor4D,
): void {
  const image = share(x);
  const kept = steps.map((step): Step => {
    const [depthwise, pointwise] = [share(step.depthwise), share(step.pointwise)];
    const [gamma, beta] = [step.gamma && share(step.gamma), step.beta && share(step.beta)];
    const [mean, variance] = [share(step.mean), share(step.variance)];
    return { ...step, depthwise, pointwise, gamma, beta, mean, variance };
  });
  const saved = kept.flatMap(({ plan: _plan, ...tensors }) =>
    Object.values(tensors).filter((tensor) => tensor instanceof tf.Tensor),
  );
  const filters = blocks.map(({ depthwise, pointwise, gamma, beta }, i) =>
    numbered({ depthwise, pointwise, gamma, beta }, i),
  );
  record({
    name: 'separableBatchNorm',
    inputs: Object.assign({ x, addend }, ...filters),
    output,
    saved: [image, ...saved],
    backward(dz, gradients) {
      backwardBlocks(dz, image, kept, options, gradients);
      gradients.pass('addend');
    },
  });
}

/** Tensors under names that no other block has. */
function numbered(
  tensors: Readonly<Record<string, tf.Tensor | undefined>>,
  block: number,
): Record<string, tf.Tensor | undefined> {
  const named = Object.entries(tensors).map(([name, tensor]) => [`${name}${block}`, tensor]);
  return Object.fromEntries(named);
}

function backwardBlocks(
  dz: tf.Tensor,
  x: tf.Tensor4D,
  steps: readonly Step[],
  options: SeparableOptions,
  gradients: InputGradients,
): void {
  const backend = nativeBackend();
  let upstream: Upstream = { dz, sums: undefined };
  for (let i = steps.length - 1; i >= 0; i--) {
    const given = upstream;
    const before = steps[i - 1];
    const input = before?.y ?? x;
    const compute = (dx: Maybe, add: boolean, sums: Maybe): void => {
      const own = backwardBlock(backend, { x: input, step: steps[i]!, before, ...given }, options, {
        dx,
        add,
        sums,
      });
      for (const [name, gradient] of Object.entries(numbered(own, i))) {
        gradients.add(name, gradient as tf.Tensor);
      }
    };
    if (before === undefined) {
      const into = { name: 'x', shape: x.shape };
      gradientInto(backend, gradients, into, (dx, add) => compute(dx, add, null));
    } else {
      const dx = make(backend, input.shape);
      const sums = make(backend, [input.shape[0], 2, input.shape[3]]);
      compute(dx.values, false, sums.values);
      upstream = { dz: dx.tensor, sums: sums.tensor };
    }
    if (given.sums !== undefined) tf.dispose([given.dz, given.sums]);
  }
}

/** The gradient by a block's output, and its sums by image where the block behind has made them. */
interface Upstream {
  readonly dz: tf.Tensor;
  readonly sums: tf.Tensor | undefined;
}

/** One block's gradients by its own tensors; the one by its input goes to `into`. */
function backwardBlock(
  backend: NativeBackend,
  {
    x,
    step,
    before,
    dz,
    sums,
  }: Upstream & { readonly x: tf.Tensor; readonly step: Step; readonly before: Step | undefined },
  { relu, epsilon }: SeparableOptions,
  into: { readonly dx: Maybe; readonly add: boolean; readonly sums: Maybe },
): Record<'depthwise' | 'pointwise' | 'gamma' | 'beta', tf.Tensor> {
  const [depthwise, pointwise] = [step.depthwise, step.pointwise].map(({ shape }) =>
    make(backend, shape),
  ) as Two;
  const [gamma, beta] = [0, 0].map(() => make(backend, step.mean.shape)) as Two;
  backend.kernels.separableGradient(
    step.plan.shape,
    epsilon,
    relu,
    into.add,
    backend.values(dz),
    backend.values(x),
    ...pendingNorm(backend, before),
    backend.values(step.y),
    backend.values(step.depthwise),
    backend.values(step.pointwise),
    maybe(backend, step.gamma),
    backend.values(step.mean),
    backend.values(step.variance),
    maybe(backend, sums),
    into.dx,
    into.sums,
    depthwise.values,
    pointwise.values,
    gamma.values,
    beta.values,
  );
  return {
    depthwise: depthwise.tensor,
    pointwise: pointwise.tensor,
    gamma: gamma.tensor,
    beta: beta.tensor,
  };
}

type Two = [ReturnType<typeof make>, ReturnType<typeof make>];
