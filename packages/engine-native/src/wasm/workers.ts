import { Worker } from 'node:worker_threads';
import type { Instance } from './instance.ts';

/** The module has places for so many threads, the caller's included. */
export const MOST_THREADS = 16;

/** Each thread's stack, as large as the linker makes the caller's. */
const STACK = 262144;

/** For the thread's variables, below its stack. */
const VARIABLES = 64;

/**
 * A worker's whole program: it lives inside of `work` and comes out only by an exception. As text,
 * because Node cannot start a worker from TypeScript, nor from a file that a bundler has moved.
 */
const PROGRAM = `
const { workerData } = require('node:worker_threads');
const { module, memory, index, variables, stack } = workerData;
const refuse = () => { throw new Error('refused'); };
const instance = new WebAssembly.Instance(module, { env: { memory }, archer: { refuse } });
const { work, recover, __stack_pointer, __wasm_init_tls } = instance.exports;
__stack_pointer.value = stack;
__wasm_init_tls(variables);
for (;;) {
  try {
    work(index);
  } catch {
    recover();
    __stack_pointer.value = stack;
  }
}
`;

/**
 * Threads for the kernels. They are started when they are first asked for, sleep when there is
 * nothing to do, and do not keep the process alive.
 */
export class Workers {
  readonly #instance: Instance;
  #started = 1;

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  /** Lets `count` threads work on each kernel, the caller's included; at most 16. */
  use(count: number): void {
    const threads = Math.min(count, MOST_THREADS);
    while (this.#started < threads) this.#start(this.#started++);
    this.#instance.exports.setThreads(threads);
  }

  #start(index: number): void {
    const { module, memory, exports } = this.#instance;
    const variables = exports.allocate(VARIABLES + STACK) >>> 0;
    if (variables === 0) throw new Error('No memory for a thread.');
    const stack = variables + VARIABLES + STACK;
    const workerData = { module, memory, index, variables, stack };
    // Without the parent's loaders: they would only make the start slow.
    const worker = new Worker(PROGRAM, { eval: true, execArgv: [], workerData });
    worker.unref();
    // Others do its work then; nobody waits for it.
    worker.on('error', (error) => {
      process.emitWarning(`A thread of the engine native-wasm has ended: ${error.message}`);
    });
  }
}
