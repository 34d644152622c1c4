import { mean } from '@archer-nas/core';
import { type Path, type Site, tiedSites } from '@archer-nas/nn';

/** How the archive is kept. */
export interface ArchiveOptions {
  /** M, the most members. */
  readonly size: number;
  /** Random paths that a member is chosen from until there are M. */
  readonly candidates: number;
  /** Paths of the last steps that a member is chosen from afterwards. */
  readonly recent: number;
  /** k: members that novelty is measured by. */
  readonly neighbours: number;
}

/** Members, and the paths of the last steps, oldest first. */
export interface Archive {
  readonly members: readonly Path[];
  readonly recent: readonly Path[];
}

/** Share of the decisions in which two paths differ. */
export function distance(sites: readonly Site[], a: Path, b: Path): number {
  const ties = tiedSites(sites);
  const differing = ties.filter(([site]) => a[site as number] !== b[site as number]); // none is empty
  return differing.length / ties.length;
}

/** Mean distance to the k nearest members; 1 where there are none. */
export function novelty(
  sites: readonly Site[],
  path: Path,
  members: readonly Path[],
  k: number,
): number {
  if (members.length === 0) return 1;
  const distances = members.map((member) => distance(sites, path, member)).sort((a, b) => a - b);
  return mean(distances.slice(0, k));
}

/**
 * The archive after a step on `path`. Until it is full, the most novel of some random paths joins it;
 * then the most novel of the paths of the last steps takes the place of the member that is most
 * similar to `path`. The first of equals.
 *
 * @param options.random draws a path that may join
 */
export function updated(
  sites: readonly Site[],
  { members, recent }: Archive,
  path: Path,
  { random, ...options }: ArchiveOptions & { readonly random: () => Path },
): Archive {
  const last = [...recent, path].slice(-options.recent);
  const mostNovel = (paths: readonly Path[]): Path =>
    best(paths, (one) => novelty(sites, one, members, options.neighbours));
  if (members.length < options.size) {
    const candidates = Array.from({ length: options.candidates }, random);
    return { members: [...members, mostNovel(candidates)], recent: last };
  }
  const similar = members.indexOf(best(members, (member) => -distance(sites, member, path)));
  return { members: members.with(similar, mostNovel(last)), recent: last };
}

function best(paths: readonly Path[], merit: (path: Path) => number): Path {
  return paths.reduce((a, b) => (merit(b) > merit(a) ? b : a));
}
