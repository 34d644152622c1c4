import {
  auxiliaryHead,
  auxiliaryParameters,
  type Forward,
  type Gate,
  MapSum,
  type Network,
  type NetworkTask,
  type ParameterSpec,
} from '@archer-nas/nn';

import { parametersIn } from '../costs.ts';
import { checkAuxiliary, checkChannels, checkImage } from '../limits.ts';
import { optionAt } from '../single-path.ts';
import { branch, type FeatureMap } from './branches.ts';
import {
  type Branch,
  INPUTS,
  looseEnds,
  type MicroArchitecture,
  type MicroCell,
  type MicroNode,
  OPERATIONS,
  type Operation,
} from './cells.ts';
import { base, calibrated, head, type Logits, stem } from './frame.ts';
import { concatenatedEnds, mixedEnds } from './output.ts';
import { networkGroups, type Plan, supernetGroups } from './parameters.ts';
import { branchAt, branchPlace, type Searched, sitesOf } from './sites.ts';
import {
  auxiliaryCell,
  auxiliaryChannels,
  type CellPlace,
  dropPathAt,
  endsOf,
  keepsCalibrated,
  type MicroSize,
  type MicroStructure,
  placesOf,
} from './skeleton.ts';

/**
 * The supernet. A site per cell and branch, whose options are the pairs of an input and an
 * operation: each pair has weights of its own. Branches of cells of one type take the same option.
 *
 * @throws ArcherError when the image cannot be halved twice or does not fit the auxiliary head, or
 * the channels are odd
 */
export function microSupernet(size: MicroSize, task: NetworkTask, searched: Searched): Network {
  const plan: Plan = { size, task };
  checkImage(task.image);
  checkChannels(size.channels);
  const sites = sitesOf(size, searched);
  const perCell = 2 * searched.nodes;
  const cellAt = (gates: readonly Gate[], cell: number): MicroCell =>
    cellOf(
      sites.slice(cell * perCell, (cell + 1) * perCell).map((site, at) => {
        return branchAt(optionAt(site, gates[cell * perCell + at]), searched);
      }),
    );
  return {
    ...{ classes: task.classes, image: task.image, sites, ...extrasOf(plan) },
    parameters: [...parametersIn(supernetGroups(plan, searched)), ...secondHead(plan)],
    forward: (images, gates, forward) =>
      run(images, plan, ({ cell }) => cellAt(gates, cell), forward),
  };
}

/** A network that is trained alone. */
export interface StandAlone {
  readonly architecture: MicroArchitecture;
  readonly structure: MicroStructure;
}

/**
 * The network of an architecture that is trained alone. Parameters are named as in the supernet.
 *
 * @throws ArcherError when the image cannot be halved twice, or does not fit the auxiliary head
 */
export function microNetwork(
  size: MicroSize,
  task: NetworkTask,
  { architecture, structure }: StandAlone,
): Network {
  checkImage(task.image);
  checkChannels(size.channels);
  const ends = structure === 'searched' ? undefined : endsOf(architecture);
  const plan: Plan = { size, task, ends };
  return {
    ...{ classes: task.classes, image: task.image, sites: [], ...extrasOf(plan) },
    parameters: [...parametersIn(networkGroups(plan, architecture)), ...secondHead(plan)],
    forward: (images, _, forward) => run(images, plan, ({ type }) => architecture[type], forward),
  };
}

/** What trainings of the network can have. */
function extrasOf({ task }: Plan) {
  return { dropout: true, dropPath: true, auxiliary: task.auxiliary === true } as const;
}

/** Parameters of the auxiliary head, where the task asks for one. */
function secondHead({ size, task, ends }: Plan): ParameterSpec[] {
  if (!task.auxiliary) return [];
  checkAuxiliary(task.image);
  return auxiliaryParameters(auxiliaryChannels(size, ends), task.classes);
}

function run(
  images: FeatureMap,
  { size, task, ends }: Plan,
  cellAt: (place: CellPlace) => MicroCell,
  forward: Forward,
): Logits {
  const first = stem(images, forward, size.channels);
  let [previous, last] = [first, first];
  for (const place of placesOf(size, ends)) {
    const inputs = calibrated([previous, last], place, forward);
    const output = runCell(inputs, cellAt(place), place, { forward, size, final: !!ends });
    const next = keepsCalibrated(place) ? inputs[1] : last;
    for (const map of new Set([previous, last, ...inputs])) if (map !== next) map.dispose();
    [previous, last] = [next, output];
    if (task.auxiliary && place.cell === auxiliaryCell(size)) {
      forward.auxiliary?.(auxiliaryHead(last, forward, task.classes));
    }
  }
  previous.dispose();
  return head(last, forward, task.classes);
}

/** How a cell is run. */
interface Running {
  readonly forward: Forward;
  readonly size: MicroSize;
  readonly final: boolean;
}

/** Every node is the sum of its branches. Leaves the inputs to their owner. */
function runCell(
  [x0, x1]: readonly [FeatureMap, FeatureMap],
  cell: MicroCell,
  place: CellPlace,
  { forward, size, final }: Running,
): FeatureMap {
  const pass = { ...forward, dropPath: dropPathAt(forward.dropPath ?? 0, place, size) };
  const second = final ? base(x1, place, forward) : x1;
  const sums: MapSum[] = [];
  const mapOf = (node: number): FeatureMap =>
    ([x0, second][node] ?? sums[node - INPUTS]?.total) as FeatureMap; // nodes read earlier ones
  for (const [at, branches] of cell.entries()) {
    const sum = new MapSum(forward);
    for (const [which, { input, op }] of branches.entries()) {
      const x = mapOf(input);
      const own = branchPlace(place, { node: INPUTS + at, which, input, final });
      const y = branch(OPERATIONS[op] as Operation, own, pass)(x, sum);
      sum.add(y, y !== x);
    }
    sums.push(sum);
  }
  const ends = looseEnds(cell).map((node) => ({ node, map: mapOf(node) }));
  const output = (final ? concatenatedEnds : mixedEnds)(ends, place, forward);
  for (const sum of sums) sum.dispose();
  if (second !== x1) second.dispose();
  return output;
}

function cellOf(branches: readonly Branch[]): MicroCell {
  return Array.from({ length: branches.length / 2 }, (_, at): MicroNode => {
    return branches.slice(2 * at, 2 * at + 2) as unknown as MicroNode; // two per node
  });
}
