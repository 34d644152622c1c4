import { ArcherError } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Forward, Gate, Network, NormStatistics, ParameterSource, Trace } from './network.ts';

/** One recorded layer. Tensors are named: `images`, a parameter, a constant or a layer. */
export interface TracedLayer {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Shapes with the batch dimension of the traced pass. */
  readonly inputShapes: readonly (readonly number[])[];
}

/** A value that the layers read. */
export interface TracedConstant {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A forward pass as data. */
export interface TracedNetwork {
  readonly layers: readonly TracedLayer[];
  readonly constants: ReadonlyMap<string, TracedConstant>;
  /** The layer whose output is the logits. */
  readonly output: string;
}

/** Records one forward pass on a black image, with running statistics. */
export function traceNetwork(
  network: Network,
  parameters: ParameterSource,
  gates: readonly Gate[],
  statistics: NormStatistics,
): TracedNetwork {
  let traced: TracedNetwork | undefined;
  tf.tidy(() => {
    const { height, width, channels } = network.image;
    const images: tf.Tensor4D = tf.zeros([1, height, width, channels]);
    const recorder = new Recorder(images);
    const forward: Forward = {
      parameters: {
        get(name, shape) {
          const value = parameters.get(name, shape);
          recorder.named(value, name);
          return value;
        },
      },
      batchNorm: 'running',
      statistics,
      trace: recorder,
    };
    const logits = network.forward(images, gates, forward);
    const output = recorder.nameOf(logits);
    traced = { layers: recorder.layers, constants: recorder.constants, output };
  });
  if (traced === undefined) throw new Error('The forward pass did not run.');
  return traced;
}

class Recorder implements Trace {
  readonly layers: TracedLayer[] = [];
  readonly constants = new Map<string, TracedConstant>();
  readonly #names = new Map<number, string>();
  readonly #parameters = new Map<number, string>();

  constructor(images: tf.Tensor) {
    this.#names.set(images.id, 'images');
  }

  record(
    op: string,
    inputs: readonly tf.Tensor[],
    output: tf.Tensor,
    attributes: Readonly<Record<string, unknown>> = {},
  ): void {
    const name = `${op}_${this.layers.length}`;
    this.layers.push({
      name,
      op,
      inputs: inputs.map((input) => this.nameOf(input)),
      attributes,
      inputShapes: inputs.map(({ shape }) => shape),
    });
    this.#names.set(output.id, name);
  }

  named(value: tf.Tensor, name: string): void {
    this.#parameters.set(value.id, name);
  }

  /** The name of a tensor; one that no recorded layer made becomes a constant. */
  nameOf(tensor: tf.Tensor): string {
    return this.#names.get(tensor.id) ?? this.#constant(tensor);
  }

  #constant(tensor: tf.Tensor): string {
    const parameter = this.#parameters.get(tensor.id);
    // Maps are of rank 2 and 4; scalars and vectors are gate weights and statistics.
    if (parameter === undefined && tensor.rank > 1) {
      throw new ArcherError(
        'ARCHER_TRACE',
        `The network uses a tensor of shape [${tensor.shape}] that no recorded layer has made.`,
        { hint: 'Every layer of an exported network records itself in forward.trace.' },
      );
    }
    const name = parameter ?? `constant_${this.constants.size}`;
    const values = Float32Array.from(tensor.dataSync());
    this.constants.set(name, { shape: tensor.shape, values });
    this.#names.set(tensor.id, name);
    return name;
  }
}
