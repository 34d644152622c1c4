import { type Allowed, ArcherError } from '@archer-nas/core';
import {
  type ArchitecturePath,
  type Network,
  narrowedNetwork,
  type Path,
  type Site,
  type Split,
} from '@archer-nas/nn';
import type { Training } from './training.ts';

/** One of the supernets that a search consists of: some options of the whole one, its own weights. */
export interface SubSupernet {
  /** Which part of which part it is, as in `0.2`; empty for the whole. */
  readonly name: string;
  /** Per decision, the options of the whole that it has, ascending. */
  readonly left: Allowed;
  /** Decisions that were split to come to it. */
  readonly before: readonly number[];
  /** Counts its options anew. */
  readonly network: Network;
  readonly training: Training;
}

/** Per decision, all options. */
export function allOptionsOf(sites: readonly Site[]): Allowed {
  const left: number[][] = [];
  for (const { decision, options } of sites) left[decision] = [...options.keys()];
  return Array.from(left, (options) => options ?? []);
}

/** The whole network, or the part of it that has these options. */
export function partOf(whole: Network, left: Allowed): Network {
  const isWhole = whole.sites.every(({ decision, options }) => {
    return left[decision]?.length === options.length;
  });
  return isWhole ? whole : narrowedNetwork(whole, left);
}

/**
 * The path in the numbering of a part; `undefined` where the part has not all of its options. A site
 * where nothing runs is in every part.
 */
export function pathIn(
  path: ArchitecturePath,
  sites: readonly Site[],
  left: Allowed,
): Path | undefined {
  const positions = path.map((option, site) => {
    return left[sites[site]?.decision ?? -1]?.indexOf(option as number) ?? -1; // a single path
  });
  const isMissing = (position: number, site: number) => position === -1 && path[site] !== -1;
  return positions.some(isMissing) ? undefined : positions;
}

/**
 * The options of each part, in the numbering of the whole.
 * @throws ArcherError `ARCHER_SPLIT` unless every option is in exactly one of `into` groups
 */
export function partsOf(left: Allowed, { decision, groups }: Split, into: number): Allowed[] {
  const own = left[decision] ?? [];
  const dealt = groups.flat().toSorted((a, b) => a - b);
  const isPartition = dealt.length === own.length && dealt.every((option, at) => option === at);
  if (!isPartition || groups.length !== into || groups.some((group) => group.length === 0)) {
    throw new ArcherError(
      'ARCHER_SPLIT',
      `A supernet was to be split into ${into} groups of the ${own.length} options of decision ` +
        `${decision}, each option in one of them; given was ${JSON.stringify(groups)}.`,
    );
  }
  return groups.map((group) => {
    const options = group.map((option) => own[option] as number).toSorted((a, b) => a - b);
    return left.map((all, at) => (at === decision ? options : all));
  });
}
