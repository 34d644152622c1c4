import {
  canonicalJson,
  createStreams,
  type DataSet,
  type EvaluationContext,
  type Evaluator,
  isText,
  sha256Hex,
} from '@archer-nas/core';
import { batchReader, checkExtras, type Network, type NetworkSpace } from '@archer-nas/nn';
import type { TrainOptions } from './options.ts';
import { stepsPerEpoch, Training, trainingImages } from './training.ts';
import { type AloneRecipe, TrainingJob } from './training-job.ts';

/**
 * Trains each proposal alone on the train split and scores it on `context.images` (the valid
 * split where a context has none), metric `accuracy` in percent. A step of its jobs is one optimiser step; the last of a proposal also
 * scores it. A budget in epochs replaces the option `epochs`.
 */
export function trainEvaluator<A>(
  space: NetworkSpace<A>,
  data: DataSet,
  { engineClass, ...options }: TrainOptions & { readonly engineClass: string },
): Evaluator<A> {
  const images = trainingImages(data, options);
  const { epochs, lr } = options;
  return {
    get identity() {
      const recipe = { options, engineClass, data: data.hash, batch: data.batch };
      return canonicalJson({
        train: 1,
        ...recipe,
        networks: networksIdentity(space as NetworkSpace<unknown>, data),
      });
    },
    metrics: [{ name: 'accuracy', unit: '%', direction: 'maximise' }],
    description:
      `trained alone for ${epochs} epochs on ${images} images of ${data.name} ` +
      `(batch ${data.batch}, learning rate ${lr} to ${options.minLr}, one run per architecture)`,
    start: (proposals, context, saved) => {
      const recipe = imageRecipe({ space, data, options }, context);
      return new TrainingJob({ space, recipe, proposals, context }, saved);
    },
  };
}

/**
 * The names and shapes of all parameters tell a space's networks apart: channels, cells. A supernet
 * may have another size, so that one of the networks is looked at too.
 */
function networksIdentity(space: NetworkSpace<unknown>, { classes, image }: DataSet): string {
  const task = { classes, image };
  const example = space.sample(createStreams(0).stream('example'));
  const networks = [space.supernet(task), space.network(example, task)];
  const parameters = networks.map((network) =>
    network.parameters.map(({ name, shape }) => ({ name, shape })),
  );
  return sha256Hex(canonicalJson(parameters));
}

/** @throws ArcherError `ARCHER_CAPABILITY` where something is asked of a space that has it not */
function networkOf<A>(
  space: NetworkSpace<A>,
  architecture: A,
  { data: { classes, image }, options }: Pick<Parts<A>, 'data' | 'options'>,
): Network {
  const auxiliary = options.auxiliary > 0;
  const network = space.network(architecture, { classes, image, auxiliary });
  checkExtras(network, options, `The networks of ${space.name} have`);
  return network;
}

interface Parts<A> {
  readonly space: NetworkSpace<A>;
  readonly data: DataSet;
  readonly options: TrainOptions;
}

function imageRecipe<A>(parts: Parts<A>, context: EvaluationContext): AloneRecipe<A> {
  const { space, data, options } = parts;
  const images = context.images ?? data.open('valid');
  const readers = [images, ...(context.also ?? [])].map((split, at) => {
    if (isText(split)) throw new TypeError('networks of images are scored on images, not on text');
    return { prefix: at === 0 ? '' : `${split.name}-`, images: batchReader(data, split) };
  });
  const scored = { readers, batches: context.batches };
  return {
    epochs: options.epochs,
    steps: (epochs) => epochs * stepsPerEpoch(data, options),
    begin: ({ architecture, epochs, streams }, saved) => {
      const network = networkOf(space, architecture, parts);
      const own = { network, data, options: { ...options, epochs }, streams, scored };
      return new Training(own, saved);
    },
    cost: (epochs) => ({ epochs, images: epochs * trainingImages(data, options) }),
  };
}
