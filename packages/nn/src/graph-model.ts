import { type Graph, type GraphWeight, graphOf } from './graph-nodes.ts';
import { traceNetwork } from './graph-trace.ts';
import type { Gate, Network, NormStatistics, ParameterSource } from './network.ts';

/** The files of a tfjs graph model. */
export interface GraphModelFiles {
  readonly 'model.json': string;
  readonly 'weights.bin': Uint8Array;
}

/**
 * A network under fixed gates, with its weights, as a tfjs graph model that plain
 * `tf.loadGraphModel` reads: input `images` [-1, height, width, channels] (normalised like
 * the training images), output `logits` [-1, classes]. Batch norm uses `statistics`; for a
 * supernet that has none, `recalibrate` estimates them.
 *
 * @throws ArcherError `ARCHER_TRACE` when the network has a layer that does not record itself
 */
export function exportGraphModel(
  network: Network,
  parameters: ParameterSource,
  gates: readonly Gate[],
  statistics: NormStatistics,
): GraphModelFiles {
  const { nodes, weights } = graphOf(traceNetwork(network, parameters, gates, statistics));
  const { height, width, channels } = network.image;
  const shape = [-1, height, width, channels];
  const placeholder = {
    name: 'images',
    op: 'Placeholder',
    attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: dimensions(shape) } },
  };
  const model = {
    format: 'graph-model',
    generatedBy: 'archer',
    convertedBy: null,
    signature: {
      inputs: { images: port('images', shape) },
      outputs: { logits: port('logits', [-1, network.classes]) },
    },
    modelTopology: { node: [placeholder, ...nodes], library: {}, versions: { producer: 1 } },
    weightsManifest: [{ paths: ['weights.bin'], weights: manifest(weights) }],
  };
  return { 'model.json': `${JSON.stringify(model)}\n`, 'weights.bin': bytes(weights) };
}

function port(name: string, shape: readonly number[]) {
  return { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: dimensions(shape) };
}

function dimensions(shape: readonly number[]) {
  return { dim: shape.map((size) => ({ size: String(size) })) };
}

function manifest(weights: Graph['weights']) {
  return [...weights].map(([name, { shape, values }]) => ({
    name,
    shape,
    dtype: values instanceof Int32Array ? 'int32' : 'float32',
  }));
}

/** All values one after the other, in the manifest's order, little-endian. */
function bytes(weights: ReadonlyMap<string, GraphWeight>): Uint8Array {
  const parts = [...weights.values()].map(({ values }) => {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  });
  return new Uint8Array(Buffer.concat(parts));
}
