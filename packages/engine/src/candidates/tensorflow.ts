import { resolve } from 'node:path';
import { hostFused } from '../host-fused.ts';
import { BACKEND, type TensorflowBackend } from '../kernels/tensorflow/operations.ts';
import { repairTensorflow } from '../kernels/tensorflow/repair.ts';
import { restoreRemovedFunctions } from '../removed-functions.ts';
import { version } from '../version.ts';
import {
  type EngineCandidate,
  type EngineRequest,
  misfit,
  type RunningEngine,
  type Unavailable,
} from './candidate.ts';
import { load } from './load.ts';

const CPU = '@tensorflow/tfjs-node';
const GPU = '@tensorflow/tfjs-node-gpu';

/** Environment variable: the folder of the package to load instead of an installed one. */
const FOLDER = 'ARCHER_TFJS_NODE';

/** TensorFlow's C library on a GPU: tfjs-node-gpu, when it loads and sees one. */
export const tensorflowGpu: EngineCandidate = {
  name: 'tensorflow-gpu',
  async start(request) {
    const reason = misfit(request, 'cuda');
    if (reason) return { unavailable: reason };
    const before = request.tf.getBackend();
    const failure = await loadTensorflow(GPU, request);
    if (failure) return failure;
    if (backendOf(request).isUsingGpuDevice) return running('cuda', request);
    if (before) await request.tf.setBackend(before);
    return { unavailable: 'no GPU found' };
  },
};

/** TensorFlow's C library on the CPU: tfjs-node, or tfjs-node-gpu on a machine without a GPU. */
export const tensorflow: EngineCandidate = {
  name: 'tensorflow',
  async start(request) {
    const reason = misfit(request, process.arch);
    if (reason) return { unavailable: reason };
    const failure = await loadTensorflow(CPU, request);
    if (failure && (await loadTensorflow(GPU, request))) return failure;
    return running(process.arch, request);
  },
};

/** Loads the package unless its backend is there already, and makes that the current one. */
async function loadTensorflow(
  name: string,
  { tf, threads }: EngineRequest,
): Promise<Unavailable | undefined> {
  // Both packages register the same backend: the one that is there already stays.
  if (tf.findBackendFactory(BACKEND) === null) {
    restoreRemovedFunctions();
    if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    // TensorFlow reports every CPU feature and GPU probe on stderr; keep warnings and errors.
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
    const folder = process.env[FOLDER];
    const loaded = await load<object>(folder ? resolve(folder) : name);
    if ('unavailable' in loaded) return loaded;
    if (tf.findBackendFactory(BACKEND) === null)
      return { unavailable: 'it registers no TensorFlow backend' };
  }
  if (!(await tf.setBackend(BACKEND))) return { unavailable: 'its backend does not start' };
  repairTensorflow();
  return undefined;
}

function backendOf({ tf }: EngineRequest): TensorflowBackend {
  return tf.backend() as unknown as TensorflowBackend;
}

function running(isa: string, request: EngineRequest): RunningEngine {
  const library = backendOf(request).binding.TF_Version;
  return {
    version: `${version()}.tensorflow.${library}`,
    precision: 'f32',
    isa,
    // Its reductions are split by thread; the same bits were never shown.
    reproducible: 'tolerance',
    threads: request.threads,
    // The fused kernels rely on what TensorFlow's CPU kernels save for their gradients.
    fused: isa === 'cuda' ? {} : hostFused,
  };
}
