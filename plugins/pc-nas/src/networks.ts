import {
  type Choice,
  canonicalJson,
  canonicalOf,
  completions,
  type SearchSpace,
  type Stream,
  sha256Hex,
} from '@archer-nas/core';
import type { PartialModel } from './pool.ts';

/** Names the network of each candidate of a stage. */
export type NameNetworks = (candidates: readonly PartialModel[], stream: Stream) => string[];

/** Every candidate is its own. */
export const byModel: NameNetworks = (candidates) => candidates.map((o) => o.join(' '));

/**
 * Two candidates are one network when they are with whatever follows, which the same completions
 * of both tell: all of them where there are few, else Z random ones.
 *
 * @throws ArcherError `ARCHER_CAPABILITY` when the space does not know which networks are alike
 */
export function byNetwork<A>(
  space: SearchSpace<A>,
  draw: { readonly samples: number; readonly exact?: number | undefined },
): NameNetworks {
  const canonical = canonicalOf(space, 'pc-nas');
  const { samples, exact = samples } = draw;
  const nameOf = (choices: readonly Choice[]): string =>
    canonical(space.fromChoices?.(choices) as A); // it has decisions, which `completions` needs
  return (candidates, stream) => {
    const [first = []] = candidates;
    const { legal } = completions(space, first, [], { samples, exact, attempts: 1, stream });
    const rests = legal.map((a) => space.toChoices?.(a).slice(first.length) ?? []);
    return candidates.map((o) => sha256Hex(canonicalJson(rests.map((r) => nameOf([...o, ...r])))));
  };
}
