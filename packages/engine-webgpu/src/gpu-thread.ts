import { once } from 'node:events';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { ArcherError, EXIT } from '@archer-nas/core';
import type { tf, Unavailable } from '@archer-nas/engine';
import type { Adapter } from './adapter.ts';
import type { Packages } from './packages.ts';

/** Inputs of a kernel as the numbers of their tensors. */
export type NumberedInputs = Readonly<Record<string, number>> | readonly number[];

/** What the thread is asked to do; see `gpu-thread.mjs`. */
export type Command =
  | readonly ['write', id: number, values: tf.TypedArray, shape: number[], dtype: tf.DataType]
  | readonly ['kernel', name: string, inputs: NumberedInputs, attrs: object, first: number]
  | readonly ['dispose', id: number]
  | readonly ['read', id: number]
  | readonly ['census'];

/** What a kernel gave: one tensor, or a list of them. */
export interface Outputs {
  readonly list: boolean;
  readonly outputs: readonly { readonly shape: number[]; readonly dtype: tf.DataType }[];
}

/** What the thread found when it started. */
export interface Greeting {
  readonly adapter: Adapter;
  /** Of its copy of TensorFlow.js. */
  readonly version: string;
  /** Names of the kernels that it can run. */
  readonly kernels: readonly string[];
}

/** Commands that are sent together: a message costs more than most kernels take to be queued. */
const BATCH = 32;

/**
 * A thread that owns a graphics card. WebGPU answers by promises only, while TensorFlow.js and
 * Archer read losses and accuracies synchronously: this side sleeps until the other has answered.
 */
export class GpuThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #control: Int32Array;
  #waiting: Command[] = [];

  private constructor(worker: Worker, port: MessagePort, signal: SharedArrayBuffer) {
    this.#worker = worker;
    this.#port = port;
    this.#control = new Int32Array(signal);
  }

  /** Starts the thread, or says why it has no card to compute on. */
  static async start(
    packages: Packages,
  ): Promise<{ readonly thread: GpuThread; readonly greeting: Greeting } | Unavailable> {
    const { port1, port2 } = new MessageChannel();
    const signal = new SharedArrayBuffer(4);
    const worker = new Worker(new URL('../gpu-thread.mjs', import.meta.url), {
      workerData: { ...packages, port: port2, signal },
      transferList: [port2],
      // Without the parent's loaders: they would only make the start slow.
      execArgv: [],
    });
    const [greeting] = (await once(worker, 'message')) as [Greeting | Unavailable];
    const thread = new GpuThread(worker, port1, signal);
    if ('unavailable' in greeting) {
      await thread.stop();
      return greeting;
    }
    // Neither keeps the process alive.
    worker.unref();
    port1.unref();
    return { thread, greeting };
  }

  /** Has it done some time later, after everything that was sent before. */
  send(command: Command): void {
    this.#waiting.push(command);
    if (this.#waiting.length >= BATCH) this.#post(false);
  }

  /**
   * Has it done now.
   * @throws ArcherError `ARCHER_ENGINE_FAILED` with what went wrong since the last answer
   */
  ask<T>(command: Command): T {
    this.#waiting.push(command);
    Atomics.store(this.#control, 0, 0);
    this.#post(true);
    Atomics.wait(this.#control, 0, 0);
    const received = receiveMessageOnPort(this.#port) as
      | { readonly message: { readonly value: T } | { readonly failure: string } }
      | undefined;
    if (received === undefined) throw failed('its thread has ended');
    if ('failure' in received.message) throw failed(received.message.failure);
    return received.message.value;
  }

  async stop(): Promise<void> {
    this.#port.close();
    await this.#worker.terminate();
  }

  #post(awaited: boolean): void {
    this.#port.postMessage({ commands: this.#waiting, awaited });
    this.#waiting = [];
  }
}

function failed(reason: string): ArcherError {
  return new ArcherError('ARCHER_ENGINE_FAILED', `The engine webgpu failed: ${reason}.`, {
    hint: 'Less memory is needed with a smaller batch; --engine native computes on the processor.',
    exit: EXIT.engine,
  });
}
