import {
  auxiliaryHead,
  auxiliaryParameters,
  type Forward,
  type Gate,
  type Network,
  type NetworkTask,
  type ParameterSpec,
  type Site,
  type SupernetTask,
} from '@archer-nas/nn';

import { auxiliaryCell, auxiliaryChannels, checkAuxiliary } from './auxiliary-head.ts';
import type { Candidate, Candidates } from './candidates.ts';
import {
  type EdgePlace,
  type LayerStyle,
  operation,
  operationParameters,
} from './edge-operations.ts';
import { CELL_TYPES, type CellType, EDGES, edgeAt } from './edges.ts';
import { type CellGraph, type Genotype, INPUTS, nodeOf, VOCABULARY } from './genotype.ts';
import { type CellEdge, runCell } from './run-cell.ts';
import {
  type CellPlace,
  cellsOf,
  checkImage,
  checkPartial,
  lastChannels,
  type NetworkSize,
} from './skeleton.ts';
import {
  head,
  headParameters,
  preprocess,
  preprocessParameters,
  stem,
  stemParameters,
} from './skeleton-layers.ts';

/** An edge that a network has, with what can run on it. */
interface PlannedEdge {
  readonly from: number;
  readonly to: number;
  readonly candidates: readonly Candidate[];
}

/** A skeleton filled with operations. */
interface Plan {
  readonly size: NetworkSize;
  readonly task: NetworkTask;
  readonly style: LayerStyle;
  /** Operations see one of so many blocks of channels; the others bypass them. */
  readonly partial: number | undefined;
  readonly edges: Readonly<Record<CellType, readonly PlannedEdge[]>>;
}

/**
 * The supernet: all 14 edges in every cell, each with its candidates. A site per cell and edge;
 * cells of one type are tied to the same 14 decisions, first those of the normal cell.
 *
 * @throws ArcherError when the image cannot be halved by both reduction cells, or the channels
 * divided
 */
export function cellSupernet(
  whole: NetworkSize,
  { cells = whole.cells, partial, ...task }: SupernetTask,
  candidates: Candidates,
): Network {
  const size = { ...whole, cells };
  checkPartial(size, partial);
  const edgesOf = (type: CellType): PlannedEdge[] =>
    EDGES.map((edge, at) => ({ ...edge, candidates: candidates[type][at] ?? [] }));
  const edges = { normal: edgesOf('normal'), reduce: edgesOf('reduce') };
  const plan: Plan = { size, task, style: 'search', partial, edges };
  return { ...assemble(plan), sites: sitesOf(plan), perNode: 2 };
}

/**
 * The network of one genotype that is trained alone. Parameters are named as in the supernet.
 *
 * @throws ArcherError when the image cannot be halved by both reduction cells
 */
export function cellNetwork(size: NetworkSize, task: NetworkTask, genotype: Genotype): Network {
  const edgesOf = (graph: CellGraph): PlannedEdge[] =>
    graph.map(({ op, from }, edge) => {
      return { from, to: nodeOf(edge), candidates: [VOCABULARY[op] ?? 'none'] };
    });
  const edges = { normal: edgesOf(genotype.normal), reduce: edgesOf(genotype.reduce) };
  return assemble({ size, task, style: 'trained', partial: undefined, edges });
}

function assemble(plan: Plan): Network {
  const { size, task } = plan;
  const auxiliary = hasAuxiliary(plan);
  checkImage(size, task.image);
  if (auxiliary) checkAuxiliary(size, task.image);
  return {
    classes: task.classes,
    image: task.image,
    auxiliary,
    dropPath: plan.style === 'trained',
    sites: [],
    parameters: parametersOf(plan),
    forward: (images, gates, forward) => {
      let [beforeLast, last] = stem(images, forward, size);
      let site = 0;
      for (const place of cellsOf(size)) {
        const inputs = preprocess([beforeLast, last], place, plan.style, forward);
        const edges = edgesOf(plan, place, gates.slice(site), forward);
        site += edges.length;
        if (beforeLast !== last) beforeLast.dispose();
        beforeLast = last;
        last = runCell(inputs, edges, forward, place.type === 'reduce');
        if (auxiliary && place.cell === auxiliaryCell(size)) {
          forward.auxiliary?.(auxiliaryHead(last, forward, task.classes, size.stem));
        }
      }
      beforeLast.dispose();
      return head(last, forward, task.classes);
    },
  };
}

/** Only networks that are trained alone. */
function hasAuxiliary({ style, task }: Plan): boolean {
  return style === 'trained' && task.auxiliary === true;
}

/** The gate of an edge with one operation. */
const ONLY: Gate = { support: [0] };

/**
 * The edges of one cell.
 *
 * @param gates one per edge, or none at all where each edge has one operation
 */
function edgesOf(
  plan: Plan,
  place: CellPlace,
  gates: readonly Gate[],
  forward: Forward,
): CellEdge[] {
  return plan.edges[place.type].map(({ from, to, candidates }, edge) => {
    const at = edgePlace(plan, place, [from, to]);
    return {
      ...{ from, to },
      gate: plan.style === 'trained' ? ONLY : gateOf(plan, gates[edge], at),
      candidates: candidates.map((op) => operation(op, at, plan.style, forward)),
    };
  });
}

function gateOf({ partial }: Plan, gate: Gate | undefined, { name, stride }: EdgePlace): Gate {
  if (gate === undefined) throw new RangeError(`no gate for ${name}: too few gates were given`);
  return partial === undefined ? gate : { ...gate, partial: { of: partial, stride } };
}

/** Only edges from a reduction cell's inputs halve. An operation has the channels that it sees. */
function edgePlace(
  { partial = 1 }: Plan,
  { cell, channels, type }: CellPlace,
  [from, to]: readonly [number, number],
): EdgePlace {
  const stride = type === 'reduce' && from < INPUTS ? 2 : 1;
  return { name: `cell${cell}.edge${edgeAt(from, to)}`, channels: channels / partial, stride };
}

function sitesOf(plan: Plan): Site[] {
  return cellsOf(plan.size).flatMap((place) =>
    plan.edges[place.type].map(({ from, to, candidates }, edge) => ({
      name: edgePlace(plan, place, [from, to]).name,
      decision: CELL_TYPES.indexOf(place.type) * EDGES.length + edge,
      options: candidates,
      node: `cell${place.cell}.node${to}`,
      ...(place.type === 'reduce' && { reduces: true }),
      ...zeroOf(plan, candidates),
    })),
  );
}

/** With a bypass, no option gives zeros. */
function zeroOf({ partial }: Plan, candidates: readonly Candidate[]): { zero?: number } {
  const zero = candidates.indexOf('none');
  return zero < 0 || partial !== undefined ? {} : { zero };
}

function parametersOf(plan: Plan): ParameterSpec[] {
  const { size, task, style } = plan;
  let site = 0;
  const ofCell = (place: CellPlace): ParameterSpec[] =>
    plan.edges[place.type].flatMap(({ from, to, candidates }) => {
      const at = edgePlace(plan, place, [from, to]);
      const parameters = candidates.flatMap((op, option) =>
        operationParameters(op, at, style, style === 'search' ? { site, option } : undefined),
      );
      site += 1;
      return parameters;
    });
  return [
    ...stemParameters(task.image.channels, size),
    ...cellsOf(size).flatMap((place) => [...preprocessParameters(place, style), ...ofCell(place)]),
    ...headParameters(lastChannels(size), task.classes),
    ...(hasAuxiliary(plan)
      ? auxiliaryParameters(auxiliaryChannels(size), task.classes, size.stem)
      : []),
  ];
}
