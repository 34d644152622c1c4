/** What a run needs to know about the engine that computes its tensors. */
export interface EngineInfo {
  /** `tensorflow-gpu`, `webgpu`, `native`, `native-wasm`, `tensorflow`, `wasm`, `js`. */
  readonly name: string;
  readonly version: string;
  readonly precision: 'f32' | 'bf16';
  /** Instruction-set path, where results can depend on it. */
  readonly isa: string;
  /** Name, version, precision and path: equal classes give equal bits (or tolerances). */
  readonly class: string;
  readonly reproducible: 'bitwise' | 'tolerance';
  /** One line: which engine runs, and why not a better one. */
  readonly description: string;
}
