import { readFileSync } from 'node:fs';
import { type Global, type Memory, type Module, WebAssembly } from './web-assembly.ts';

/** What the module exports; addresses are signed, as WebAssembly gives them. */
export interface Exports {
  /** Where the arguments of a call are written. */
  arguments(): number;
  /** The name of an entry as a C string; 0 after the last one. */
  entryName(entry: number): number;
  run(entry: number, count: number): void;
  /** To be called when `run` or `work` was left by an exception, before the stack is put back. */
  recover(): void;
  setThreads(count: number): void;
  work(index: number): void;
  /** How many tasks a thread has done. */
  tasksOf(index: number): number;
  /** Memory for good, aligned to 64; 0 when there is no more. */
  allocate(bytes: number): number;
  readonly __stack_pointer: Global;
  /** Gives the calling instance's thread its variables, at an address of 64 bytes. */
  __wasm_init_tls(at: number): void;
}

/** The module in a memory that workers can share. */
export interface Instance {
  readonly module: Module;
  readonly memory: Memory;
  readonly exports: Exports;
}

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65536;

/** All that 32 bits can address. */
const ALL = 2 ** 32;

/** The generated file, as `build-wasm.mjs` makes it. */
const FILE = new URL('../../wasm/kernels.wasm', import.meta.url);

/**
 * Compiles the module and starts it in a memory of its own.
 *
 * @param most where its memory ends, in bytes; all that it can address unless given
 */
export function startInstance(most = ALL): Instance {
  const module = new WebAssembly.Module(readFileSync(FILE));
  const memory = new WebAssembly.Memory({ initial: 32, maximum: most / PAGE, shared: true });
  const refuse = (at: number, length: number): never => {
    throw refusal(text(memory, at, length));
  };
  const instance = new WebAssembly.Instance(module, { env: { memory }, archer: { refuse } });
  const exports = instance.exports as unknown as Exports;
  exports.__wasm_init_tls(exports.allocate(64));
  return { module, memory, exports };
}

/** An error as the kernels report what is wrong with a call. */
export function refusal(message: string): Error {
  return Object.assign(new Error(message), { code: 'ARCHER_NATIVE' });
}

/** The names of the module's entries, in their order. */
export function entryNames({ memory, exports }: Instance): string[] {
  const names: string[] = [];
  for (let at = exports.entryName(0); at !== 0; at = exports.entryName(names.length)) {
    const bytes = new Uint8Array(memory.buffer, at);
    names.push(text(memory, at, bytes.indexOf(0)));
  }
  return names;
}

function text(memory: Memory, at: number, length: number): string {
  return Buffer.from(memory.buffer, at >>> 0, length).toString('latin1');
}
