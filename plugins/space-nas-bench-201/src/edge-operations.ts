import {
  avgPool3x3,
  type Candidate,
  type Forward,
  type Owner,
  type ParameterSpec,
  type ReluConvBnOptions,
  reluConvBn,
  reluConvBnParameters,
} from '@archer-nas/nn';

import { OP, OPERATIONS } from './cell.ts';

/** How the convolutions of a network are made. */
export interface LayerStyle {
  /** Batch norms with learned scale and offset. */
  readonly affine: boolean;
  /** Convolutions with a bias in front of batch norm. */
  readonly bias: boolean;
}

/** An edge of one cell: `cell3.edge1`, and the channels of that cell. */
export interface EdgePlace {
  readonly name: string;
  readonly channels: number;
}

/** Parameters of one operation on an edge; only the convolutions have any. */
export function operationParameters(
  op: number,
  place: EdgePlace,
  style: LayerStyle,
  owner?: Owner,
): ParameterSpec[] {
  const options = convolution(op, place, style);
  if (options === undefined) return [];
  return reluConvBnParameters(parameterName(op, place), place.channels, options, owner);
}

/** One operation on an edge as a function of the map it reads. */
export function operation(
  op: number,
  place: EdgePlace,
  style: LayerStyle,
  forward: Forward,
): Candidate {
  if (op === OP.none) return () => undefined;
  if (op === OP.skip) return (x) => x;
  if (op === OP.avgPool) return (x) => avgPool3x3(x, forward);
  const options = convolution(op, place, style);
  if (options === undefined) throw new RangeError(`no operation ${op}`);
  return (x) => reluConvBn(x, forward, parameterName(op, place), options);
}

/** Named after the operation, so that sub-spaces and trained networks share names. */
function parameterName(op: number, { name }: EdgePlace): string {
  return `${name}.${OPERATIONS[op]}`;
}

function convolution(
  op: number,
  { channels: outputs }: EdgePlace,
  style: LayerStyle,
): ReluConvBnOptions | undefined {
  if (op === OP.conv1x1) return { outputs, kernel: 1, ...style };
  if (op === OP.conv3x3) return { outputs, kernel: 3, padding: 1, ...style };
  return undefined;
}
