import {
  type Forward,
  type HighwayWeights,
  highwayWeights,
  type ParameterSpec,
} from '@archer-nas/nn';
import { NODES } from './genotype.ts';

/** What the cells of this space are made with. */
export interface CellSettings {
  /** Of states and of inputs. */
  readonly width: number;
  /** All weights start from U(±initRange). */
  readonly initRange: number;
}

/** The matrices of a cell: W₀ in two parts, and W_i of each node, which all its edges share. */
const MATRICES = [
  'cell.input.x',
  'cell.input.h',
  ...Array.from({ length: NODES }, (_, at) => `cell.node${at + 1}`),
];

/** All weights of a cell, each matrix as its gate's half and its value's, [width, width]. */
export function cellParameters({ width, initRange: bound }: CellSettings): ParameterSpec[] {
  return MATRICES.flatMap((matrix) =>
    (['gate', 'value'] as const).map((half): ParameterSpec => {
      return { name: `${matrix}.${half}`, shape: [width, width], init: 'uniform', bound };
    }),
  );
}

/** Reads W₀: the rows of x and those of h. */
export function inputWeights(forward: Forward, width: number) {
  return {
    input: highwayWeights(forward, 'cell.input.x', width),
    hidden: highwayWeights(forward, 'cell.input.h', width),
  };
}

/** Reads W_i. */
export function nodeWeights(forward: Forward, node: number, width: number): HighwayWeights {
  return highwayWeights(forward, `cell.node${node}`, width);
}
