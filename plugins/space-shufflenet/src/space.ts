import {
  type ChainStep,
  chainMacs,
  chainParameters,
  convChain,
  convHead,
  type LayerBlock,
  type Layered,
  type LayeredSpace,
  layeredSpace,
  type NetworkTask,
} from '@archer-nas/nn';

import { BLOCKS, type Block, format, parse } from './architecture.ts';
import { type BlockStyle, unit } from './blocks.ts';
import { ends, placesOf, type Skeleton } from './skeleton.ts';

/** What {@link shuffleNetSpace} is made of. */
export interface ShuffleNetSettings extends Skeleton {
  readonly activation: BlockStyle['activation'];
  /** Whether the supernet's batch norms have scale and offset; those of networks alone have. */
  readonly supernetAffine: boolean;
  /** The candidates of every block, in the order of {@link BLOCKS}. */
  readonly blocks: readonly Block[];
  /** The task that costs are counted for: classes, and the side of an RGB image. */
  readonly costs: { readonly classes: number; readonly image: number };
}

/** The space of SPOS with its networks. Immutable. */
export function shuffleNetSpace(settings: ShuffleNetSettings): LayeredSpace {
  const { classes, image: side } = settings.costs;
  const { places } = placesOf(settings, side);
  const space = layeredSpace({
    name: 'shufflenet',
    build: (task, use) =>
      networkOf(settings, task, {
        activation: settings.activation,
        affine: use === 'alone' || settings.supernetAffine,
      }),
    costs: { classes, image: { height: side, width: side, channels: 3 } },
    format,
    parse: (text) => parse(text, places.length),
  });
  const chosen = settings.blocks.map((block) => BLOCKS.indexOf(block));
  return space.restrict(places.map(() => chosen));
}

function networkOf(skeleton: Skeleton, task: NetworkTask, style: BlockStyle): Layered {
  const { activation } = style;
  const { stem, head } = ends(skeleton);
  const { places, side } = placesOf(skeleton, task.image.height);
  const channels = places.at(-1)?.outputs ?? stem;
  const options = { outputs: head, classes: task.classes, bias: false, activation };
  return {
    task,
    stem: stemOf(task, { outputs: stem, stride: skeleton.strides[0] ?? 1 }, style),
    layers: places.map((place) => ({
      name: place.name,
      blocks: BLOCKS.map((block) => unit(block, place, style)),
    })),
    head: convHead({ channels, side }, style, options),
  };
}

function stemOf(
  { image }: NetworkTask,
  size: { readonly outputs: number; readonly stride: 1 | 2 },
  style: BlockStyle,
): LayerBlock {
  const steps: ChainStep[] = [{ name: 'conv', kernel: 3, activation: style.activation, ...size }];
  return {
    name: 'stem',
    macs: chainMacs({ channels: image.channels, side: image.height }, steps).macs,
    parameters: (owner) => chainParameters('stem', image.channels, steps, { ...style, owner }),
    run: (x, forward) => convChain(x, forward, 'stem', { steps, style }),
  };
}
