import tf from '#tfjs';

/**
 * The memory of a backend's tensors, as typed arrays, so that one kernel in plain loops
 * serves every backend whose memory JavaScript can reach.
 */
export interface TensorMemory {
  /** A new tensor's description. Its values are undefined until written. */
  allocate(shape: readonly number[]): tf.TensorInfo;
  /**
   * The live values of a float32 tensor. WebAssembly memory moves when it grows: allocate
   * everything first, then take the views, and keep none after the kernel.
   */
  view(tensor: tf.TensorInfo): Float32Array;
  /** The live values of an int32 tensor; same rule. */
  viewInt(tensor: tf.TensorInfo): Int32Array;
  dispose(tensor: tf.TensorInfo): void;
  /** Runs another kernel of the same backend, outside the tape. */
  run(kernel: string, inputs: tf.NamedTensorInfoMap, attrs?: Attributes): tf.TensorInfo;
}

/** Attributes of a kernel call, as its author wrote them. */
export type Attributes = Readonly<Record<string, unknown>>;

type Values = Float32Array | Int32Array | Uint8Array;

/** What is used of tfjs-backend-cpu. */
interface CpuBackend {
  readonly data: { get(id: object): { readonly values: Values } };
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Values): tf.TensorInfo;
  disposeData(id: object): void;
}

/** What is used of tfjs-backend-wasm. */
interface WasmBackend {
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): Values;
  disposeData(id: object): void;
}

/** Backends whose memory JavaScript can reach, and how. */
const MEMORIES = {
  cpu: (backend: CpuBackend): Omit<TensorMemory, 'run'> => ({
    allocate: (shape) => backend.makeTensorInfo([...shape], 'float32', zeros(shape)),
    view: (tensor) => backend.data.get(tensor.dataId).values as Float32Array,
    viewInt: (tensor) => backend.data.get(tensor.dataId).values as Int32Array,
    dispose: (tensor) => backend.disposeData(tensor.dataId),
  }),
  wasm: (backend: WasmBackend): Omit<TensorMemory, 'run'> => ({
    allocate: (shape) => backend.makeOutput([...shape], 'float32'),
    view: (tensor) => backend.typedArrayFromHeap(tensor) as Float32Array,
    viewInt: (tensor) => backend.typedArrayFromHeap(tensor) as Int32Array,
    dispose: (tensor) => backend.disposeData(tensor.dataId),
  }),
};

/** Names of the backends that {@link registerKernel} can serve. */
export type HostBackend = keyof typeof MEMORIES;

/** A kernel in plain loops. */
export interface HostKernel {
  readonly name: string;
  compute(
    inputs: tf.NamedTensorInfoMap,
    attrs: Attributes,
    memory: TensorMemory,
  ): tf.TensorInfo | tf.TensorInfo[];
}

/** Registers `kernel` for `backendName`, in the place of an existing one. */
export function registerKernel(backendName: HostBackend, kernel: HostKernel): void {
  if (hasKernel(kernel.name, backendName)) tf.unregisterKernel(kernel.name, backendName);
  tf.registerKernel({
    kernelName: kernel.name,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel.compute(inputs, (attrs ?? {}) as Attributes, memoryOf(backendName, backend as object)),
  });
}

/** Whether the backend has a kernel of that name. */
export function hasKernel(name: string, backendName: string): boolean {
  return tf.getKernelsForBackend(backendName).some((kernel) => kernel.kernelName === name);
}

/** The named input; a kernel that was called without it is a mistake of the caller. */
export function input(inputs: tf.NamedTensorInfoMap, name: string): tf.TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new Error(`A kernel was called without its input '${name}'.`);
  return tensor;
}

function memoryOf(name: HostBackend, backend: object): TensorMemory {
  const memory = MEMORIES[name](backend as CpuBackend & WasmBackend);
  const run: TensorMemory['run'] = (kernel, inputs, attrs) => {
    const found = tf.getKernel(kernel, name);
    const args = { inputs, attrs: attrs as tf.NamedAttrMap, backend };
    return found.kernelFunc(args) as tf.TensorInfo;
  };
  return { ...memory, run };
}

function zeros(shape: readonly number[]): Float32Array {
  return new Float32Array(shape.reduce((a, b) => a * b, 1));
}
