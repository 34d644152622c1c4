import {
  type Candidate,
  convBnRelu,
  type Forward,
  maxPool3x3,
  type Owner,
  type ParameterSpec,
  type ReluConvBnOptions,
  reluConvBnParameters,
} from '@archer-nas/nn';

import { OPERATIONS } from './definition.ts';

/** A block of one cell: `cell3.node1`, and the channels that its operations see. */
export interface BlockPlace {
  readonly name: string;
  readonly channels: number;
}

const KERNELS: Readonly<Record<string, 1 | 3>> = { 'conv3x3-bn-relu': 3, 'conv1x1-bn-relu': 1 };

/** Parameters of one operation; the pool has none. */
export function blockParameters(op: number, place: BlockPlace, owner?: Owner): ParameterSpec[] {
  const options = convolution(op, place);
  if (options === undefined) return [];
  return reluConvBnParameters(layerName(op, place), place.channels, options, owner);
}

/** The operation as an option of a gated site. */
export function blockCandidate(op: number, place: BlockPlace, forward: Forward): Candidate {
  const options = convolution(op, place);
  if (options === undefined) return (x) => maxPool3x3(x, forward);
  return (x) => convBnRelu(x, forward, layerName(op, place), options);
}

/** Named after the operation, so that supernet and trained network share names. */
function layerName(op: number, { name }: BlockPlace): string {
  return `${name}.${OPERATIONS[op]}`;
}

function convolution(op: number, { channels }: BlockPlace): ReluConvBnOptions | undefined {
  const kernel = KERNELS[OPERATIONS[op] ?? ''];
  if (kernel === undefined) return undefined;
  return { outputs: channels, kernel, padding: (kernel - 1) / 2, affine: true };
}
