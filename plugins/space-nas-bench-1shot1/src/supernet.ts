import type { Gate, Network, ParameterSpec, Site, SupernetTask } from '@archer-nas/nn';

import { type CellShape, cellParameters } from './cell-shape.ts';
import { type Definition, OPERATIONS } from './definition.ts';
import { type InputOptions, inputOptions, type NodeSite, nodeSites } from './node-sites.ts';
import { type CellGates, runCell } from './run-cell.ts';
import { type CellPlace, checkImage, checkPartial, placesOf, type Skeleton } from './skeleton.ts';
import {
  type FeatureMap,
  head,
  headParameters,
  narrowed,
  narrowedParameters,
  stem,
  stemParameters,
} from './skeleton-layers.ts';
import { throughCells } from './through-cells.ts';

/** The supernet's cells, of which all are alike. */
interface Plan {
  readonly definition: Definition;
  /** In the order of the decisions. */
  readonly sites: readonly NodeSite[];
  /** By node, the inputs that each option stands for. */
  readonly inputs: CellShape['inputs'];
  readonly partial: number | undefined;
}

/**
 * The supernet of Zela, Siems and Hutter (ICLR 2020): a site per cell for the operation of each
 * block, then for the inputs of the output and of each block that has a choice. All cells are tied
 * to the same decisions. Batch norms have scale and offset.
 *
 * @throws ArcherError when the image cannot be halved twice, or the channels divided
 */
export function cellSupernet(
  definition: Definition,
  { channels, cells }: Skeleton,
  { cells: depth = cells, partial, inputs = 'sets', classes, image }: SupernetTask,
): Network {
  const skeleton = { channels, cells: depth };
  checkImage(image.height, image.width);
  checkPartial(skeleton, partial);
  const plan = planOf(definition, inputs, partial);
  const places = placesOf(skeleton, definition.blocks);
  const last = places.at(-1) as CellPlace; // three stacks have cells
  const wide = definition.blocks * last.channels;
  const sites = places.flatMap(({ name }) => sitesOf(plan, name));
  return {
    classes,
    image,
    sites,
    parameters: [
      ...stemParameters(image.channels, channels),
      ...places.flatMap((place, cell) => parametersOf(plan, place, cell)),
      ...narrowedParameters(wide, last.channels),
      ...headParameters(last.channels, classes),
    ],
    forward: (images, gates, forward) => {
      if (gates.length < sites.length) throw tooFew(gates.length, sites.length);
      const run = (x: FeatureMap, place: CellPlace, cell: number) =>
        runCell(x, shapeOf(plan, place), gatesOf(plan, gates, cell), forward);
      const x = throughCells(stem(images, forward, channels), places, run, forward);
      const y = narrowed(x, forward, last.channels);
      x.dispose();
      return head(y, forward, classes);
    },
  };
}

function planOf(definition: Definition, by: InputOptions, partial: number | undefined): Plan {
  const inputs = definition.parentSets.map((_, node) => inputOptions(definition, by, node));
  return { definition, sites: nodeSites(definition, by), inputs, partial };
}

function sitesOf({ sites, definition: { blocks } }: Plan, cell: string): Site[] {
  return sites.map(({ kind, node, options, keeps }, decision) => {
    const place = node > blocks ? `${cell}.output` : `${cell}.node${node}`;
    const name = kind === 'inputs' ? `${place}.inputs` : place;
    return { name, decision, options, ...(keeps !== undefined && { keeps }) };
  });
}

/** Every block has the channels of its stack, and its own place in the output. */
function shapeOf(
  { definition: { blocks }, inputs, partial }: Plan,
  { name, channels, from }: CellPlace,
): CellShape {
  const slots = Array.from({ length: blocks }, (_, at) => at + 1);
  const all = OPERATIONS.map((_, op) => op);
  return {
    ...{ name, from, inputs, partial, slots },
    channels: [from, ...slots.map(() => channels), blocks * channels],
    operations: [[], ...slots.map(() => all), []],
  };
}

function parametersOf(plan: Plan, place: CellPlace, cell: number): ParameterSpec[] {
  const first = cell * plan.sites.length;
  // Operations come first among the sites, in the order of the nodes.
  return cellParameters(shapeOf(plan, place), (node, option) => ({
    ...{ site: first + node - 1, option },
  }));
}

/** The gate of a node without a choice. */
const ONLY: Gate = { support: [0] };

function gatesOf({ sites, inputs }: Plan, gates: readonly Gate[], cell: number): CellGates {
  const own = gates.slice(cell * sites.length, (cell + 1) * sites.length);
  const of = (kind: NodeSite['kind'], node: number): Gate =>
    own[sites.findIndex((site) => site.kind === kind && site.node === node)] ?? ONLY;
  return {
    inputs: inputs.map((_, node) => of('inputs', node)),
    operations: inputs.map((_, node) => of('operation', node)),
  };
}

function tooFew(given: number, sites: number): RangeError {
  return new RangeError(`${given} gates were given for ${sites} sites`);
}
