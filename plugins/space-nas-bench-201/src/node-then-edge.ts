import type { Allowed, Stream } from '@archer-nas/core';

import { EDGES } from './cell.ts';

/**
 * The mutation of the benchmark's scripts: a node uniformly, one of its edges uniformly, another
 * operation uniformly. The one edge of the first node changes with probability 1/3, each of the
 * last node's three with 1/9. Edges and nodes without a choice are not drawn.
 */
export function nodeThenEdge(allowed: Allowed) {
  const free = EDGES.flatMap(([, to], edge) =>
    (allowed[edge]?.length ?? 0) > 1 ? [{ to, edge }] : [],
  );
  const nodes = [...new Set(free.map(({ to }) => to))].map((node) =>
    free.filter(({ to }) => to === node).map(({ edge }) => edge),
  );
  return (choices: ArrayLike<number>, stream: Stream): number[] | undefined => {
    if (nodes.length === 0) return undefined;
    const edge = stream.pick(stream.pick(nodes));
    const others = (allowed[edge] ?? []).filter((operation) => operation !== choices[edge]);
    const child = Array.from(choices);
    child[edge] = stream.pick(others);
    return child;
  };
}
