import { createStreams, type TimedBlock } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { IMAGES, type Network, type Piece } from './network.ts';
import { RunningStatistics } from './norm-statistics.ts';
import { ParameterStore } from './parameter-store.ts';

const SEED = 0;

/** A map of a forward pass; `undefined` is one of zeros. */
type Result = tf.Tensor4D | undefined;

/**
 * The pieces of a supernet as they are when a network classifies: with given statistics of batch
 * norm, on random images. Inputs have the sizes that the pieces really see. Options that hand
 * their input on, or give zeros, are no blocks.
 *
 * @throws RangeError for a network that is not in pieces
 */
export function* timedBlocks(network: Network, batch: number): Generator<TimedBlock> {
  const { pieces, sites, parameters: specs } = network;
  if (pieces === undefined) throw new RangeError('Only networks in pieces can be timed so.');
  const streams = createStreams(SEED);
  const parameters = new ParameterStore(specs, streams);
  const statistics = new RunningStatistics();
  const forward = { parameters, batchNorm: 'running', statistics } as const;
  const images = randomImages(network, batch);
  const results: Result[] = [];
  try {
    for (const piece of pieces) {
      const inputs = piece.inputs.map((at) => (at === IMAGES ? images : results[at]));
      const run = (option: number) => piece.run(inputs, forward, option);
      const place = piece.site === undefined ? undefined : sites[piece.site];
      const options = place === undefined ? [-1] : place.options.map((_, option) => option);
      const computed = options.filter((option) => shortcut(piece, option, inputs) === undefined);
      for (const option of computed) {
        const block = {
          place: piece.name,
          run: () => {
            // Not given back: a tidy walks through what it is given.
            tf.tidy(() => void run(option).dataSync());
          },
        };
        yield place === undefined ? block : { ...block, decision: place.decision, option };
      }
      const [first] = computed;
      results.push(
        first === undefined
          ? handedOn(piece, options[0] ?? -1, inputs)
          : (tf.keep(tf.tidy(() => run(first) as tf.Tensor4D)) as Result),
      );
    }
  } finally {
    tf.dispose([
      images,
      ...new Set(results.filter((map) => map !== undefined && map !== images)),
    ] as tf.Tensor[]);
    statistics.dispose();
    parameters.dispose();
  }
}

function shortcut(piece: Piece, option: number, inputs: readonly Result[]) {
  return piece.shortcut?.(
    option,
    inputs.map((input) => input === undefined),
  );
}

/** What a piece gives of which no option computes anything. */
function handedOn(piece: Piece, option: number, inputs: readonly Result[]): Result {
  const from = shortcut(piece, option, inputs);
  return typeof from === 'number' ? inputs[from] : undefined;
}

function randomImages({ image }: Network, batch: number): tf.Tensor4D {
  const { height, width, channels } = image;
  const stream = createStreams(SEED).stream('images');
  const size = batch * height * width * channels;
  const values = Float32Array.from({ length: size }, () => stream.normal());
  return tf.keep(tf.tensor4d(values, [batch, height, width, channels]));
}
