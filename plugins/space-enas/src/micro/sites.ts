import type { Site } from '@archer-nas/nn';

import type { BranchPlace } from './branches.ts';
import { type Branch, CELL_TYPES, INPUTS, OPERATIONS, type Operation } from './cells.ts';
import { type CellPlace, type MicroSize, placesOf } from './skeleton.ts';

/** What the supernet of cells with so many nodes is made of. */
export interface Searched {
  readonly nodes: number;
  readonly operations: readonly Operation[];
}

const BRANCHES = ['first', 'second'] as const;

/** Which branch, of which node, reads what. */
export interface BranchOf {
  readonly node: number;
  readonly which: number;
  readonly input: number;
  readonly final: boolean;
}

/** The place of a branch in a cell. */
export function branchPlace(
  { name, channels, type }: CellPlace,
  { node, which, input, final }: BranchOf,
): BranchPlace {
  const stride = final && type === 'reduce' && input < INPUTS ? 2 : 1;
  return { name: `${name}.node${node}.${BRANCHES[which]}.from${input}`, channels, stride };
}

/** The branch that an option of a site stands for: the operation changes fastest. */
export function branchAt(option: number, { operations }: Searched): Branch {
  const op = operations[option % operations.length] as Operation; // in range
  return { input: Math.floor(option / operations.length), op: OPERATIONS.indexOf(op) };
}

/** The option of a site that a branch is; −1 where its operation is no candidate. */
export function optionOf({ input, op }: Branch, operations: readonly Operation[]): number {
  const at = operations.indexOf(OPERATIONS[op] as Operation);
  return at < 0 ? -1 : input * operations.length + at;
}

/** The sites of a supernet: a cell's branches, node by node. */
export function sitesOf(size: MicroSize, { nodes, operations }: Searched): Site[] {
  return placesOf(size).flatMap(({ name, type }) =>
    Array.from({ length: 2 * nodes }, (_, at): Site => {
      const node = INPUTS + Math.floor(at / 2);
      const inputs = Array.from({ length: node }, (__, input) => input);
      return {
        name: `${name}.node${node}.${BRANCHES[at % 2]}`,
        decision: CELL_TYPES.indexOf(type) * 2 * nodes + at,
        options: inputs.flatMap((input) => operations.map((op) => `${input}.${op}`)),
        node: `${name}.node${node}`,
        ...(type === 'reduce' && { reduces: true }),
      };
    }),
  );
}
