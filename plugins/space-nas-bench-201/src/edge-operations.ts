import {
  addAll,
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
import type { FeatureMap } from './skeleton-layers.ts';

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

/** One operation on an edge as a function of the map it reads, added to `sum` where there is one. */
export type EdgeOperation = (x: FeatureMap, sum?: FeatureMap | undefined) => FeatureMap | undefined;

/** The operation `op` on an edge; `undefined` stands for a map of zeros. */
export function operation(
  op: number,
  place: EdgePlace,
  style: LayerStyle,
  forward: Forward,
): EdgeOperation {
  if (op === OP.none) return (_, sum) => sum;
  if (op === OP.skip) return (x, sum) => addAll([sum, x], forward);
  if (op === OP.avgPool) return (x, addend) => avgPool3x3(x, forward, { addend });
  const options = convolution(op, place, style);
  if (options === undefined) throw new RangeError(`no operation ${op}`);
  const name = parameterName(op, place);
  return (x, addend) => reluConvBn(x, forward, name, { ...options, addend });
}

/** The operation as an option of a gated site. */
export function candidate(
  op: number,
  place: EdgePlace,
  style: LayerStyle,
  forward: Forward,
): Candidate {
  if (op === OP.none) return () => undefined;
  const run = operation(op, place, style, forward);
  return (x, sum) => run(x, sum?.take());
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
