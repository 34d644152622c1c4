import { type Owner, type ParameterSpec, reluConvBnParameters } from '@archer-nas/nn';

import { blockParameters } from './block-operations.ts';

/** The maps of a cell. Node 0 is its input, the last node its output, those between are blocks. */
export interface CellShape {
  readonly name: string;
  /** Channels of its input. */
  readonly from: number;
  /** By node, its channels. */
  readonly channels: readonly number[];
  /** By node, the inputs that each of its options stands for; none where it is not there. */
  readonly inputs: readonly (readonly (readonly number[])[])[];
  /** By node, the operations that can run there; none for input and output. */
  readonly operations: readonly (readonly number[])[];
  /** Operations see one of so many blocks of channels; the others bypass them. */
  readonly partial: number | undefined;
  /** Blocks whose channels are a cell's output, in order. */
  readonly slots: readonly number[];
}

/** The channels that a node's operations see. */
export function seenChannels({ channels, partial = 1 }: CellShape, node: number): number {
  return (channels[node] ?? 0) / partial;
}

/** The 1×1 projection of a cell's input to a node that reads it. */
export function projection(
  { name, channels }: CellShape,
  node: number,
): readonly [string, { readonly outputs: number; readonly kernel: 1; readonly affine: true }] {
  const layer = node === channels.length - 1 ? 'output' : `node${node}`;
  return [`${name}.${layer}.projection`, { outputs: channels[node] ?? 0, kernel: 1, affine: true }];
}

/**
 * Parameters of a cell.
 *
 * @param owner the site and option of an operation; absent where nothing is chosen
 */
export function cellParameters(
  shape: CellShape,
  owner?: (node: number, option: number) => Owner,
): ParameterSpec[] {
  return shape.inputs.flatMap((sets, node) => [
    ...(sets.flat().includes(0)
      ? reluConvBnParameters(...withInputs(shape.from, projection(shape, node)))
      : []),
    ...(shape.operations[node] ?? []).flatMap((op, option) => {
      const place = { name: `${shape.name}.node${node}`, channels: seenChannels(shape, node) };
      return blockParameters(op, place, owner?.(node, option));
    }),
  ]);
}

function withInputs<T>(inputs: number, [name, options]: readonly [string, T]): [string, number, T] {
  return [name, inputs, options];
}
