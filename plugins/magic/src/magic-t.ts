import type { Stream } from '@archer-nas/core';
import { type Path, type PathRecipe, type Site, tiedSites } from '@archer-nas/nn';

/** What the walk is told. */
export interface MagicOptions {
  /** Decisions that change from one step to the next; the paper's is 1. */
  readonly changes: number;
}

interface Saved {
  readonly proposed: number;
  /** The last path, one option per decision; none before the first. */
  readonly at: readonly number[] | null;
  /** How often each option of each decision was in a path. */
  readonly visits: readonly (readonly number[])[];
}

/**
 * MAGIC-T: a random walk on the Hamming graph of paths. Child models interfere on what they share
 * the more, the more operations they differ in; so the path of step t + 1 is that of step t with one
 * decision changed to another of its options, both uniformly. The first path is uniform.
 */
export function magicT({ changes }: MagicOptions): PathRecipe {
  return {
    norms: 'none',
    begin: (sites, state) => {
      const saved = state as unknown as Saved | undefined;
      const ties = tiedSites(sites);
      const blocks = ties.map(([site]) => sites[site as number] as Site); // ties are not empty
      const visits = blocks.map(({ options }, d) => [
        ...(saved?.visits[d] ?? options.map(() => 0)),
      ]);
      let { proposed, at } = saved ?? { proposed: 0, at: null };
      return {
        propose: (n, stream) =>
          Array.from({ length: n }, () => {
            at = at === null ? uniform(blocks, stream) : changed(at, blocks, changes, stream);
            const path: number[] = [];
            at.forEach((option, d) => {
              for (const site of ties[d] ?? []) path[site] = option;
              (visits[d] as number[])[option] = (visits[d]?.[option] ?? 0) + 1;
            });
            return { id: `path-${proposed++}`, architecture: path satisfies Path };
          }),
        observe() {},
        advance: () => ({ metrics: { 'visit-imbalance': imbalance(visits) } }),
        get state() {
          return { proposed, at, visits: visits.map((counts) => [...counts]) };
        },
      };
    },
  };
}

function uniform(blocks: readonly Site[], stream: Stream): number[] {
  return blocks.map(({ options }) => stream.int(options.length));
}

/** Other options for `changes` distinct decisions, of those that have any. */
function changed(
  at: readonly number[],
  blocks: readonly Site[],
  changes: number,
  stream: Stream,
): number[] {
  const next = [...at];
  const free = blocks.flatMap(({ options }, d) => (options.length > 1 ? [d] : []));
  for (const d of stream.shuffle(free).slice(0, changes)) {
    const others = (blocks[d]?.options.length ?? 0) - 1;
    next[d] = ((at[d] as number) + 1 + stream.int(others)) % (others + 1);
  }
  return next;
}

/**
 * How far visits are from uniform: the largest total variation distance of a decision, 0 when all of
 * its options were visited equally often. A walk mixes slowly.
 */
export function imbalance(visits: readonly (readonly number[])[]): number {
  const distances = visits.map((counts) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return 0;
    return counts.reduce((sum, count) => sum + Math.abs(count / total - 1 / counts.length), 0) / 2;
  });
  return Math.max(0, ...distances);
}
