import type { Sampler, State, Stream } from '@archer-nas/core';
import type { Path, Site } from './network.ts';

/** Name of the signal with gradient norms in a path's evaluation; see {@link PathRecipe}. */
export const GRADIENT_NORM = 'gradient-norm';

/**
 * Makes path samplers for a supernet's sites; what a plugin of kind `paths` creates.
 *
 * When `norms` is set, each evaluation that the sampler observes carries the signal
 * `gradient-norm`: one value per site, the sum over the parameters of the option that ran
 * there of the L2 norms of their gradients (0 for options without parameters), taken after
 * or before the global gradient clipping.
 */
export interface PathRecipe {
  readonly norms: 'after-clip' | 'before-clip' | 'none';
  /**
   * How many paths a step trains on one batch, their gradients accumulated before the update;
   * absent: one.
   */
  together?(sites: readonly Site[]): number;
  begin(sites: readonly Site[], saved?: State, around?: PathContext): Sampler<Path>;
}

/** What else there is in the search that a path sampler is part of. */
export interface PathContext {
  /** A random path of what a search that narrows the space has left; absent: there is none. */
  remaining?(stream: Stream): Path;
}

/** By the sites that they are of: every path that is drawn asks for them. */
const TIES = new WeakMap<readonly Site[], readonly (readonly number[])[]>();

/** The sites of each decision, in the order of first appearance: they take one option together. */
export function tiedSites(sites: readonly Site[]): readonly (readonly number[])[] {
  const ties = TIES.get(sites) ?? grouped(sites, ({ decision }) => decision);
  TIES.set(sites, ties);
  return ties;
}

/** A path in which every option of every decision is equally likely. */
export function uniformPath(sites: readonly Site[], stream: Stream): Path {
  const path: number[] = [];
  for (const tied of tiedSites(sites)) {
    const option = stream.int(sites[tied[0] as number]?.options.length as number);
    for (const site of tied) path[site] = option;
  }
  return path;
}

/**
 * The path with `perNode` sites of each node, uniformly among those whose option is not the one that
 * gives zeros: −1 at the others, where nothing runs. Sites that share a decision stay alike.
 */
export function thinned(
  sites: readonly Site[],
  path: Path,
  { perNode, stream }: { readonly perNode: number; readonly stream: Stream },
): Path {
  const thin = [...path];
  const decisions = tiedSites(sites);
  const firsts = decisions.map(([site]) => sites[site as number] as Site); // none is empty
  for (const node of grouped(firsts, ({ node: name }, at) => name ?? at)) {
    const running = node.filter((at) => {
      const option = path[decisions[at]?.[0] ?? -1];
      return option !== -1 && option !== firsts[at]?.zero;
    });
    for (const at of stream.shuffle(Int32Array.from(running)).slice(perNode)) {
      for (const site of decisions[at] ?? []) thin[site] = -1;
    }
  }
  return thin;
}

/** A uniform path of what a network's architectures may be: thinned where they leave out sites. */
export function randomPath(
  { sites, perNode }: { readonly sites: readonly Site[]; readonly perNode?: number | undefined },
  stream: Stream,
): Path {
  const path = uniformPath(sites, stream);
  return perNode === undefined ? path : thinned(sites, path, { perNode, stream });
}

/** The sites of each node, in the order of first appearance: their outputs are added. */
export function sitesByNode(sites: readonly Site[]): readonly (readonly number[])[] {
  return grouped(sites, ({ node }, site) => node ?? site);
}

/** The first site of every decision, in the decisions' order. */
export function decisionSites(sites: readonly Site[]): readonly Site[] {
  const first = tiedSites(sites).map(([site]) => sites[site as number] as Site); // none is empty
  return first.sort((a, b) => a.decision - b.decision);
}

function grouped(
  sites: readonly Site[],
  by: (site: Site, at: number) => string | number,
): readonly (readonly number[])[] {
  const groups = new Map<string | number, number[]>();
  sites.forEach((site, at) => {
    const own = groups.get(by(site, at));
    if (own) own.push(at);
    else groups.set(by(site, at), [at]);
  });
  return [...groups.values()];
}
