// @ts-check
// tfjs-backend-wasm as it is on npm, with the one kernel composed without which no convolution
// trains on it: what the engine `wasm` is compared with.
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { tf } from '@archer-nas/engine';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';
/** Under a name of its own, for which Archer has no fused kernels. */
const BACKEND = 'tfjs-wasm';

export async function startStockWasm() {
  const engine = createRequire(
    createRequire(import.meta.url).resolve('@archer-nas/engine/package.json'),
  );
  const wasm = await import(engine.resolve(PACKAGE));
  wasm.setWasmPaths(dirname(engine.resolve(PACKAGE)) + sep);
  const factory = tf.findBackendFactory('wasm');
  tf.registerBackend(BACKEND, factory);
  tf.copyRegisteredKernels('wasm', BACKEND);
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: BACKEND,
    kernelFunc: /** @type {any} */ (filterGradient),
  });
  await tf.setBackend(BACKEND);
  return {
    version: tf.version['tfjs-core'],
    description: `stock ${PACKAGE}, composed Conv2DBackpropFilter`,
    isa: 'simd128',
    threads: 1,
  };
}

/**
 * dW = Pᵀ dy with P the patches of x, a row per output pixel, cut out by slices.
 * @param {any} call
 */
function filterGradient({ inputs: { x, dy }, attrs, backend }) {
  const { strides, pad, dimRoundingMode, filterShape } = attrs;
  const info = tf.backend_util.computeConv2DInfo(
    ...[x.shape, filterShape, strides, 1, pad, dimRoundingMode],
  );
  /** @param {string} name @param {any} inputs @param {any} attrs */
  const run = (name, inputs, attrs) =>
    /** @type {any} */ (tf.getKernel(name, BACKEND)).kernelFunc({ inputs, attrs, backend });
  const patches = patchesOf(x, info, run);
  const rows = info.batchSize * info.outHeight * info.outWidth;
  const columns = info.filterHeight * info.filterWidth * info.inChannels;
  const turned = run('Transpose', { x: patches }, { perm: [1, 0] });
  const product = run(
    'BatchMatMul',
    {
      a: { ...turned, shape: [1, columns, rows] },
      b: { dataId: dy.dataId, shape: [1, rows, info.outChannels], dtype: 'float32' },
    },
    { transposeA: false, transposeB: false },
  );
  for (const { dataId } of [patches, turned]) backend.disposeData(dataId);
  return { ...product, shape: filterShape };
}

/** @param {any} x @param {any} info @param {(name: string, inputs: any, attrs: any) => any} run */
function patchesOf(x, info, run) {
  const { batchSize, outHeight, outWidth, inChannels, strideHeight, strideWidth, padInfo } = info;
  const after = [padInfo.bottom + strideHeight - 1, padInfo.right + strideWidth - 1];
  const sides = [
    [0, 0],
    [padInfo.top, after[0]],
    [padInfo.left, after[1]],
    [0, 0],
  ];
  const padded = run('PadV2', { x }, { paddings: sides, constantValue: 0 });
  const masks = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };
  const taps = [];
  for (let i = 0; i < info.filterHeight; i++) {
    for (let j = 0; j < info.filterWidth; j++) {
      const end = [i + (outHeight - 1) * strideHeight + 1, j + (outWidth - 1) * strideWidth + 1];
      const tap = run(
        'StridedSlice',
        { x: padded },
        {
          begin: [0, i, j, 0],
          end: [batchSize, ...end, inChannels],
          strides: [1, strideHeight, strideWidth, 1],
          ...masks,
        },
      );
      taps.push({ ...tap, shape: [batchSize * outHeight * outWidth, inChannels] });
    }
  }
  const patches = run('Concat', taps, { axis: 1 });
  for (const { dataId } of [padded, ...taps]) tf.backend().disposeData(dataId);
  return patches;
}
