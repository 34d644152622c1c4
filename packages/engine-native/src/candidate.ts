import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import {
  type EngineCandidate,
  type EngineRequest,
  type RunningEngine,
  tf,
  type Unavailable,
} from '@archer-nas/engine';
import { type Addon, loadAddon } from './addon.ts';
import {
  BACKEND,
  BACKENDS,
  type BackendName,
  createBackend,
  type NativeBackend,
  WASM_BACKEND,
} from './backend.ts';
import { nativeFused } from './fused.ts';
import { registerKernels } from './kernels/register-all.ts';
import { type Precision, pathsOf, takePath } from './precision.ts';
import { loadWasm } from './wasm/wasm-addon.ts';

/** More threads than a batch has groups of images do not help small networks. */
const MOST_THREADS = 16;

/**
 * Archer's own kernels as an engine. Same bits on every run and for every number of threads;
 * the instruction-set path decides them, which is why it is part of the engine's class.
 */
export const candidate: EngineCandidate = {
  name: 'native',
  start: (request) => start(request, BACKEND, loadAddon),
};

/**
 * The same kernels as a WebAssembly module that is part of the package: for machines where the
 * addon was not built. Same bits on every machine.
 */
export const wasmCandidate: EngineCandidate = {
  name: 'native-wasm',
  start: (request) => start(request, WASM_BACKEND, loadWasm),
};

async function start(
  request: EngineRequest,
  backend: BackendName,
  load: typeof loadAddon,
): Promise<RunningEngine | Unavailable> {
  const loaded = load();
  if ('unavailable' in loaded) return loaded;
  const { addon } = loaded;
  const { precision = 'f32' } = request;
  const paths = pathsOf(addon, precision);
  const reason = refusal(request, backend, paths);
  if (reason) return { unavailable: reason };
  const isa = request.isa ?? (paths[0] as string);
  const threads = Math.max(1, Math.min(request.threads ?? availableParallelism(), MOST_THREADS));
  configure(addon, isa, threads, backend, precision);
  if (!(await tf.setBackend(backend))) return { unavailable: 'its backend does not start' };
  return {
    version: version(),
    precision,
    isa,
    reproducible: 'bitwise',
    threads,
    fused: nativeFused,
  };
}

function refusal(
  request: EngineRequest,
  backend: BackendName,
  paths: readonly string[],
): string | undefined {
  const { precision = 'f32', isa } = request;
  if (request.tf !== tf) return 'another copy of TensorFlow.js is in use';
  if (paths.length === 0) {
    const cpu = cpus()[0]?.model.trim() || process.arch;
    return backend === WASM_BACKEND
      ? `computes in f32, not ${precision}`
      : `computes in ${precision} with avx512_bf16, which this processor (${cpu}) or the addon's compiler lacks`;
  }
  if (isa !== undefined && !paths.includes(isa)) {
    const which = precision === 'f32' ? '' : ` for ${precision}`;
    return `its instruction-set paths${which} here are ${paths.join(', ')}, not ${isa}`;
  }
  return undefined;
}

/** Registers the backend once per process and sets how it computes. */
export function configure(
  addon: Addon,
  isa: string,
  threads: number,
  backend: BackendName = BACKEND,
  precision: Precision = 'f32',
): void {
  // What waits was called on the path before.
  (tf.findBackend(backend) as NativeBackend | undefined)?.queue.run();
  takePath(addon, isa, precision);
  addon.setThreads(threads);
  if (tf.findBackendFactory(backend)) return;
  if (!BACKENDS.some((name) => tf.findBackendFactory(name))) registerKernels();
  tf.registerBackend(backend, () => createBackend(addon));
}

/** `4.22.0+0.1.0`: TensorFlow.js and this package. */
function version(): string {
  const manifest = createRequire(import.meta.url)('../package.json') as { version: string };
  return `${tf.version['tfjs-core']}+${manifest.version}`;
}
