import { tf } from './repaired.ts';
import { share } from './share.ts';

/** Tensors by the names that a layer gives its inputs. */
type Named = Readonly<Record<string, tf.Tensor | undefined>>;

/** Where a layer's backward pass leaves the gradients by its inputs, by their names. */
export interface InputGradients {
  /** Whether the gradient by this input is asked for; the others need not be computed. */
  wants(name: string): boolean;
  /** What other layers have left for the same tensor so far: a kernel may add to it in place. */
  sum(name: string): tf.Tensor | undefined;
  /** Adds a gradient that was made for this; it then belongs to the tape. */
  add(name: string, gradient: tf.Tensor): void;
  /** Adds the gradient by the output itself. */
  pass(name: string): void;
}

/** What a backward pass reads: a tensor, or memory that an engine holds in its own way. */
export interface Saved {
  /** Frees it; again is harmless. */
  dispose(): void;
}

/** A computed layer that can be differentiated once. */
export interface Layer {
  readonly name: string;
  /** Differentiable inputs; absent ones are left out. */
  readonly inputs: Named;
  readonly output: tf.Tensor;
  /** What the backward pass reads; tensors are made by {@link share}. Freed as soon as it has run. */
  readonly saved: readonly Saved[];
  backward(dy: tf.Tensor, gradients: InputGradients): void;
}

/** A node of tfjs's tape (its `TapeNode`), with what a {@link Layer} adds. */
export interface TapeNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly saved: readonly Saved[];
  readonly gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
  readonly backward?: Layer['backward'];
}

/** What is used of tfjs's engine state; pinned with its version. */
export interface TapeState {
  activeTape: TapeNode[] | null;
  nextTapeNodeId: number;
  gradientDepth: number;
  kernelDepth: number;
}

/** Where tfjs keeps its tape. */
export function tapeState(): TapeState {
  return tf.engine().state as unknown as TapeState;
}

/** Whether operations are being recorded to be differentiated. */
export function taping(): boolean {
  const { gradientDepth, kernelDepth } = tapeState();
  return gradientDepth > 0 && kernelDepth === 0;
}

/** Runs `compute` without recording its operations. */
export function untaped<T>(compute: () => T): T {
  const state = tapeState();
  state.kernelDepth++;
  try {
    return compute();
  } finally {
    state.kernelDepth--;
  }
}

/**
 * Records a layer that was computed {@link untaped}. It is what `tf.customGrad` records, without
 * its copies and scopes, and its memory is freed as `gradientsOf` passes. `tf.grads` and
 * its relatives differentiate it too.
 */
export function record({ name, inputs, output, saved, backward }: Layer): void {
  const state = tapeState();
  const given = present(inputs);
  for (const item of saved) if (item instanceof tf.Tensor) tf.keep(item);
  const gradient = ([dy]: (tf.Tensor | null)[]) => collected(given, dy as tf.Tensor, backward);
  const outputs = [output];
  const id = state.nextTapeNodeId++;
  const node = { id, kernelName: name, inputs: given, outputs, saved, gradient, backward };
  state.activeTape?.push(node);
}

function present(inputs: Named): Record<string, tf.Tensor> {
  const given: Record<string, tf.Tensor> = {};
  for (const name in inputs) {
    const tensor = inputs[name];
    if (tensor !== undefined) given[name] = tensor;
  }
  return given;
}

/** A layer's gradients as tfjs's own walk over the tape asks for them. */
function collected(
  inputs: Readonly<Record<string, tf.Tensor>>,
  dy: tf.Tensor,
  backward: Layer['backward'],
): Record<string, () => tf.Tensor> {
  const found: Record<string, tf.Tensor> = {};
  const add = (name: string, gradient: tf.Tensor) => {
    const before = found[name];
    found[name] = before === undefined ? gradient : tf.add(before, gradient);
  };
  const pass = (name: string) => add(name, share(dy));
  backward(dy, { wants: () => true, sum: () => undefined, add, pass });
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [name, () => found[name] ?? tf.zeros(shape)]),
  );
}
