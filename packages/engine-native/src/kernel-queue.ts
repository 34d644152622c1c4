import type { Addon, Kernels } from './addon.ts';

/** Functions of the addon that are no kernels. */
type Administration = Exclude<keyof Addon, keyof Kernels>;

const ADMINISTRATION: Readonly<Record<Administration, true>> = {
  buffer: true,
  setThreads: true,
  paths: true,
  usePath: true,
  bf16Paths: true,
  useBf16Path: true,
};

/** Calls that wait at most; a loop that reads nothing runs them when there are so many. */
const MOST_CALLS = 1024;

type Call = (...values: readonly unknown[]) => void;

/**
 * Kernels that wait until somebody reads a result, and then run in the order of their calls. A
 * kernel drives JavaScript out of the processor's caches: bookkeeping between any two of them costs
 * several times what it costs in one go. Memory may be given back, and be handed out again, while
 * a call that uses it waits: later calls run later.
 */
export class KernelQueue {
  /** The kernels, to be called as ever; shapes and lists that they are given must stay as they are. */
  readonly kernels: Kernels;
  /** What computes; a bench puts clocks around it. */
  addon: Addon;
  readonly #names: string[] = [];
  readonly #values: (readonly unknown[])[] = [];
  #borrowed = false;

  constructor(addon: Addon) {
    this.addon = addon;
    const names = Object.keys(addon).filter((name) => !(name in ADMINISTRATION));
    const calls = names.map((name): [string, Call] => [
      name,
      (...values) => this.#add(name, values),
    ]);
    this.kernels = Object.fromEntries(calls) as unknown as Kernels;
  }

  /** The next call reads memory that its owner may change afterwards: it will not wait. */
  borrow(): void {
    this.#borrowed = true;
  }

  /** Runs what waits. @throws Error of the first kernel that refuses; those behind it are lost */
  run(): void {
    if (this.#names.length === 0) return;
    const names = this.#names.splice(0);
    const values = this.#values.splice(0);
    const kernels = this.addon as unknown as Readonly<Record<string, Call>>;
    for (let i = 0; i < names.length; i++) {
      kernels[names[i] as string]?.(...(values[i] as readonly unknown[]));
    }
  }

  #add(name: string, values: readonly unknown[]): void {
    this.#names.push(name);
    this.#values.push(values);
    if (!this.#borrowed && this.#names.length < MOST_CALLS) return;
    this.#borrowed = false;
    this.run();
  }
}
