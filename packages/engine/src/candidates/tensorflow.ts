import { restoreRemovedFunctions } from '../removed-functions.ts';
import {
  type EngineCandidate,
  type EngineRequest,
  misfit,
  type RunningEngine,
} from './candidate.ts';
import { load } from './load.ts';

const CPU = '@tensorflow/tfjs-node';
const GPU = '@tensorflow/tfjs-node-gpu';

/** TensorFlow's C library on a GPU: tfjs-node-gpu, when it loads and sees one. */
export const tensorflowGpu: EngineCandidate = {
  name: 'tensorflow-gpu',
  async start(request) {
    const reason = misfit(request, 'cuda');
    if (reason) return { unavailable: reason };
    const before = request.tf.getBackend();
    const loaded = await loadTensorflow(GPU, request);
    if ('unavailable' in loaded) return loaded;
    if (!(await request.tf.setBackend('tensorflow')))
      return { unavailable: 'its backend does not start' };
    if (seesGpu(request)) return running(loaded.module, 'cuda', request);
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
    // Both packages register the same backend: the one that is there already stays.
    const taken = request.tf.findBackend('tensorflow') !== null;
    const first = await loadTensorflow(taken ? GPU : CPU, request);
    const useOther = 'unavailable' in first && !taken;
    const loaded = useOther ? await loadTensorflow(GPU, request) : first;
    if ('unavailable' in loaded) return 'unavailable' in first ? first : loaded;
    if (!(await request.tf.setBackend('tensorflow')))
      return { unavailable: 'its backend does not start' };
    return running(loaded.module, process.arch, request);
  },
};

interface TensorflowModule {
  readonly version?: Readonly<Record<string, string>>;
}

function loadTensorflow(
  name: string,
  { threads }: EngineRequest,
): ReturnType<typeof load<TensorflowModule>> {
  restoreRemovedFunctions();
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  // TensorFlow reports every CPU feature and GPU probe on stderr; keep warnings and errors.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  return load<TensorflowModule>(name);
}

function seesGpu({ tf }: EngineRequest): boolean {
  return (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
}

function running(module: TensorflowModule, isa: string, request: EngineRequest): RunningEngine {
  const { tf, threads } = request;
  return {
    version: module.version?.['tfjs-node'] ?? tf.version['tfjs-core'],
    precision: 'f32',
    isa,
    // Its reductions are split by thread; the same bits were never shown.
    reproducible: 'tolerance',
    threads,
    fused: {},
  };
}
