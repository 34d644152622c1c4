import {
  type Forward,
  factorizedReduce,
  factorizedReduceParameters,
  type Gate,
  type Network,
  type NetworkTask,
  type Owner,
  type ParameterSpec,
  type Site,
} from '@archer-nas/nn';

import { type LayerGroup, parametersIn } from '../costs.ts';
import { checkChannels, checkImage } from '../limits.ts';
import { optionAt } from '../single-path.ts';
import {
  architectureOf,
  type MacroArchitecture,
  OPERATIONS,
  type Operation,
  sourceName,
  sourcesOf,
} from './architecture.ts';
import {
  head,
  headParameters,
  join,
  joinParameters,
  type Logits,
  stem,
  stemParameters,
} from './layers.ts';
import { type FeatureMap, operation, operationParameters } from './operations.ts';
import {
  type LayerPlace,
  lastReaders,
  type MacroSize,
  type MacroStructure,
  placesOf,
  pooledAfter,
} from './skeleton.ts';

/** What a network is built from. */
interface Plan {
  readonly size: MacroSize;
  readonly task: NetworkTask;
  readonly structure: MacroStructure;
}

/**
 * The supernet: every layer has weights for each of the operations, and they are the same whatever
 * is skipped. A site per decision, in the decisions' order.
 *
 * @throws ArcherError when the image cannot be halved twice, or the channels are odd
 */
export function macroSupernet(
  size: MacroSize,
  task: NetworkTask,
  operations: readonly Operation[],
): Network {
  checkChannels(size.channels);
  const plan: Plan = { size, task, structure: 'searched' };
  const sites = sitesOf(size, operations);
  const ops = operations.map((name) => OPERATIONS.indexOf(name));
  const chosen = (gates: readonly Gate[]): MacroArchitecture => {
    const options = sites.map((site, at) => optionAt(site, gates[at]));
    const layers = architectureOf(options);
    return layers.map(({ op, skips }) => ({ op: ops[op] as number, skips })); // in range
  };
  return {
    ...frameOf(plan),
    sites,
    parameters: parametersIn(supernetGroups(plan, operations)),
    forward: (images, gates, forward) => run(images, plan, chosen(gates), forward),
  };
}

/**
 * The network of an architecture that is trained alone. Parameters are named as in the supernet.
 *
 * @throws ArcherError when the image cannot be halved twice, or the channels are odd
 */
export function macroNetwork(
  size: MacroSize,
  task: NetworkTask,
  { architecture, structure }: StandAlone,
): Network {
  if (structure === 'searched') checkChannels(size.channels);
  const plan: Plan = { size, task, structure };
  return {
    ...frameOf(plan),
    sites: [],
    parameters: parametersIn(networkGroups(plan, architecture)),
    forward: (images, _, forward) => run(images, plan, architecture, forward),
  };
}

/** A network that is trained alone. */
export interface StandAlone {
  readonly architecture: MacroArchitecture;
  readonly structure: MacroStructure;
}

function frameOf({ task }: Plan): Pick<Network, 'classes' | 'image' | 'dropout'> {
  checkImage(task.image);
  return { classes: task.classes, image: task.image, dropout: true };
}

/** Nothing outside of the architecture is computed: neither operations nor reductions. */
function run(
  images: FeatureMap,
  { size, task, structure }: Plan,
  architecture: MacroArchitecture,
  forward: Forward,
): Logits {
  const places = placesOf(size, structure);
  const readers = lastReaders(architecture);
  const sources: (FeatureMap | undefined)[] = [stem(images, forward, size.channels)];
  for (const [layer, { op, skips }] of architecture.entries()) {
    const place = places[layer] as LayerPlace; // as many as layers
    const x = sources[layer] as FeatureMap; // its input
    const own = operation(OPERATIONS[op] as Operation, place, structure, forward)(x);
    const skipped = skips.flatMap((bit, source) => (bit === 1 ? [sources[source]] : []));
    sources.push(join(own, skipped as FeatureMap[], place, { structure, forward }));
    for (const [source, map] of sources.entries()) {
      if ((readers[source] ?? 0) > layer) continue;
      map?.dispose();
      sources[source] = undefined;
    }
    const pool = pooledAfter(size).indexOf(layer);
    const channels = places[layer + 1]?.channels ?? 0;
    if (pool >= 0) halve(sources, pool, channels, forward);
  }
  return head(sources.at(-1) as FeatureMap, forward, task.classes);
}

