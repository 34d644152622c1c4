import {
  batchNorm,
  batchNormParameters,
  concatChannels,
  conv2d,
  conv2dParameters,
  type Forward,
  factorizedReduce,
  factorizedReduceParameters,
  MapSum,
  type ParameterSpec,
  relu,
} from '@archer-nas/nn';

import type { FeatureMap } from './branches.ts';
import { INPUTS } from './cells.ts';
import type { CellPlace } from './skeleton.ts';

/** A loose end: a node that no branch of its cell reads, and its map. */
export interface LooseEnd {
  readonly node: number;
  readonly map: FeatureMap;
}

const rowsOf = ({ name }: CellPlace, node: number): string => `${name}.output.node${node}`;

/** Parameters of {@link mixedEnds}: rows of a 1×1 convolution for each of the nodes. */
export function mixedEndsParameters(place: CellPlace, nodes: readonly number[]): ParameterSpec[] {
  const { name, channels } = place;
  return [
    ...nodes.flatMap((node) =>
      conv2dParameters(rowsOf(place, node), channels, { outputs: channels, kernel: 1 }),
    ),
    ...batchNormParameters(`${name}.output.norm`, channels, { affine: true }),
  ];
}

/**
 * The output of a cell of the supernet: loose ends concatenated, ReLU, 1×1 convolution to the
 * cell's channels, batch norm. The convolution has rows of weights for every node and uses those of
 * the loose ends, so that it is Σ over them of conv(ReLU(node)).
 */
export function mixedEnds(
  ends: readonly LooseEnd[],
  place: CellPlace,
  forward: Forward,
): FeatureMap {
  const { name, channels } = place;
  const sum = new MapSum(forward);
  for (const { node, map } of ends) {
    const active = relu(map, forward);
    sum.add(conv2d(active, forward, rowsOf(place, node), { outputs: channels, kernel: 1 }), true);
    active.dispose();
  }
  const y = batchNorm(sum.total as FeatureMap, forward, `${name}.output.norm`, { affine: true });
  sum.dispose();
  return y;
}

const halves = ({ type }: CellPlace, node: number): boolean => type === 'reduce' && node < INPUTS;

const halvedName = ({ name }: CellPlace, node: number): string => `${name}.output.halve${node}`;

/** Parameters of {@link concatenatedEnds}. */
export function concatenatedEndsParameters(
  place: CellPlace,
  nodes: readonly number[],
): ParameterSpec[] {
  const { channels } = place;
  const options = { outputs: channels, affine: true };
  return nodes
    .filter((node) => halves(place, node))
    .flatMap((node) => factorizedReduceParameters(halvedName(place, node), channels, options));
}

/** The output of a cell of a final network: loose ends concatenated, inputs of a reduction halved. */
export function concatenatedEnds(
  ends: readonly LooseEnd[],
  place: CellPlace,
  forward: Forward,
): FeatureMap {
  const options = { outputs: place.channels, affine: true, relu: false };
  const maps = ends.map(({ node, map }) =>
    halves(place, node) ? factorizedReduce(map, forward, halvedName(place, node), options) : map,
  );
  const y = concatChannels(maps, forward);
  for (const [at, map] of maps.entries()) if (map !== ends[at]?.map) map.dispose();
  return y;
}
