import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { hostFused } from '../host-fused.ts';
import { repairKernels } from '../kernels/repair.ts';
import { version } from '../version.ts';
import { type EngineCandidate, misfit } from './candidate.ts';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';

/** TensorFlow.js's WebAssembly backend with Archer's kernels; its binary is in the npm package. */
export const wasm: EngineCandidate = {
  name: 'wasm',
  async start(request) {
    const { tf } = request;
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    // XNNPACK takes other kernels on x64 than on arm64, and they round differently.
    const isa = `${simd ? 'simd128' : 'scalar'}-${process.arch}`;
    const reason = misfit(request, isa);
    if (reason) return { unavailable: reason };
    setWasmPaths(dirname(createRequire(import.meta.url).resolve(PACKAGE)) + sep);
    if (!(await tf.setBackend('wasm'))) return { unavailable: 'its binary does not start' };
    repairKernels('wasm');
    return {
      version: version(),
      precision: 'f32',
      isa,
      reproducible: 'bitwise',
      // tfjs starts no threads in Node: its worker script is a blob URL, which Node refuses.
      threads: 1,
      fused: hostFused,
    };
  },
};
