import {
  convHead,
  type Layered,
  type LayeredSpace,
  layeredSpace,
  type NetworkTask,
} from '@archer-nas/nn';

import { block, stem } from './blocks.ts';
import { SKIP } from './candidates.ts';
import { format, parse } from './notation.ts';
import { keepsSize, type Place, planOf, type Skeleton } from './skeletons.ts';

/** What {@link mobileSpace} is made of. */
export interface MobileSettings {
  readonly skeleton: Skeleton;
  /** Multiplies all channels; see {@link planOf}. */
  readonly width: number;
  /** Whether the supernet's batch norms have scale and offset; those of networks alone have. */
  readonly supernetAffine: boolean;
  /** The task that costs are counted for: classes, and the side of an RGB image. */
  readonly costs: { readonly classes: number; readonly image: number };
}

/** A space of mobile networks. Immutable. */
export function mobileSpace(settings: MobileSettings): LayeredSpace {
  const { skeleton, width, supernetAffine, costs } = settings;
  const { places } = planOf(skeleton, width, costs.image);
  const options = places.map((place) => candidatesAt(place, skeleton));
  return layeredSpace({
    name: 'mobile',
    build: (task, use) => networkOf(settings, task, use === 'alone' || supernetAffine),
    costs: {
      classes: costs.classes,
      image: { height: costs.image, width: costs.image, channels: 3 },
    },
    format: (a) => format(a, options),
    parse: (text) => parse(text, options),
  });
}

function networkOf(
  { skeleton, width }: MobileSettings,
  { classes, image }: NetworkTask,
  affine: boolean,
): Layered {
  const plan = planOf(skeleton, width, image.height);
  const style = { affine, eps: skeleton.eps };
  const channels = plan.places.at(-1)?.outputs ?? plan.first;
  const view = { channels: image.channels, side: image.height, stride: skeleton.strides[0] ?? 1 };
  return {
    task: { classes, image },
    stem: stem(plan, view, style),
    layers: plan.places.map((place) => ({
      name: place.name,
      blocks: candidatesAt(place, skeleton).map((name) => block(name, place, style)),
    })),
    head: convHead({ channels, side: plan.side }, style, {
      ...{ outputs: plan.head, classes, bias: true, activation: 'relu6' as const },
    }),
  };
}

/** A layer that changes the size cannot be skipped. */
function candidatesAt(place: Place, { candidates }: Skeleton): readonly string[] {
  return candidates.filter((name) => name !== SKIP || keepsSize(place));
}
