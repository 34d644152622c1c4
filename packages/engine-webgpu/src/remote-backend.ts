import { tf } from '@archer-nas/engine';
import type { GpuThread, NumberedInputs, Outputs } from './gpu-thread.ts';

/** The name under which TensorFlow.js knows the backend. */
export const BACKEND = 'archer-webgpu';

/** A tensor's data on the card: its number there, and how many tensors refer to it here. */
interface Entry {
  readonly id: number;
  refCount: number;
}

/** Shapes that are remembered; data-dependent attributes could otherwise fill the memory. */
const MOST_REMEMBERED = 20_000;

/**
 * TensorFlow.js's backend on this side: numbers instead of data. Kernels are queued without waiting
 * once the shapes of their outputs are known from an earlier call like this one.
 */
export class RemoteBackend extends tf.KernelBackend {
  readonly #thread: GpuThread;
  readonly #data: tf.DataStorage<Entry>;
  readonly #remembered = new Map<string, Outputs>();
  #next = 0;

  constructor(thread: GpuThread) {
    super();
    this.#thread = thread;
    this.#data = new tf.DataStorage<Entry>(this, tf.engine());
  }

  /** Runs a kernel of the thread. */
  run(name: string, inputs: tf.NamedTensorInfoMap, attrs: object): tf.TensorInfo | tf.TensorInfo[] {
    const call = described(name, inputs, attrs);
    const numbers = this.#numbered(inputs);
    const known = this.#remembered.get(call);
    const first = this.#next;
    if (known) this.#thread.send(['kernel', name, numbers, attrs, first]);
    const result = known ?? this.#thread.ask<Outputs>(['kernel', name, numbers, attrs, first]);
    if (!known) this.#remember(call, result);
    const made = result.outputs.map(({ shape, dtype }) => {
      const dataId = {};
      this.#data.set(dataId, { id: this.#next++, refCount: 1 });
      return { dataId, shape: [...shape], dtype };
    });
    return result.list ? made : (made[0] as tf.TensorInfo);
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    const id = this.#next++;
    // A view's message would take the whole buffer along, and its owner may change it at once.
    this.#thread.send(['write', id, typed(values, dtype).slice(), shape, dtype]);
    this.#data.set(dataId, { id, refCount });
  }

  override readSync(dataId: object): tf.BackendValues {
    return this.#thread.ask<tf.TypedArray>(['read', this.#data.get(dataId).id]);
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.#data.has(dataId)) return true;
    const entry = this.#data.get(dataId);
    entry.refCount--;
    if (!force && entry.refCount > 0) return false;
    this.#data.delete(dataId);
    this.#thread.send(['dispose', entry.id]);
    return true;
  }

  override incRef(dataId: object): void {
    this.#data.get(dataId).refCount++;
  }

  override refCount(dataId: object): number {
    return this.#data.has(dataId) ? this.#data.get(dataId).refCount : 0;
  }

  override numDataIds(): number {
    return this.#data.numDataIds();
  }

  override timerAvailable(): boolean {
    return false;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}

  #numbered(inputs: tf.NamedTensorInfoMap): NumberedInputs {
    const number = ({ dataId }: tf.TensorInfo): number => this.#data.get(dataId).id;
    if (Array.isArray(inputs)) return inputs.map(number);
    return Object.fromEntries(present(inputs).map(([name, info]) => [name, number(info)]));
  }

  #remember(call: string, outputs: Outputs): void {
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(call, outputs);
  }
}

/** Optional inputs may be there as null. */
function present(inputs: tf.NamedTensorInfoMap): [string, tf.TensorInfo][] {
  return Object.entries(inputs).filter(
    (entry): entry is [string, tf.TensorInfo] => entry[1] != null,
  );
}

/** Everything that the shapes of a kernel's outputs depend on. */
function described(name: string, inputs: tf.NamedTensorInfoMap, attrs: object): string {
  const shapes = present(inputs).map(([key, { shape, dtype }]) => `${key}:${dtype}[${shape}]`);
  return `${name} ${shapes.join()} ${JSON.stringify(attrs)}`;
}

function typed(values: tf.BackendValues, dtype: tf.DataType): tf.TypedArray {
  if (dtype === 'string' || dtype === 'complex64')
    throw new Error(`The engine webgpu has no tensors of type ${dtype}.`);
  return tf.util.toTypedArray(values as tf.TypedArray | number[], dtype);
}
