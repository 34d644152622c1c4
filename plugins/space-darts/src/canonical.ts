import { type CellGraph, type Genotype, INPUTS, NODES, nodeOf } from './genotype.ts';

const ORDERS = permutations(Array.from({ length: NODES }, (_, node) => node));

/**
 * Equal for genotypes that differ by the numbering of their nodes. The channels of a cell's
 * output then change places, which the 1×1 convolutions behind it absorb, so that the networks
 * are the same when trained alone.
 */
export function canonical({ normal, reduce }: Genotype): string {
  return `${canonicalCell(normal)};${canonicalCell(reduce)}`;
}

function canonicalCell(graph: CellGraph): string {
  const names = ORDERS.filter((order) => isTopological(graph, order)).map((order) =>
    render(graph, order),
  );
  return names.reduce((least, name) => (name < least ? name : least));
}

/** New number of a node under `order`; inputs keep theirs. */
function renamed(node: number, order: readonly number[]): number {
  return node < INPUTS ? node : INPUTS + (order[node - INPUTS] as number);
}

function isTopological(graph: CellGraph, order: readonly number[]): boolean {
  return graph.every(({ from }, edge) => renamed(from, order) < renamed(nodeOf(edge), order));
}

function render(graph: CellGraph, order: readonly number[]): string {
  const nodes = new Array<string>(NODES);
  for (let node = 0; node < NODES; node++) {
    const pair = graph.slice(2 * node, 2 * node + 2);
    const text = pair.map(({ op, from }) => `${renamed(from, order)}.${op}`).sort();
    nodes[order[node] as number] = text.join(' ');
  }
  return nodes.join(' ');
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}
