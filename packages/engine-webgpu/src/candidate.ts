import { createRequire } from 'node:module';
import {
  type EngineCandidate,
  type EngineRequest,
  type FusedKernels,
  hostFused,
  type RunningEngine,
  tf,
  type Unavailable,
} from '@archer-nas/engine';
import { isSoftware, pathOf } from './adapter.ts';
import { GpuThread, type Greeting } from './gpu-thread.ts';
import { registerKernels } from './kernels.ts';
import { findPackages } from './packages.ts';
import { BACKEND, RemoteBackend } from './remote-backend.ts';

/** Those of the engine's fused functions whose kernels are in `fused-kernels.ts`. */
const FUSED: FusedKernels = {
  reluConvBatchNorm: hostFused.reluConvBatchNorm,
  batchNorm: hostFused.batchNorm,
  softmaxCrossEntropy: hostFused.softmaxCrossEntropy,
  sgdStep: hostFused.sgdStep,
};

/** What `auto` says in a word, and whoever asked for the engine gets told how. */
const NOT_INSTALLED: Unavailable = { unavailable: 'not installed' };

/** The thread of this process; a second one would be a second device. */
let running: { readonly thread: GpuThread; readonly greeting: Greeting } | undefined;

/**
 * A graphics card by WebGPU. `auto` takes it where the card is one; an adapter that computes on the
 * processor runs only when the engine is asked for by name.
 */
export const candidate: EngineCandidate = {
  name: 'webgpu',
  async start(request) {
    const { precision = 'f32' } = request;
    if (request.tf !== tf) return { unavailable: 'another copy of TensorFlow.js is in use' };
    if (precision !== 'f32') return { unavailable: `computes in f32, not ${precision}` };
    const packages = findPackages();
    if ('unavailable' in packages) return request.named ? packages : NOT_INSTALLED;
    const started = running ?? (await GpuThread.start(packages));
    if ('unavailable' in started) return started;
    const reason = refusal(request, started.greeting);
    if (reason) {
      if (!running) await started.thread.stop();
      return { unavailable: reason };
    }
    running = started;
    return use(started, packages.version);
  },
};

function refusal({ isa, named }: EngineRequest, greeting: Greeting): string | undefined {
  const { adapter, version } = greeting;
  const own = tf.version['tfjs-core'];
  if (version !== own) return `its TensorFlow.js is ${version}, the engine's ${own}`;
  if (!named && isSoftware(adapter)) return `only a software adapter, ${adapter.description}`;
  const path = pathOf(adapter);
  return isa === undefined || isa === path
    ? undefined
    : `its instruction-set path is ${path}, not ${isa}`;
}

async function use(
  { thread, greeting }: { readonly thread: GpuThread; readonly greeting: Greeting },
  dawn: string,
): Promise<RunningEngine | Unavailable> {
  if (!tf.findBackendFactory(BACKEND)) {
    registerKernels(greeting.kernels);
    tf.registerBackend(BACKEND, () => new RemoteBackend(thread));
  }
  if (!(await tf.setBackend(BACKEND))) return { unavailable: 'its backend does not start' };
  const manifest = createRequire(import.meta.url)('../package.json') as { version: string };
  return {
    version: `${tf.version['tfjs-core']}+${manifest.version}.dawn.${dawn}`,
    precision: 'f32',
    isa: pathOf(greeting.adapter),
    // Repeated runs gave the same bits on every device that was tried; not all were.
    reproducible: 'tolerance',
    fused: FUSED,
  };
}
