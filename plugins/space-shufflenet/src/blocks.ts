import {
  type ChainStep,
  type ChainStyle,
  chainMacs,
  chainParameters,
  channelsByParity,
  concatChannels,
  convChain,
  type LayerBlock,
} from '@archer-nas/nn';

import type { Block } from './architecture.ts';
import type { Place } from './skeleton.ts';

/** Depthwise kernels; Xception's are three in a row. */
const KERNELS = { shuffle_3x3: 3, shuffle_5x5: 5, shuffle_7x7: 7, xception: 3 } as const;

/** How the blocks of a network are: its batch norms, and what follows them. */
export interface BlockStyle extends ChainStyle {
  readonly activation: 'relu' | 'relu6';
}

/**
 * A ShuffleNetV2 unit. Where it keeps the size, channels of even number pass and those of odd
 * number go through the main branch; otherwise all of them go through that and a projection. Both
 * branches are concatenated.
 */
export function unit(block: Block, place: Place, style: BlockStyle): LayerBlock {
  const { projects, inputs, outputs, side } = place;
  const name = `${place.name}.${block}`;
  const from = projects ? inputs : inputs / 2;
  const main = mainSteps(block, { ...place, outputs: outputs - from, mid: outputs / 2 }, style);
  const projection = projects ? projectionSteps(block, place, style) : [];
  const macsOf = (channels: number, steps: readonly ChainStep[]) =>
    chainMacs({ channels, side }, steps).macs;
  return {
    name: block,
    macs: macsOf(from, main) + macsOf(inputs, projection),
    parameters: (owner) => [
      ...chainParameters(`${name}.main`, from, main, { ...style, owner }),
      ...chainParameters(`${name}.projection`, inputs, projection, { ...style, owner }),
    ],
    run(x, forward) {
      const [passed, source] = projects
        ? [convChain(x, forward, `${name}.projection`, { steps: projection, style }), x]
        : channelsByParity(x, forward);
      const changed = convChain(source, forward, `${name}.main`, { steps: main, style });
      if (source !== x) source.dispose();
      const y = concatChannels([passed, changed], forward);
      passed.dispose();
      changed.dispose();
      return y;
    },
  };
}

/** Where a main branch stands: `mid` channels inside of it. */
interface MainPlace {
  readonly outputs: number;
  readonly mid: number;
  readonly stride: 1 | 2;
  /** Channels of the unit's input. */
  readonly inputs: number;
  readonly projects: boolean;
}

function mainSteps(block: Block, place: MainPlace, { activation }: BlockStyle): ChainStep[] {
  const { outputs, mid, stride, inputs, projects } = place;
  const kernel = KERNELS[block];
  const pointwise = (name: string, to: number) => ({ name, outputs: to, kernel: 1, activation });
  const depthwise = (name: string, channels: number, by: 1 | 2 = 1) => {
    return { name, outputs: channels, kernel, depthwise: true, stride: by };
  };
  if (block !== 'xception') {
    return [
      pointwise('first', mid),
      depthwise('depthwise', mid, stride),
      pointwise('last', outputs),
    ];
  }
  return [
    depthwise('depthwise1', projects ? inputs : inputs / 2, stride),
    pointwise('pointwise1', mid),
    depthwise('depthwise2', mid),
    pointwise('pointwise2', mid),
    depthwise('depthwise3', mid),
    pointwise('pointwise3', outputs),
  ];
}

function projectionSteps(
  block: Block,
  { inputs, stride }: Place,
  { activation }: BlockStyle,
): ChainStep[] {
  return [
    { name: 'depthwise', outputs: inputs, kernel: KERNELS[block], depthwise: true, stride },
    { name: 'pointwise', outputs: inputs, kernel: 1, activation },
  ];
}
