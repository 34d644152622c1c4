import {
  addAll,
  type ChainStep,
  type ChainStyle,
  chainMacs,
  chainParameters,
  convChain,
  type LayerBlock,
} from '@archer-nas/nn';

import { type Candidate, candidateOf } from './candidates.ts';
import { keepsSize, type Place, type Plan } from './skeletons.ts';

const activation = 'relu6' as const;
/** How much narrower a bottleneck is than what it gives. */
const BOTTLENECK = 4;

/** A candidate in its layer; where the size is kept, what it gives is added to its input. */
export function block(name: string, place: Place, style: ChainStyle): LayerBlock {
  const candidate = candidateOf(name);
  if (candidate.kind === 'skip') {
    return { name, macs: 0, identity: true, parameters: () => [], run: (x) => x };
  }
  const { inputs, side } = place;
  const steps = stepsOf(candidate, place);
  const prefix = `${place.name}.${name}`;
  return {
    name,
    macs: chainMacs({ channels: inputs, side }, steps).macs,
    parameters: (owner) => chainParameters(prefix, inputs, steps, { ...style, owner }),
    run(x, forward) {
      const y = convChain(x, forward, prefix, { steps, style });
      if (!keepsSize(place)) return y;
      const sum = addAll([x, y], forward) as typeof y; // two maps
      y.dispose();
      return sum;
    },
  };
}

/** A 3×3 convolution, then a depthwise one and a linear 1×1. */
export function stem(
  { stem: outputs, first }: Plan,
  image: { readonly channels: number; readonly side: number; readonly stride: 1 | 2 },
  style: ChainStyle,
): LayerBlock {
  const { channels, side, stride } = image;
  const steps: ChainStep[] = [
    { name: 'conv', outputs, kernel: 3, stride, activation },
    { name: 'depthwise', outputs, kernel: 3, depthwise: true, activation },
    { name: 'project', outputs: first, kernel: 1 },
  ];
  return {
    name: 'stem',
    macs: chainMacs({ channels, side }, steps).macs,
    parameters: (owner) => chainParameters('stem', channels, steps, { ...style, owner }),
    run: (x, forward) => convChain(x, forward, 'stem', { steps, style }),
  };
}

function stepsOf(
  candidate: Exclude<Candidate, { readonly kind: 'skip' }>,
  { inputs, outputs, stride }: Place,
): ChainStep[] {
  const { kernel } = candidate;
  const depthwise = (name: string, channels: number, by: 1 | 2): ChainStep => {
    return { name, outputs: channels, kernel, depthwise: true, stride: by, activation };
  };
  const linear = (name: string): ChainStep => ({ name, outputs, kernel: 1 });
  switch (candidate.kind) {
    case 'inverted': {
      const channels = inputs * candidate.expansion;
      const expand: ChainStep = { name: 'expand', outputs: channels, kernel: 1, activation };
      return [
        ...(candidate.expansion === 1 ? [] : [expand]),
        depthwise('depthwise', channels, stride),
        linear('project'),
      ];
    }
    case 'conv':
      return [{ name: 'conv', outputs, kernel, stride, activation }];
    case 'bottleneck': {
      const channels = Math.max(1, Math.round(outputs / BOTTLENECK));
      return [
        { name: 'reduce', outputs: channels, kernel: 1, activation },
        { name: 'conv', outputs: channels, kernel, stride, activation },
        linear('project'),
      ];
    }
    case 'sep':
      return [
        depthwise('depthwise1', inputs, stride),
        { ...linear('pointwise1'), activation },
        depthwise('depthwise2', outputs, 1),
        linear('pointwise2'),
      ];
  }
}
