import { createHash } from 'node:crypto';

import { type Cell, type Graph, graphDigits, prune } from './cell.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Labels of the input and output vertex in the benchmark's hash. */
const INPUT = -1;
const OUTPUT = -2;

/**
 * The key of the original data set, equal for isomorphic graphs: every vertex starts with the MD5
 * of (out-degree, in-degree, label), then takes in the sorted hashes of its predecessors and
 * successors, as many times as there are vertices (Ying et al., ICML 2019, section 2). Texts are
 * those that Python prints for the tuples and the list.
 */
export function graphHash({ vertices, next, operations }: Graph): string {
  const all = Array.from({ length: vertices }, (_, v) => v);
  const after = all.map((v) => all.filter((to) => ((next[v] ?? 0) >> to) & 1));
  const before = all.map((v) => all.filter((from) => ((next[from] ?? 0) >> v) & 1));
  const labels = [INPUT, ...operations, OUTPUT];
  let hashes = all.map((v) => md5(`(${after[v]?.length}, ${before[v]?.length}, ${labels[v]})`));
  for (let round = 0; round < vertices; round++) {
    const sorted = (list: readonly number[] | undefined): string =>
      (list ?? [])
        .map((v) => hashes[v])
        .sort()
        .join('');
    hashes = all.map((v) => md5(`${sorted(before[v])}|${sorted(after[v])}|${hashes[v]}`));
  }
  return md5(
    `[${hashes
      .sort()
      .map((hash) => `'${hash}'`)
      .join(', ')}]`,
  );
}

/** Hashes kept; each takes some 50 MD5s, and searches come back to the same graphs. */
const KEPT = 2 ** 16;

/** {@link graphHash} of cells with the last results at hand. */
export function hashes(): (cell: Cell) => string {
  const known = new Map<string, string>();
  return (cell) => {
    const graph = prune(cell);
    const digits = graphDigits(graph).join(':');
    const hash = known.get(digits) ?? graphHash(graph);
    if (known.size >= KEPT) known.clear();
    known.set(digits, hash);
    return hash;
  };
}
