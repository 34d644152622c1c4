/** A compiled module: opaque, and a worker can be given it. */
export type Module = object;

/** Memory that threads share. */
export interface Memory {
  /** Another object after the memory has grown; the ones before stay valid. */
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** A number that the module and JavaScript both see. */
export interface Global {
  value: number;
}

/** What is used of JavaScript's `WebAssembly`, which TypeScript declares only for browsers. */
interface Api {
  readonly Module: new (bytes: Uint8Array) => Module;
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => Memory;
  readonly Instance: new (module: Module, imports: object) => { readonly exports: object };
}

export const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Api };
