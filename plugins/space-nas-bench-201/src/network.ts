import type { Allowed } from '@archer-nas/core';
import type {
  Candidate,
  Forward,
  Gate,
  Network,
  NetworkTask,
  ParameterSpec,
  Site,
  SupernetTask,
} from '@archer-nas/nn';

import { type Cell, EDGES, OP, OPERATIONS } from './cell.ts';
import {
  candidate,
  type EdgePlace,
  type LayerStyle,
  operationParameters,
} from './edge-operations.ts';
import { supernetPieces } from './pieces.ts';
import { type Edge, runCell } from './run-cell.ts';
import { checkSets, edgeName, inSets, operationsName } from './shared-operations.ts';
import {
  type Block,
  blocksOf,
  checkImage,
  checkPartial,
  lastChannels,
  type Skeleton,
} from './skeleton.ts';
import {
  type FeatureMap,
  head,
  headParameters,
  reduction,
  reductionParameters,
  stem,
  stemParameters,
} from './skeleton-layers.ts';

/** A skeleton filled with operations. */
interface Plan {
  readonly skeleton: Skeleton;
  readonly task: NetworkTask;
  /** Of the operations in the cells. */
  readonly style: LayerStyle;
  /** Of stem, reduction blocks and head. */
  readonly frame: LayerStyle;
  /** Per edge, the operations that can run there. */
  readonly operations: Allowed;
  /** Whether the operations are chosen by gates; otherwise there is one per edge. */
  readonly gated: boolean;
  /** Operations see one of so many blocks of channels; the others bypass them. */
  readonly partial?: number | undefined;
  /** The edges of a cell share so many sets of operations; absent: each edge has its own. */
  readonly sets?: number | undefined;
}

/** What a supernet is made of. */
export interface SupernetSettings extends Skeleton {
  /** Whether convolutions have a bias. */
  readonly convBias: boolean;
  /** Whether batch norms outside of the cells have scale and offset; default false. */
  readonly skeletonAffine?: boolean | undefined;
}

/**
 * The supernet: every cell has its own candidates on every edge, chosen by a gate per cell and
 * edge. Batch norms in cells have no scale and offset. Meant for batch statistics, with which a path
 * without any connection gives the classifier's bias for every image.
 *
 * @throws ArcherError when the image cannot be halved twice, the channels divided, or operations
 * shared between edges
 */
export function cellSupernet(
  settings: SupernetSettings,
  task: SupernetTask,
  allowed: Allowed,
): Network {
  const style = { affine: false, bias: settings.convBias } as const;
  const { classes, partial, sets } = task;
  const skeleton = { ...settings, cells: task.cells ?? settings.cells };
  checkPartial(skeleton, partial);
  if (sets !== undefined) checkSets(allowed);
  const frame = { ...style, affine: settings.skeletonAffine ?? false };
  const plan = { skeleton, classes, style, frame, operations: allowed, sets };
  const network = assemble({ ...plan, task, gated: true, partial });
  return partial === undefined ? { ...network, pieces: supernetPieces(plan) } : network;
}

/**
 * The network of one cell as the benchmark trains it: batch norms with scale and offset,
 * running statistics, no convolution bias. Parameters are named as in the supernet.
 *
 * @throws ArcherError when the image cannot be halved twice
 */
export function cellNetwork(skeleton: Skeleton, task: NetworkTask, cell: Cell): Network {
  const operations = cell.map((op) => [op]);
  const style = { affine: true, bias: false };
  return assemble({ skeleton, task, style, frame: style, operations, gated: false });
}

function assemble(plan: Plan): Network {
  const { task, gated } = plan;
  checkImage(task.image.height, task.image.width);
  return {
    classes: task.classes,
    image: task.image,
    sites: gated ? sitesOf(plan) : [],
    parameters: parametersOf(plan),
    forward: (images, gates, forward) => {
      let x = stem(images, forward, plan.skeleton.channels, plan.frame);
      for (const block of blocksOf(plan.skeleton)) {
        const y = runBlock(plan, block, x, gates, forward);
        if (y !== x) x.dispose();
        x = y;
      }
      return head(x, forward, task.classes, plan.frame);
    },
  };
}

