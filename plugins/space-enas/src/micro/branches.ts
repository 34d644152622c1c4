import {
  avgPool3x3,
  type Candidate,
  dropPath,
  type Forward,
  factorizedReduce,
  factorizedReduceParameters,
  maxPool3x3,
  type Owner,
  type ParameterSpec,
  sepConv,
  sepConvParameters,
} from '@archer-nas/nn';

import type { Operation } from './cells.ts';

/** A map of features: [batch, height, width, channels]. */
export type FeatureMap = Parameters<typeof avgPool3x3>[0];

/** A branch in one cell, with the node that it reads: its parameters are that pair's alone. */
export interface BranchPlace {
  /** `cell3.node2.first.from0`. */
  readonly name: string;
  readonly channels: number;
  readonly stride: 1 | 2;
}

const KERNELS = {
  sep_conv_3x3: { kernel: 3, padding: 1 },
  sep_conv_5x5: { kernel: 5, padding: 2 },
} as const;

/** Parameters of one operation of a branch, named after the operation. */
export function branchParameters(
  op: Operation,
  { name: branch, channels, stride }: BranchPlace,
  owner?: Owner,
): ParameterSpec[] {
  const name = `${branch}.${op}`;
  const size = { outputs: channels, affine: true };
  if (op === 'sep_conv_3x3' || op === 'sep_conv_5x5') {
    return sepConvParameters(name, channels, { ...size, ...KERNELS[op] }, owner);
  }
  if (op !== 'identity' || stride === 1) return [];
  return factorizedReduceParameters(name, channels, { ...size, relu: false }, owner);
}

/**
 * One operation of a branch, added to the sum where its kernel can; an identity is the map itself.
 * Under drop-path what any other operation gives is dropped now and then.
 */
export function branch(op: Operation, place: BranchPlace, forward: Forward): Candidate {
  const run = always(op, place, forward);
  if (!forward.dropPath || op === 'identity') return run;
  return (x) => {
    const y = run(x);
    return y && dropPath(y, forward, `${place.name}.drop`);
  };
}

function always(op: Operation, place: BranchPlace, forward: Forward): Candidate {
  const { channels, stride } = place;
  const name = `${place.name}.${op}`;
  const size = { outputs: channels, affine: true };
  switch (op) {
    case 'sep_conv_3x3':
    case 'sep_conv_5x5':
      return (x, sum) =>
        sepConv(x, forward, name, { ...size, ...KERNELS[op], stride }, sum?.take());
    case 'avg_pool_3x3':
      return (x, sum) => avgPool3x3(x, forward, { stride, addend: sum?.take() });
    case 'max_pool_3x3':
      return (x) => maxPool3x3(x, forward, { stride });
    case 'identity':
      return (x) =>
        stride === 1 ? x : factorizedReduce(x, forward, name, { ...size, relu: false });
  }
}