const poolName = (pool: number, source: number): string => `pool${pool}.${sourceName(source)}`;

/** Halves every map that is still needed. */
function halve(
  sources: (FeatureMap | undefined)[],
  pool: number,
  outputs: number,
  forward: Forward,
): void {
  const options = { outputs, affine: true, relu: false };
  for (const [source, map] of sources.entries()) {
    if (map === undefined) continue;
    sources[source] = factorizedReduce(map, forward, poolName(pool, source), options);
    map.dispose();
  }
}

function sitesOf({ layers }: MacroSize, operations: readonly Operation[]): Site[] {
  let decision = 0;
  return Array.from({ length: layers }, (_, layer): Site[] => {
    const node = `layer${layer}`;
    return [
      { name: `${node}.op`, decision: decision++, options: operations, node },
      ...sourcesOf(layer).map((source) => ({
        name: `${node}.${source}`,
        decision: decision++,
        options: ['no', 'yes'],
        node,
        zero: 0,
      })),
    ];
  }).flat();
}

function supernetGroups(plan: Plan, operations: readonly Operation[]): LayerGroup[] {
  let site = 0;
  return groupsOf(plan, ({ layer }) => {
    const owned = operations.map((op, option) => ({ op, owner: { site, option } }));
    site += 1 + layer;
    return { operations: owned, skips: layer, isRead: () => true };
  });
}

/** The parameters of a network that is trained alone, without reductions that nobody reads. */
export function networkGroups(plan: Plan, architecture: MacroArchitecture): LayerGroup[] {
  const readers = lastReaders(architecture);
  return groupsOf(plan, ({ layer }) => ({
    operations: [{ op: OPERATIONS[architecture[layer]?.op ?? 0] as Operation }], // in range
    skips: architecture[layer]?.skips.filter((bit) => bit === 1).length ?? 0,
    isRead: (source) => (readers[source] ?? 0) > layer,
  }));
}

/** What a layer has parameters for. */
interface LayerContents {
  readonly operations: readonly { readonly op: Operation; readonly owner?: Owner }[];
  readonly skips: number;
  /** Whether a later layer reads the source. */
  isRead(source: number): boolean;
}

function groupsOf(
  { size, task, structure }: Plan,
  contentsOf: (place: LayerPlace) => LayerContents,
): LayerGroup[] {
  const places = placesOf(size, structure);
  const last = places.at(-1)?.channels ?? 0;
  return [
    { halvings: 0, parameters: stemParameters(task.image.channels, size.channels) },
    ...places.flatMap((place): LayerGroup[] => {
      const { layer, channels, halvings } = place;
      const { operations, skips, isRead } = contentsOf(place);
      const ofOperations = operations.flatMap(({ op, owner }) =>
        operationParameters(op, place, { structure, inputs: channels, owner }),
      );
      const parameters = [...ofOperations, ...joinParameters(place, structure, skips)];
      const pool = pooledAfter(size).indexOf(layer);
      if (pool < 0) return [{ halvings, parameters }];
      const to = places[layer + 1]?.channels ?? 0;
      const sources = Array.from({ length: layer + 2 }, (_, source) => source).filter(isRead);
      const reductions = sources.flatMap((source) => reduction(pool, source, channels, to));
      return [
        { halvings, parameters },
        { halvings: halvings + 1, parameters: reductions },
      ];
    }),
    { halvings: 2, parameters: headParameters(last, task.classes) },
  ];
}

function reduction(pool: number, source: number, from: number, outputs: number): ParameterSpec[] {
  const options = { outputs, affine: true };
  return factorizedReduceParameters(poolName(pool, source), from, options);
}