function runBlock(
  plan: Plan,
  block: Block,
  x: FeatureMap,
  gates: readonly Gate[],
  forward: Forward,
): FeatureMap {
  if (block.kind === 'reduction') return reduction(x, forward, block.name, plan.frame);
  const edges = edgesOf(plan, block, gates, forward);
  return runCell(x, edges, forward, mapsZeroToZero(plan, forward));
}

/** With batch statistics and no offset, batch norm of zeros is zero whatever the bias. */
function mapsZeroToZero({ style }: Plan, forward: Forward): boolean {
  return !style.affine && forward.batchNorm === 'batch';
}

function cellsOf(plan: Plan): { cell: number; channels: number }[] {
  return blocksOf(plan.skeleton).flatMap((block) => (block.kind === 'cell' ? [block] : []));
}

function sitesOf(plan: Plan): Site[] {
  return cellsOf(plan).flatMap(({ cell }) =>
    plan.operations.map((operations, edge) => {
      const [from, to] = EDGES[edge] ?? [];
      const zero = plan.partial === undefined ? operations.indexOf(OP.none) : -1;
      return {
        name: edgeName(cell, edge),
        decision: edge,
        options: operations.map((op) => OPERATIONS[op] ?? ''),
        node: `cell${cell}.node${to}`,
        ...(zero < 0 ? {} : { zero }),
        ...(plan.sets && { sets: plan.sets, from: `cell${cell}.node${from}` }),
      };
    }),
  );
}

/** The gate of an edge with one operation. */
const ONLY: Gate = { support: [0] };

/** Stands for a candidate outside of a gate's support, of which there are many in each step. */
const NOT_RUN: Candidate = () => undefined;

function edgesOf(
  plan: Plan,
  { cell, channels }: { readonly cell: number; readonly channels: number },
  gates: readonly Gate[],
  forward: Forward,
): Edge[] {
  return plan.operations.map((own, edge) => {
    const gate = plan.gated ? gateOf(plan, gates, [cell, edge]) : ONLY;
    const operations = inSets(own, plan.sets);
    const candidates = operations.map((op, option) => {
      if (!gate.support.includes(option)) return NOT_RUN;
      const place = placeOf(plan, operationsName(plan, { cell, edge, option }), channels);
      return candidate(op, place, plan.style, forward);
    });
    return { gate, operations, candidates };
  });
}

/** Where an operation runs: it has the channels that it sees. */
function placeOf(
  { partial = 1 }: Pick<Plan, 'partial'>,
  name: string,
  channels: number,
): EdgePlace {
  return { name, channels: channels / partial };
}

function gateOf(
  { partial }: Plan,
  gates: readonly Gate[],
  [cell, edge]: readonly [number, number],
): Gate {
  const gate = gates[cell * EDGES.length + edge];
  if (gate !== undefined)
    return partial === undefined ? gate : { ...gate, partial: { of: partial } };
  throw new RangeError(`no gate for ${edgeName(cell, edge)}: ${gates.length} gates were given`);
}

function parametersOf(plan: Plan): ParameterSpec[] {
  const { skeleton, task, frame } = plan;
  return [
    ...stemParameters(task.image.channels, skeleton.channels, frame),
    ...blocksOf(skeleton).flatMap((block) =>
      block.kind === 'reduction'
        ? reductionParameters(block.name, block.from, frame)
        : cellParameters(plan, block),
    ),
    ...headParameters(lastChannels(skeleton), task.classes, frame),
  ];
}

function cellParameters(
  plan: Plan,
  { cell, channels }: { readonly cell: number; readonly channels: number },
): ParameterSpec[] {
  const [site, ...others] = EDGES.map((_, edge) => cell * EDGES.length + edge);
  const edges = plan.sets === undefined ? plan.operations : plan.operations.slice(0, 1);
  return edges.flatMap((own, edge) =>
    inSets(own, plan.sets).flatMap((op, option) => {
      const alone = { site: (site ?? 0) + edge, option };
      const owner = plan.sets === undefined ? alone : { ...alone, sharedBy: others };
      const place = placeOf(plan, operationsName(plan, { cell, edge, option }), channels);
      return operationParameters(op, place, plan.style, plan.gated ? owner : undefined);
    }),
  );
}
