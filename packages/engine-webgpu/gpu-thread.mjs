// @ts-check
// The program of the thread that owns the graphics card: it runs kernels of tfjs-backend-webgpu in
// the order in which the engine's thread asks for them, and wakes that thread with an answer where
// it waits for one. Only here can the card's promises be awaited while tfjs reads synchronously.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

const { dawn, library, port, signal } = workerData;
const control = new Int32Array(signal);

/** @type {any} */
let tf;
/** @type {any} */
let backend;
/** What went wrong unnoticed: from then on every answer says so. @type {string | undefined} */
let failure;

/** Tensors by the number that the engine's thread gave them. @type {Map<number, any>} */
const tensors = new Map();

/** Starts the backend. @returns what the engine's thread asks first */
async function start() {
  const { create, globals } = await import(dawn);
  Object.assign(globalThis, globals);
  const gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return { unavailable: 'no graphics adapter found' };
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  const require = createRequire(library);
  tf = require('@tensorflow/tfjs-core');
  require(library);
  tf.enableProdMode();
  if (!(await tf.setBackend('webgpu'))) return { unavailable: 'its backend does not start' };
  backend = tf.backend();
  backend.device.addEventListener('uncapturederror', (/** @type {any} */ event) => {
    failure ??= event.error.message;
  });
  backend.device.lost.then((/** @type {any} */ info) => {
    failure ??= `the device is lost: ${info.message}`;
  });
  return {
    adapter: { vendor, architecture, device, description, software: Boolean(isFallbackAdapter) },
    version: tf.version_core,
    kernels: tf
      .getKernelsForBackend('webgpu')
      .map((/** @type {any} */ kernel) => kernel.kernelName),
  };
}

/** @type {Record<string, (...values: any[]) => unknown>} */
const COMMANDS = {
  write(id, values, shape, dtype) {
    tensors.set(id, { dataId: backend.write(values, shape, dtype), shape, dtype });
  },
  /** Outputs take the numbers from `first` on. @returns their shapes and types */
  kernel(name, inputs, attrs, first) {
    const result = tf
      .getKernel(name, 'webgpu')
      .kernelFunc({ inputs: resolved(inputs), attrs, backend });
    const outputs = Array.isArray(result) ? result : [result];
    for (const [i, output] of outputs.entries()) tensors.set(first + i, output);
    const described = outputs.map(({ shape, dtype }) => ({ shape, dtype }));
    return { list: Array.isArray(result), outputs: described };
  },
  dispose(id) {
    const tensor = tensors.get(id);
    tensors.delete(id);
    if (tensor) backend.disposeData(tensor.dataId);
  },
  async read(id) {
    const values = await backend.read(tensors.get(id).dataId);
    // Its own copy: what the backend keeps must not leave with the message.
    return values.slice();
  },
  /** Tensors that the backend holds, and those of them that have a number. */
  census() {
    return { held: backend.numDataIds(), numbered: tensors.size };
  },
};

/** @param {Record<string, number> | readonly number[]} inputs numbers of tensors */
function resolved(inputs) {
  const find = (/** @type {number} */ id) => {
    const tensor = tensors.get(id);
    if (!tensor) throw new Error(`tensor ${id} is gone`);
    return tensor;
  };
  if (Array.isArray(inputs)) return inputs.map(find);
  return Object.fromEntries(Object.entries(inputs).map(([name, id]) => [name, find(id)]));
}

/** @param {any[]} command @param {boolean} awaited whether the engine's thread waits for it */
async function execute([verb, ...values], awaited) {
  try {
    const value = COMMANDS[verb]?.(...values);
    if (awaited) answer({ value: await value });
  } catch (error) {
    const reason = /** @type {Error} */ (error).message;
    if (awaited) answer({ failure: reason });
    else failure ??= reason;
  }
}

/** @param {{ value: unknown } | { failure: string }} message */
function answer(message) {
  port.postMessage(failure === undefined ? message : { failure });
  wake();
}

function wake() {
  Atomics.store(control, 0, 1);
  Atomics.notify(control, 0);
}

port.on('message', async (/** @type {any} */ { commands, awaited }) => {
  for (const [i, command] of commands.entries()) {
    await execute(command, awaited && i === commands.length - 1);
  }
});
// Whoever waits finds no answer then, and says so.
process.on('exit', wake);

parentPort?.postMessage(
  await start().catch((error) => ({ unavailable: `does not start: ${error.message}` })),
);
