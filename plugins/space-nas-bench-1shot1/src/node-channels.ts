import type { Graph } from './graphs.ts';

/**
 * The channels of nodes 1 to N + 1 in a cell of NAS-Bench-101: blocks that the output reads share
 * its channels, the first ones get what is left over; every other block has the most of those that
 * read it. 0 for a node that is not there.
 *
 * @param graph without loose ends
 */
export function nodeChannels(graph: Graph, to: number): number[] {
  const output = graph.length - 1;
  const last = (graph[output] ?? []).filter((parent) => parent > 0);
  const channels = graph.map((_, node) => (node === output ? to : 0));
  last.forEach((node, at) => {
    channels[node] = Math.floor(to / last.length) + (at < to % last.length ? 1 : 0);
  });
  for (let node = output - 1; node > 0; node--) {
    if (last.includes(node)) continue;
    const readers = channels.filter((_, by) => by < output && graph[by]?.includes(node));
    channels[node] = Math.max(0, ...readers);
  }
  return channels.slice(1);
}
