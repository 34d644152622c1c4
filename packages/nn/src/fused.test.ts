import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { batchReader } from './batches.ts';
import { fusedBatchNorm, fusedReluConvBatchNorm, fusedSgdStep, withoutFusion } from './fused.ts';
import { pathGates } from './gates.ts';
import { lossAndGradients } from './gradients.ts';
import { RunningStatistics } from './norm-statistics.ts';
import { ParameterStore } from './parameter-store.ts';
import { reluConvBn } from './relu-conv-bn.ts';
import { Sgd } from './sgd.ts';
import { describeOnEngines } from './testing/engines.ts';
import { wave } from './testing/finite-differences.ts';
import { forwardWith } from './testing/forward.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

const data = toyData();
const index = Int32Array.from({ length: 12 }, (_, i) => i);

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

/** Parameters and running statistics after three steps, with clipping by a constant. */
function trained(affine: boolean): Record<string, ArrayLike<number>> {
  const network = toyNetwork({ affine });
  const store = new ParameterStore(network.parameters, createStreams(1));
  const sgd = new Sgd(store, { momentum: 0.9, nesterov: true, weightDecay: 1e-3 });
  const statistics = new RunningStatistics();
  const batch = batchReader(data, data.open('train')).plain(index);
  for (let step = 0; step < 3; step++) {
    const options = { batchNorm: 'train', statistics } as const;
    const result = lossAndGradients(network, store, pathGates([3, 2]), batch, options);
    sgd.step(result.gradients, { learningRate: 0.1, scale: 0.8 });
    result.dispose();
  }
  const values = store.specs.map(({ name }) => [name, store.value(name).dataSync().slice()]);
  const { mean, variance } = statistics.get('edge0.conv3x3.norm', 4);
  values.push(['mean', mean.dataSync().slice()], ['variance', variance.dataSync().slice()]);
  store.dispose();
  sgd.dispose();
  statistics.dispose();
  batch.dispose();
  return Object.fromEntries(values);
}

describeOnEngines(() => {
  it('there are fused kernels', () => {
    expect(fusedReluConvBatchNorm()).toBeDefined();
    expect(fusedBatchNorm()).toBeDefined();
    expect(fusedSgdStep()).toBeDefined();
    expect(withoutFusion(fusedSgdStep)).toBeUndefined();
  });

  it.each(['batch', 'running'] as const)(
    'reluConvBn adds its addend, with %s statistics',
    (mode) => {
      const x = wave([2, 5, 5, 3], 1) as tf.Tensor4D;
      const addend = wave([2, 5, 5, 4], 2) as tf.Tensor4D;
      const statistics = new RunningStatistics();
      const forward = forwardWith({ 'edge.conv.weight': wave([3, 3, 3, 4], 3) }, mode, statistics);
      const layer = { outputs: 4, kernel: 3, padding: 1 };
      const sum = reluConvBn(x, forward, 'edge', { ...layer, addend });
      const apart = tf.add(addend, reluConvBn(x, forward, 'edge', layer));
      expect(tf.max(tf.abs(tf.sub(sum, apart))).dataSync()[0]).toBeLessThan(1e-6);
      expect(tf.max(tf.abs(tf.sub(sum, addend))).dataSync()[0]).toBeGreaterThan(0.1);
      statistics.dispose();
    },
  );

  it.each([false, true])('training steps equal the composed ones, affine %s', (affine) => {
    const fused = trained(affine);
    const composed = withoutFusion(() => trained(affine));
    for (const [name, values] of Object.entries(composed)) {
      Array.from(values).forEach((value, i) => {
        expect(fused[name]?.[i], name).toBeCloseTo(value, 5);
      });
    }
  });
});
