import { createStreams, type Witnessed, witness, witnessed } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { Adam } from './adam.ts';
import { batchReader } from './batches.ts';
import { pathGates } from './gates.ts';
import { lossAndGradients } from './gradients.ts';
import { ParameterStore } from './parameter-store.ts';
import { Sgd } from './sgd.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

const network = toyNetwork();
const data = toyData();
const gates = pathGates([3, 4]);

/** A batch, a pass and two updates; the values that come of it. */
async function step(): Promise<number[]> {
  const store = new ParameterStore(network.parameters, createStreams(1));
  const batch = batchReader(data, data.open('train')).plain(Int32Array.of(0, 4, 8));
  const result = lossAndGradients(network, store, gates, batch);
  new Sgd(store).step(result.gradients, { learningRate: 0.1, scale: 0.5 });
  new Adam(store).step(result.gradients, { learningRate: 0.01 });
  const values = store.select(gates).flatMap((name) => [...store.value(name).dataSync()]);
  result.dispose();
  batch.dispose();
  return values;
}

describe('a witness of a step', () => {
  it('sees batch, pass and updates in their order, and changes nothing', async () => {
    const alone = await step();
    const seen: Witnessed[] = [];
    const tensors = tf.memory().numTensors;
    await step();
    const kept = tf.memory().numTensors - tensors;
    expect(await witnessed((one) => seen.push(one), step)).toEqual(alone);
    expect(tf.memory().numTensors, 'no tensor more than without').toBe(tensors + 2 * kept);
    expect(witness()).toBeUndefined();
    expect(seen).toMatchObject([
      { kind: 'batch', split: 'train', samples: Int32Array.of(0, 4, 8) },
      { kind: 'pass' },
      { kind: 'update', optimiser: 'sgd', learningRate: 0.1, scale: 0.5 },
      { kind: 'update', optimiser: 'adam', learningRate: 0.01, scale: 1 },
    ]);
  });

  it('sees the path by name, the loss, and the norm of each gradient', async () => {
    const seen: Witnessed[] = [];
    const store = new ParameterStore(network.parameters, createStreams(1));
    const batch = batchReader(data, data.open('train')).plain(Int32Array.of(0, 4, 8));
    const look = async () => lossAndGradients(network, store, gates, batch);
    const { loss, gradients } = await witnessed((one) => seen.push(one), look);
    const [pass] = seen;
    if (pass?.kind !== 'pass') throw new Error('no pass was seen');
    const [first, second] = network.sites;
    expect(pass.path).toEqual({
      [String(first?.name)]: [first?.options[3]],
      [String(second?.name)]: [second?.options[4]],
    });
    expect(pass.loss).toBe(loss.dataSync()[0]);
    expect(Object.keys(pass.norms)).toEqual([...gradients.keys()]);
    for (const [name, gradient] of gradients) {
      expect(pass.norms[name], name).toBeCloseTo(Math.hypot(...gradient.dataSync()), 5);
    }
  });
});
