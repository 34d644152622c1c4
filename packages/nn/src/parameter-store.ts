import {
  ArcherError,
  type State,
  type Stream,
  type Streams,
  type TensorState,
} from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Gate, ParameterSource, ParameterSpec } from './network.ts';
import { restoreTensor, tensorState } from './tensor-state.ts';

/** The parameters that a forward pass under `gates` reads, in the network's order. */
export function usedParameters(
  specs: readonly ParameterSpec[],
  gates: readonly Gate[],
): ParameterSpec[] {
  return specs.filter(({ owner }) => {
    if (owner === undefined) return true;
    const { site, option, sharedBy = [] } = owner;
    return [site, ...sharedBy].some((at) => gates[at]?.support.includes(option));
  });
}

/**
 * Owns the values of a network's parameters. A parameter starts from its own stream
 * (`parameter/<name>`), so neither order nor the presence of others can change it; or from
 * a saved `state`. Values live outside of tidies until `dispose`.
 */
export class ParameterStore implements ParameterSource {
  readonly specs: readonly ParameterSpec[];
  readonly #values = new Map<string, tf.Variable>();

  constructor(specs: readonly ParameterSpec[], streams: Streams, saved?: State) {
    this.specs = specs;
    const values = saved as Record<string, TensorState> | undefined;
    for (const spec of specs) {
      const value = initialise(spec, streams, values);
      this.#values.set(spec.name, tf.variable(value, false));
      value.dispose();
    }
  }

  /** @throws ArcherError `ARCHER_PARAMETER` when there is none of that name and shape */
  get(name: string, shape: readonly number[]): tf.Tensor {
    const value = this.value(name);
    if (tf.util.arraysEqual(value.shape, shape as number[])) return value;
    return missing(`${name} of shape [${shape}]`, `it has shape [${value.shape}]`);
  }

  /** The variable that holds a value: the same object for the store's life. */
  value(name: string): tf.Variable {
    return this.#values.get(name) ?? missing(name, 'there is none');
  }

  /** Replaces a value; the store takes over `value`. */
  set(name: string, value: tf.Tensor): void {
    this.value(name).assign(value);
    value.dispose();
  }

  /** The result of `use` on a source where `values` hide the store's own. */
  at<T>(values: ReadonlyMap<string, tf.Tensor>, use: (parameters: ParameterSource) => T): T {
    return use({ get: (name, shape) => values.get(name) ?? this.get(name, shape) });
  }

  /** w + factor × direction, for the parameters of `direction`. The caller disposes the values. */
  displaced(direction: ReadonlyMap<string, tf.Tensor>, factor: number): Map<string, tf.Tensor> {
    const moved = [...direction].map(([name, d]): [string, tf.Tensor] => {
      return [name, tf.keep(tf.tidy(() => tf.add(this.value(name), tf.mul(d, factor))))];
    });
    return new Map(moved);
  }

  /** Names of the parameters that a forward pass under `gates` reads. */
  select(gates: readonly Gate[]): string[] {
    return usedParameters(this.specs, gates).map(({ name }) => name);
  }

  /** Number of scalars, of all parameters or of those named. */
  count(names?: readonly string[]): number {
    const values = names?.map((name) => this.value(name)) ?? [...this.#values.values()];
    return values.reduce((sum, { size }) => sum + size, 0);
  }

  get state(): State {
    return Object.fromEntries([...this.#values].map(([name, v]) => [name, tensorState(v)]));
  }

  dispose(): void {
    tf.dispose([...this.#values.values()]);
    this.#values.clear();
  }
}

function missing(what: string, why: string): never {
  throw new ArcherError('ARCHER_PARAMETER', `The network reads parameter ${what}, but ${why}.`);
}

function initialise(
  spec: ParameterSpec,
  streams: Streams,
  saved: Record<string, TensorState> | undefined,
): tf.Tensor {
  const { name, shape } = spec;
  if (saved === undefined) {
    const values = initialValues(spec, streams.stream(`parameter/${name}`));
    return tf.keep(tf.tensor(values, [...shape]));
  }
  const value = saved[name];
  if (value === undefined) {
    throw new ArcherError('ARCHER_PARAMETER', `The saved state has no parameter ${name}.`);
  }
  return restoreTensor(value, shape, name);
}

function initialValues(spec: ParameterSpec, stream: Stream): Float32Array {
  const { name, shape, init, fanIn, bound } = spec;
  const values = new Float32Array(shape.reduce((size, side) => size * side, 1));
  if (init !== 'uniform') return values.fill(init === 'ones' ? 1 : 0);
  if (bound === undefined && (fanIn === undefined || fanIn < 1)) {
    throw new ArcherError(
      'ARCHER_PARAMETER',
      `Parameter ${name} is drawn from U(±1/√fanIn), but its fanIn is ${fanIn}.`,
    );
  }
  const limit = bound ?? 1 / Math.sqrt(fanIn ?? 1);
  return values.map(() => limit * (2 * stream.float() - 1));
}
