import type { ArchitecturePath, Site, SupernetTask } from '@archer-nas/nn';

import type { Cell } from './cell.ts';
import { type Definition, OPERATIONS } from './definition.ts';

/** Whether an option is a set of inputs, or one of them. */
export type InputOptions = NonNullable<SupernetTask['inputs']>;

/** What a cell of the supernet chooses for one node: its operation, or its inputs. */
export interface NodeSite {
  readonly kind: 'operation' | 'inputs';
  readonly node: number;
  readonly options: readonly string[];
  /** Of inputs, how many an architecture has; where an option is one of them. */
  readonly keeps?: number;
}

/**
 * The choices of a cell, in the order of the decisions: the operations of blocks 1 to N, the
 * inputs of the output, those of the blocks that have a choice. With `each` they have 24, 26 and 35
 * options in spaces 1, 2 and 3.
 */
export function nodeSites(definition: Definition, by: InputOptions): NodeSite[] {
  const { blocks, parentSets } = definition;
  const nodes = Array.from({ length: blocks }, (_, at) => at + 1);
  const operations = nodes.map((node): NodeSite => {
    return { kind: 'operation', node, options: [...OPERATIONS] };
  });
  const inputs = [blocks + 1, ...nodes].flatMap((node): NodeSite[] => {
    const options = inputOptions(definition, by, node).map((set) => set.join('+'));
    const keeps = parentSets[node]?.[0]?.length ?? 0;
    if (options.length < 2) return [];
    return [{ kind: 'inputs', node, options, ...(by === 'each' && { keeps }) }];
  });
  return [...operations, ...inputs];
}

/** The inputs that each option of a node stands for; one set where there is no choice. */
export function inputOptions(
  { parentSets }: Definition,
  by: InputOptions,
  node: number,
): readonly (readonly number[])[] {
  const sets = parentSets[node] ?? [];
  if (by === 'sets' || sets.length < 2) return sets;
  return Array.from({ length: node }, (_, from) => [from]);
}

/** What the options of a supernet's sites are. */
export function inputsOf(sites: readonly Site[]): InputOptions {
  return sites.some(({ keeps }) => keeps !== undefined) ? 'each' : 'sets';
}

/**
 * The cell that a mixture stands for: of each block the heaviest operation, of each node the
 * heaviest inputs until it has as many as the space says. Equal weights: the first.
 *
 * @param weights per decision, one per option
 */
export function derive(
  weights: readonly ArrayLike<number>[],
  by: InputOptions,
  definition: Definition,
): Cell {
  const sites = nodeSites(definition, by);
  const rankedAt = (kind: NodeSite['kind'], node: number): number[] =>
    ranked(weights[sites.findIndex((site) => site.kind === kind && site.node === node)] ?? [0]);
  const graph = definition.parentSets.map(([first = []], node) => {
    const options = inputOptions(definition, by, node);
    const parents = rankedAt('inputs', node).flatMap((option) => options[option] ?? []);
    return parents.slice(0, first.length).sort((a, b) => a - b);
  });
  const operations = Array.from({ length: definition.blocks }, (_, at) => {
    return rankedAt('operation', at + 1)[0] ?? 0;
  });
  return { graph, operations };
}

/** Options from the heaviest to the lightest, equal ones in their order. */
function ranked(row: ArrayLike<number>): number[] {
  const options = Array.from(row, (_, option) => option);
  return options.sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0));
}

/** What a cell takes at the sites of a supernet. */
export function pathOf(
  { graph, operations }: Cell,
  supernet: readonly Site[],
  definition: Definition,
): ArchitecturePath {
  const by = inputsOf(supernet);
  const taken = nodeSites(definition, by).map(({ kind, node }) => {
    if (kind === 'operation') return operations[node - 1] ?? 0;
    const parents = graph[node] ?? [];
    if (by === 'each') return parents;
    return inputOptions(definition, by, node).findIndex((set) => set.join() === parents.join());
  });
  return supernet.map(({ decision }) => taken[decision] ?? 0);
}
