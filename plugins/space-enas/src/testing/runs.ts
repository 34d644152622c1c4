import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  type Batch,
  exportGraphModel,
  type Forward,
  lossAndGradients,
  type Network,
  type ParameterSource,
  ParameterStore,
  type Path,
  pathGates,
  recalibrate,
} from '@archer-nas/nn';

const streams = createStreams(3);

/** Images that the networks under test are small enough for. */
export const TINY = { classes: 3, image: { height: 8, width: 8, channels: 3 } };

/** A batch of random images, one per label. */
export function batchOf(labels: readonly number[], side = 8): Batch {
  const stream = streams.stream('images');
  const values = Float32Array.from({ length: labels.length * side * side * 3 }, () =>
    stream.normal(),
  );
  const images = tf.tensor4d(values, [labels.length, side, side, 3]);
  const draws = (name: string) => streams.stream(name);
  return {
    ...{ images, labels: Int32Array.from(labels), size: labels.length, draws },
    dispose: () => images.dispose(),
  };
}

/** Scalars of all parameters of a network. */
export function count({ parameters }: Network): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** What one forward pass gave and read. */
export interface Pass {
  readonly logits: number[];
  /** Names of the parameters that were read. */
  readonly read: Set<string>;
}

/** The logits of a network on `batch`, with parameters from the streams of their names. */
export function passOf(
  network: Network,
  batch: Batch,
  path: Path = [],
  settings: Partial<Forward> = {},
): Pass {
  const store = new ParameterStore(network.parameters, streams);
  const read = new Set<string>();
  const parameters: ParameterSource = {
    get(name, shape) {
      read.add(name);
      return store.get(name, shape);
    },
  };
  const logits = tf.tidy(() => {
    const forward = { parameters, batchNorm: 'batch', ...settings } as const;
    return Array.from(network.forward(batch.images, pathGates(path), forward).dataSync());
  });
  store.dispose();
  return { logits, read };
}

/** How many tensors a training step leaves behind: 0. */
export function leftBehind(network: Network, batch: Batch, path: Path = []): number {
  const store = new ParameterStore(network.parameters, streams);
  const before = tf.memory().numTensors;
  lossAndGradients(network, store, pathGates(path), batch).dispose();
  const after = tf.memory().numTensors;
  store.dispose();
  return after - before;
}

/** A derivative of the loss. */
export interface Derivative {
  readonly name: string;
  readonly backward: number;
  readonly numeric: number;
}

/** Lifts what batch norms give above zero, so that no ReLU has a kink near its input. */
const LIFTED = 6;

/** One derivative of each named parameter, by backpropagation and by central differences. */
export function derivatives(
  network: Network,
  batch: Batch,
  { names, path = [], step = 3e-3 }: { names: readonly string[]; path?: Path; step?: number },
): Derivative[] {
  const store = new ParameterStore(network.parameters, streams);
  for (const { name, shape } of network.parameters) {
    if (name.endsWith('norm.bias')) store.set(name, tf.fill([...shape], LIFTED));
  }
  const gates = pathGates(path);
  const result = lossAndGradients(network, store, gates, batch);
  const found = names.map((name) => {
    const gradient = result.gradients.get(name)?.dataSync() ?? new Float32Array(0);
    const at = Math.floor(gradient.length / 2);
    const lossAt = (shift: number): number => {
      const values = Float32Array.from(store.value(name).dataSync());
      values[at] = (values[at] ?? 0) + shift;
      const moved = tf.tensor(values, store.value(name).shape);
      const one = store.at(new Map([[name, moved]]), (source) =>
        lossAndGradients(network, source, gates, batch),
      );
      const loss = one.loss.dataSync()[0] ?? Number.NaN;
      one.dispose();
      moved.dispose();
      return loss;
    };
    const numeric = (lossAt(step) - lossAt(-step)) / (2 * step);
    return { name, backward: gradient[at] ?? Number.NaN, numeric };
  });
  result.dispose();
  store.dispose();
  return found;
}

/** How many images of a batch have logits of their own, in a pass with so much dropout. */
export function differentRows(
  network: Network,
  batch: Batch,
  { dropout, path = [] }: { readonly dropout: number; readonly path?: Path | undefined },
): number {
  const { draws } = batch;
  const { logits } = passOf(network, batch, path, { dropout, ...(draws && { draws }) });
  const rows = Array.from({ length: batch.size }, (_, image) =>
    logits.slice(image * network.classes, (image + 1) * network.classes).join(),
  );
  return new Set(rows).size;
}

/** The largest difference between the logits of a network and of its export to plain tfjs. */
export async function exportError(
  network: Network,
  batch: Batch,
  path: Path = [],
): Promise<number> {
  const parameters = new ParameterStore(network.parameters, streams);
  const gates = pathGates(path);
  const statistics = recalibrate(network, parameters, gates, [batch]);
  const files = exportGraphModel(network, parameters, gates, statistics);
  const { modelTopology, weightsManifest } = JSON.parse(files['model.json'] as string);
  const weightSpecs = weightsManifest[0].weights;
  const weightData = (files['weights.bin'] as Uint8Array).slice().buffer;
  const source = tf.io.fromMemory({ modelTopology, weightSpecs, weightData });
  const model = await tf.loadGraphModel(source);
  const error = tf.tidy(() => {
    const forward = { parameters, batchNorm: 'running', statistics } as const;
    const logits = network.forward(batch.images, gates, forward);
    return tf.max(tf.abs(tf.sub(model.predict(batch.images) as tf.Tensor, logits))).dataSync()[0];
  });
  model.dispose();
  statistics.dispose();
  parameters.dispose();
  return error ?? Number.NaN;
}
