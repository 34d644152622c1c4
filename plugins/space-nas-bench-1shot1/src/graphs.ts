import { type Definition, subsets } from './definition.ts';

/** The parents of every node, ascending; those of node 0, and of nodes that are not used: none. */
export type Graph = readonly (readonly number[])[];

/** Equal for equal graphs. */
export function graphKey(graph: Graph): string {
  return graph.map((parents) => parents.join('')).join('|');
}

/** The graph without nodes that nobody reads, which the benchmark prunes. */
export function withoutLooseEnds(graph: Graph): Graph {
  const output = graph.length - 1;
  const read = new Set([output]);
  for (let node = output; node > 0; node--) {
    if (read.has(node)) for (const parent of graph[node] ?? []) read.add(parent);
  }
  return graph.map((parents, node) => (read.has(node) ? parents : []));
}

/** Blocks that compute something which is read. */
export function usedBlocks(graph: Graph): number {
  return graph.slice(0, -1).filter((parents) => parents.length > 0).length;
}

/** Every choice of parents once, loose ends included. */
export function* allGraphs({ parentSets }: Definition, from = 0): Generator<Graph> {
  const sets = parentSets[from];
  if (sets === undefined) {
    yield [];
    return;
  }
  for (const parents of sets) {
    for (const rest of allGraphs({ parentSets } as Definition, from + 1)) yield [parents, ...rest];
  }
}

/** The graphs without loose ends that the choices of parents leave, each once. */
export function prunedGraphs(definition: Definition): Graph[] {
  const found = new Map<string, Graph>();
  for (const graph of allGraphs(definition)) {
    const pruned = withoutLooseEnds(graph);
    found.set(graphKey(pruned), pruned);
  }
  return [...found.values()];
}

/**
 * The graphs without loose ends that the released generator finds, on which the published optima
 * were computed. It goes from the output backwards into one parent at a time, and ends where the
 * graph is whole: graphs with two parents that have roots of their own are lost.
 */
export function releasedGraphs(definition: Definition): Graph[] {
  const found = new Map<string, Graph>();
  const output = definition.blocks + 1;
  const empty = Array.from({ length: output + 1 }, (): number[] => []);
  const visit = (graph: readonly number[][], node: number): void => {
    if (isWhole(graph, definition)) {
      found.set(graphKey(graph), graph);
      return;
    }
    const missing = parentCount(definition, node) - (graph[node] ?? []).length;
    if (node === 0 || missing < 0) return;
    const free = subsets(node, 1).flat();
    const others = free.filter((candidate) => !graph[node]?.includes(candidate));
    for (const chosen of subsets(others.length, missing)) {
      let grown = graph;
      for (const at of chosen) {
        const parent = others[at] as number; // chosen are positions of others
        grown = grown.map((known, v) => (v === node ? [...known, parent].sort() : known));
        visit(grown, parent);
      }
    }
  };
  visit(empty, output);
  return [...found.values()];
}

function parentCount({ parentSets }: Definition, node: number): number {
  return parentSets[node]?.[0]?.length ?? 0;
}

/** Every node has all its parents or none, and is read by another exactly if it has some. */
function isWhole(graph: Graph, definition: Definition): boolean {
  const output = graph.length - 1;
  const read = new Set(graph.flat());
  if (graph[output]?.length !== parentCount(definition, output) || !read.has(0)) return false;
  return graph.slice(1, -1).every((parents, at) => {
    const node = at + 1;
    if (parents.length === 0) return !read.has(node);
    return parents.length === parentCount(definition, node) && read.has(node);
  });
}
