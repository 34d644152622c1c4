import { tf } from '@archer-nas/engine';
import type { Addon, Kernels } from './addon.ts';
import { Entries, type Entry, Pooled } from './entries.ts';
import { KernelQueue } from './kernel-queue.ts';
import { TensorBuffers } from './tensor-buffers.ts';

/** Name under which TensorFlow.js knows the backend on the addon. */
export const BACKEND = 'archer-native';

/** Name of the same on the WebAssembly module. */
export const WASM_BACKEND = 'archer-native-wasm';

/** The backends that the kernels are registered for. */
export const BACKENDS = [BACKEND, WASM_BACKEND] as const;

/** Name of one of them. */
export type BackendName = (typeof BACKENDS)[number];

/** What is used of tfjs-backend-cpu's class. */
interface CpuBackend extends tf.KernelBackend {
  data: Entries;
  write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object;
  readSync(id: object): tf.backend_util.BackendValues;
  disposeData(id: object, force?: boolean): boolean;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values?: Entry['values']): tf.TensorInfo;
}

/** A float32 tensor that a kernel is about to write. */
export interface Output {
  readonly info: tf.TensorInfo;
  readonly values: Float32Array;
}

/** The backend: TensorFlow.js's plain one with tensors in reused memory. */
export interface NativeBackend extends CpuBackend {
  readonly queue: KernelQueue;
  /** The kernels: those of the queue. */
  readonly kernels: Kernels;
  readonly buffers: TensorBuffers;
  /** A new float32 tensor with undefined values. */
  allocate(shape: readonly number[]): Output;
  /** A new float32 tensor of `values`, which {@link buffers} have given. */
  adopt(values: Float32Array, shape: readonly number[]): tf.TensorInfo;
  /** A float32 tensor's memory for the next kernel, which may still have to be computed. */
  values(tensor: tf.TensorInfo): Float32Array;
  /** The numbers of an int32 tensor. */
  integers(tensor: tf.TensorInfo): Int32Array;
  /** Whether the values lie here, in the backend's memory, and no other tensor refers to them. */
  exclusive(tensor: tf.TensorInfo): boolean;
}

/** Numbers in a tensor of that shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (let d = 0; d < shape.length; d++) size *= shape[d] as number;
  return size;
}

/**
 * Makes the backend's class on top of the `cpu` backend of the one copy of TensorFlow.js that
 * the kernels are registered with; every kernel that is not replaced works on it as it is.
 */
export function createBackend(addon: Addon): NativeBackend {
  const Cpu = (tf.findBackend('cpu') as CpuBackend).constructor as new () => CpuBackend;

  class Native extends Cpu implements NativeBackend {
    readonly queue = new KernelQueue(addon);
    readonly kernels = this.queue.kernels;
    readonly buffers = new TensorBuffers(addon);
    override data = new Entries((id) => tf.engine().moveData(this, id));

    allocate(shape: readonly number[]): Output {
      const values = this.buffers.take(sizeOf(shape));
      return { info: this.adopt(values, shape), values };
    }

    adopt(values: Float32Array, shape: readonly number[]): tf.TensorInfo {
      const dataId = {};
      this.data.set(dataId, new Pooled(values, this.queue));
      return { dataId, shape: shape as number[], dtype: 'float32' };
    }

    values(tensor: tf.TensorInfo): Float32Array {
      const entry = this.data.get(tensor.dataId);
      if (entry.memory !== undefined) return entry.memory;
      this.queue.borrow();
      const { values } = entry;
      // A cast that loses nothing shares its input's array, of whatever type that is.
      return values instanceof Float32Array ? values : Float32Array.from(values);
    }

    integers(tensor: tf.TensorInfo): Int32Array {
      const { values } = this.data.get(tensor.dataId);
      this.queue.borrow();
      return values instanceof Int32Array ? values : Int32Array.from(values);
    }

    exclusive(tensor: tf.TensorInfo): boolean {
      if (!this.data.has(tensor.dataId)) return false;
      const { memory, refCount } = this.data.get(tensor.dataId);
      return memory !== undefined && refCount === 1;
    }

    override write(
      values: tf.backend_util.BackendValues,
      shape: number[],
      dtype: tf.DataType,
    ): object {
      // A kernel of `cpu` may give a part of its input as its output; that memory is reused.
      const shared = ArrayBuffer.isView(values) && this.buffers.owns(values);
      return super.write(shared ? values.slice() : values, shape, dtype);
    }

    override readSync(id: object): tf.backend_util.BackendValues {
      const values = super.readSync(id);
      return this.data.get(id).memory ? (values as Float32Array).slice() : values;
    }

    override disposeData(id: object, force = false): boolean {
      if (!this.data.has(id)) return true;
      const { memory } = this.data.get(id);
      const gone = super.disposeData(id, force);
      if (gone && memory) this.buffers.give(memory);
      return gone;
    }
  }

  return new Native();
}
