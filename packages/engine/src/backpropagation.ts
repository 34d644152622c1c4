import { fusedKernels } from './current-fused.ts';
import { tf } from './repaired.ts';
import { share } from './share.ts';
import { type InputGradients, type TapeNode, tapeState } from './tape.ts';

/** A scalar and its gradients; `undefined` where it does not depend on the tensor. */
export interface ValueAndGradients {
  readonly value: tf.Scalar;
  readonly gradients: readonly (tf.Tensor | undefined)[];
}

/**
 * The gradients of the scalar `f()` by `xs`, like tfjs's own, in less memory: what the forward
 * pass has saved, and every gradient on the way, is freed the moment nothing needs it. Sums of
 * gradients are made in place where the engine can. The results belong to the caller's scope.
 */
export function gradientsOf(f: () => tf.Scalar, xs: readonly tf.Tensor[]): ValueAndGradients {
  const state = tapeState();
  if (state.gradientDepth > 0) return gradientsOnOuterTape(f, xs);
  return tf.tidy(() => {
    const tape: TapeNode[] = [];
    try {
      state.activeTape = tape;
      state.gradientDepth++;
      const value = tf.tidy('forward', f);
      state.gradientDepth--;
      const walk = new Walk(tape, xs);
      walk.run(value);
      return { value, gradients: xs.map((x) => walk.gradient(x)) };
    } finally {
      state.gradientDepth = 0;
      state.activeTape = null;
      for (const { saved } of tape) for (const item of saved) item.dispose();
    }
  }) as unknown as ValueAndGradients;
}

/** Gradients that are differentiated again: everything stays, and tfjs walks. */
function gradientsOnOuterTape(f: () => tf.Scalar, xs: readonly tf.Tensor[]): ValueAndGradients {
  const { value, grads } = tf.engine().gradients(f, [...xs], undefined, true);
  return { value, gradients: grads.map((gradient) => gradient ?? undefined) };
}

/** The way back over a tape. */
class Walk {
  readonly #tape: readonly TapeNode[];
  /** Identifiers of the tensors that depend on what is differentiated by. */
  readonly #wanted: ReadonlySet<number>;
  /** Gradients that belong to the walk, by the identifier of their tensor. */
  readonly #gradients = new Map<number, tf.Tensor>();

  constructor(tape: readonly TapeNode[], xs: readonly tf.Tensor[]) {
    this.#tape = tape;
    this.#wanted = dependents(tape, xs);
  }

  gradient(x: tf.Tensor): tf.Tensor | undefined {
    return this.#gradients.get(x.id);
  }

  run(value: tf.Scalar): void {
    this.#gradients.set(value.id, tf.scalar(1));
    for (let at = this.#tape.length - 1; at >= 0; at--) {
      const node = this.#tape[at] as TapeNode;
      this.#pass(node);
      for (const item of node.saved) item.dispose();
    }
  }

  #pass(node: TapeNode): void {
    if (!this.#dependsOn(node)) return;
    if (node.backward !== undefined) this.#passLayer(node, node.backward);
    else this.#passForeign(node);
  }

  #passLayer({ inputs, outputs }: TapeNode, backward: NonNullable<TapeNode['backward']>): void {
    const { id } = outputs[0] as tf.Tensor;
    const dy = this.#gradients.get(id);
    if (dy === undefined) return;
    this.#gradients.delete(id);
    backward(dy, new Sums(inputs, dy, this.#wanted, this.#gradients));
    dy.dispose();
  }

  #dependsOn({ inputs }: TapeNode): boolean {
    for (const name in inputs) if (this.#wanted.has((inputs[name] as tf.Tensor).id)) return true;
    return false;
  }

  /** An operation of tfjs, or one with a `customGrad`. */
  #passForeign({ kernelName, inputs, outputs, gradient }: TapeNode): void {
    const dys = outputs.map(({ id }) => this.#gradients.get(id) ?? null);
    if (dys.every((dy) => dy === null)) return;
    for (const { id } of outputs) this.#gradients.delete(id);
    if (gradient === undefined) throw new Error(`tfjs has no gradient of ${kernelName}.`);
    const names = Object.keys(inputs).filter((name) => {
      return this.#wanted.has((inputs[name] as tf.Tensor).id);
    });
    // What it gives may be its argument, a constant or made on the way: here it becomes ours.
    const found = tf.tidy(() => {
      const gradients = gradient(dys);
      return names.map((name) => share((gradients[name] as () => tf.Tensor)()));
    });
    names.forEach((name, at) => {
      accumulate(this.#gradients, inputs[name] as tf.Tensor, found[at] as tf.Tensor);
    });
    for (const dy of dys) dy?.dispose();
  }
}

/** What a layer sees of the walk's gradients. */
class Sums implements InputGradients {
  readonly #inputs: TapeNode['inputs'];
  readonly #dy: tf.Tensor;
  readonly #wanted: ReadonlySet<number>;
  readonly #gradients: Map<number, tf.Tensor>;

  constructor(
    inputs: TapeNode['inputs'],
    dy: tf.Tensor,
    wanted: ReadonlySet<number>,
    gradients: Map<number, tf.Tensor>,
  ) {
    this.#inputs = inputs;
    this.#dy = dy;
    this.#wanted = wanted;
    this.#gradients = gradients;
  }

  wants(name: string): boolean {
    const input = this.#inputs[name];
    return input !== undefined && this.#wanted.has(input.id);
  }

  sum(name: string): tf.Tensor | undefined {
    const input = this.#inputs[name];
    return input && this.#gradients.get(input.id);
  }

  add(name: string, gradient: tf.Tensor): void {
    if (this.wants(name)) accumulate(this.#gradients, this.#inputs[name] as tf.Tensor, gradient);
    else gradient.dispose();
  }

  pass(name: string): void {
    if (this.wants(name)) this.add(name, share(this.#dy));
  }
}

/** Adds to the gradient by `input`; takes over `gradient`. */
function accumulate(
  gradients: Map<number, tf.Tensor>,
  input: tf.Tensor,
  gradient: tf.Tensor,
): void {
  if (!tf.util.arraysEqual(gradient.shape, input.shape)) {
    throw new Error(`A gradient of shape [${gradient.shape}] is not for [${input.shape}].`);
  }
  const before = gradients.get(input.id);
  if (before === undefined) {
    gradients.set(input.id, gradient);
    return;
  }
  if (!fusedKernels().addInPlace?.(before, gradient)) {
    gradients.set(input.id, tf.add(before, gradient));
    before.dispose();
  }
  gradient.dispose();
}

/** Identifiers of `xs` and of all that the tape has computed from them. */
function dependents(tape: readonly TapeNode[], xs: readonly tf.Tensor[]): ReadonlySet<number> {
  const found = new Set(xs.map(({ id }) => id));
  for (const { inputs, outputs } of tape) {
    for (const name in inputs) {
      if (!found.has((inputs[name] as tf.Tensor).id)) continue;
      for (const { id } of outputs) found.add(id);
      break;
    }
  }
  return found;
}
