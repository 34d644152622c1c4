import type { NetworkTask, Owner, ParameterSpec } from '@archer-nas/nn';

import type { LayerGroup } from '../costs.ts';
import { type BranchPlace, branchParameters } from './branches.ts';
import { INPUTS, looseEnds, type MicroArchitecture, OPERATIONS, type Operation } from './cells.ts';
import { baseParameters, calibrationParameters, headParameters, stemParameters } from './frame.ts';
import { concatenatedEndsParameters, mixedEndsParameters } from './output.ts';
import { branchAt, branchPlace, type Searched } from './sites.ts';
import { type CellPlace, type Ends, lastChannels, type MicroSize, placesOf } from './skeleton.ts';

/** What a network is built from. */
export interface Plan {
  readonly size: MicroSize;
  readonly task: NetworkTask;
  /** Absent: the structure is `searched`. */
  readonly ends?: Ends | undefined;
}

/** The parameters of a supernet. */
export function supernetGroups(plan: Plan, { nodes, operations }: Searched): LayerGroup[] {
  let site = 0;
  return groupsOf(plan, (place) => ({
    branches: Array.from({ length: 2 * nodes }, (_, at) => {
      const node = INPUTS + Math.floor(at / 2);
      const options = operations.length * node;
      const parameters = Array.from({ length: options }, (__, option) => {
        const { input, op } = branchAt(option, { nodes, operations });
        const own = branchPlace(place, { node, which: at % 2, input, final: false });
        return ofBranch(op, own, { site, option });
      });
      site += 1;
      return parameters.flat();
    }).flat(),
    ends: Array.from({ length: INPUTS + nodes }, (_, node) => node),
  }));
}

/** The parameters of a network that is trained alone. */
export function networkGroups(plan: Plan, architecture: MicroArchitecture): LayerGroup[] {
  const final = plan.ends !== undefined;
  return groupsOf(plan, (place) => {
    const cell = architecture[place.type];
    const branches = cell.flatMap((node, at) =>
      node.flatMap(({ input, op }, which) => {
        return ofBranch(op, branchPlace(place, { node: INPUTS + at, which, input, final }));
      }),
    );
    return { branches, ends: looseEnds(cell) };
  });
}

function ofBranch(op: number, place: BranchPlace, owner?: Owner): ParameterSpec[] {
  return branchParameters(OPERATIONS[op] as Operation, place, owner);
}

/** What a cell has parameters for. */
interface CellContents {
  readonly branches: readonly ParameterSpec[];
  /** Nodes that can be loose ends. */
  readonly ends: readonly number[];
}

function groupsOf(plan: Plan, contentsOf: (place: CellPlace) => CellContents): LayerGroup[] {
  const { size, task, ends: final } = plan;
  const places = placesOf(size, final);
  return [
    { halvings: 0, parameters: stemParameters(task.image.channels, size.channels) },
    ...places.flatMap((place) => {
      const { branches, ends } = contentsOf(place);
      const before = [...calibrationParameters(place), ...(final ? baseParameters(place) : [])];
      const behind = final ? concatenatedEndsParameters : mixedEndsParameters;
      const parameters = [...branches, ...behind(place, ends)];
      return [
        { halvings: place.halvings.inputs, parameters: before },
        { halvings: place.halvings.output, parameters },
      ];
    }),
    { halvings: 2, parameters: headParameters(lastChannels(places, final), task.classes) },
  ];
}
