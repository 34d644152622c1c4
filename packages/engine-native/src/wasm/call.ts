import type { Instance } from './instance.ts';
import type { WasmMemory } from './memory.ts';

/** Kinds of arguments, as `arguments.h` numbers them. */
const OTHER = 0;
const NUMBER = 1;
const BOOLEAN = 2;
const NULL = 3;
const FLOATS = 4;
const INTEGERS = 5;
const LIST = 6;

/** An argument is two 32-bit integers and a double. */
const ARGUMENT = 16;
const MOST_ARGUMENTS = 24;

type Numbers = Float32Array | Int32Array;

/**
 * Calls of the module's entries. Arguments are checked in the module. Arrays that lie in its
 * memory are used where they are; others are copied into it, and back when they are outputs.
 */
export class Calls {
  readonly #exports: Instance['exports'];
  readonly #memory: WasmMemory;
  readonly #integers: Int32Array;
  readonly #doubles: Float64Array;
  /** Where copies of arrays lie during a call, and where the next one goes. */
  #staging = { at: 0, bytes: 0 };
  #next = 0;

  constructor({ memory, exports }: Instance, wasmMemory: WasmMemory) {
    this.#exports = exports;
    this.#memory = wasmMemory;
    const at = exports.arguments();
    this.#integers = new Int32Array(memory.buffer, at, (MOST_ARGUMENTS * ARGUMENT) / 4);
    this.#doubles = new Float64Array(memory.buffer, at, (MOST_ARGUMENTS * ARGUMENT) / 8);
  }

  /** Calls an entry whose last `outputs` arguments are written. */
  call(entry: number, outputs: number, args: readonly unknown[]): void {
    this.#reserve(args);
    const count = Math.min(args.length, MOST_ARGUMENTS);
    for (let i = 0; i < count; i++) this.#write(i, args[i]);
    this.#run(entry, args.length);
    for (let i = Math.max(0, count - outputs); i < count; i++) this.#read(i, args[i]);
  }

  #run(entry: number, count: number): void {
    const stack = this.#exports.__stack_pointer;
    const top = stack.value;
    try {
      this.#exports.run(entry, count);
    } catch (error) {
      // Below the frames that were left: other threads may still use them.
      this.#exports.recover();
      stack.value = top;
      throw error;
    }
  }

  /** Makes room for copies of all arrays that lie elsewhere. */
  #reserve(args: readonly unknown[]): void {
    let bytes = 0;
    for (const arg of args) {
      if (isNumbers(arg)) bytes += this.#foreign(arg);
      else if (Array.isArray(arg)) {
        bytes += aligned(8 * arg.length);
        for (const item of arg) if (isNumbers(item)) bytes += this.#foreign(item);
      }
    }
    if (bytes > this.#staging.bytes) {
      const size = Math.max(65536, 2 ** Math.ceil(Math.log2(bytes)));
      this.#staging = { at: this.#memory.allocate(size), bytes: size };
    }
    this.#next = this.#staging.at;
  }

  #foreign(values: Numbers): number {
    return this.#memory.has(values) ? 0 : aligned(values.byteLength);
  }

  #write(i: number, arg: unknown): void {
    if (typeof arg === 'number') this.#put(i, NUMBER, 0, arg);
    else if (arg instanceof Float32Array) this.#put(i, FLOATS, arg.length, this.#place(arg));
    else if (arg instanceof Int32Array) this.#put(i, INTEGERS, arg.length, this.#place(arg));
    else if (arg === null || arg === undefined) this.#put(i, NULL, 0, 0);
    else if (typeof arg === 'boolean') this.#put(i, BOOLEAN, 0, arg ? 1 : 0);
    else if (Array.isArray(arg)) this.#put(i, LIST, arg.length, this.#list(arg));
    else this.#put(i, OTHER, 0, 0);
  }

  #put(i: number, kind: number, length: number, value: number): void {
    this.#integers[4 * i] = kind;
    this.#integers[4 * i + 1] = length;
    this.#doubles[2 * i + 1] = value;
  }

  /** The address of an array's values: its own, or that of a copy. */
  #place(values: Numbers): number {
    if (this.#memory.has(values)) return values.byteOffset;
    const at = this.#take(values.byteLength);
    if (values instanceof Float32Array) this.#memory.floats(at, values.length).set(values);
    else this.#memory.integers(at, values.length).set(values);
    return at;
  }

  /** Addresses and lengths; what is no tensor has a length that no size accepts. */
  #list(items: readonly unknown[]): number {
    const at = this.#take(8 * items.length);
    const pairs = this.#memory.integers(at, 2 * items.length);
    items.forEach((item, k) => {
      pairs[2 * k] = item instanceof Float32Array ? this.#place(item) : 0;
      pairs[2 * k + 1] = item instanceof Float32Array ? item.length : -1;
    });
    return at;
  }

  #take(bytes: number): number {
    const at = this.#next;
    this.#next += aligned(bytes);
    return at;
  }

  /** Copies an output, or a list of them, back to where the caller has it. */
  #read(i: number, arg: unknown): void {
    const at = this.#doubles[2 * i + 1] as number;
    if (arg instanceof Float32Array) this.#copyBack(at, arg);
    if (!Array.isArray(arg)) return;
    const pairs = this.#memory.integers(at, 2 * arg.length);
    arg.forEach((item, k) => {
      if (item instanceof Float32Array) this.#copyBack(pairs[2 * k] as number, item);
    });
  }

  #copyBack(at: number, values: Float32Array): void {
    if (!this.#memory.has(values)) values.set(this.#memory.floats(at, values.length));
  }
}

function isNumbers(value: unknown): value is Numbers {
  return value instanceof Float32Array || value instanceof Int32Array;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
