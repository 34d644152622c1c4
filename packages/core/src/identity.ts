import { canonicalJson, sha256Hex } from './hash.ts';
import { decisiveNonFinite } from './non-finite.ts';
import type { Block } from './plugin.ts';
import type { ResolvedManifest } from './resolve.ts';
import { withoutSecrets } from './secrets.ts';

/** What, besides the manifest, decides a search's numbers. */
export interface SearchFacts {
  readonly seed: number;
  readonly engineClass: string;
  readonly dataHash?: string | undefined;
}

/**
 * Identity of a search: hash of space, data, evaluator, strategy, objective, seed, engine
 * class, the versions of the plugins that those blocks use, the weights that it begins with where
 * those are another run's, and what is done about numbers that are none, unless the run just stops. Title, studies, expectations, tracker, launcher,
 * reports and secrets have no part in it.
 */
export function searchIdentity(resolved: ResolvedManifest, facts: SearchFacts): string {
  const { space, data, evaluator, strategy, objective, nonFinite, from } = resolved.manifest;
  const versions = resolved.plugins
    .filter(({ place }) => !/^(study|tracker|launcher)\b/.test(place))
    .map(({ place, kind, id, version }) => `${place}=${kind}:${id}@${version}`);
  const { seed, engineClass, dataHash } = facts;
  return identity('search', {
    ...{ space, data, evaluator, strategy, objective },
    nonFinite: decisiveNonFinite(nonFinite),
    // The same search, of which more is asked, is the same search.
    ...(from?.found?.use === 'weights' && { from: from.found.checkpoint }),
    ...{ seed, engineClass, dataHash, versions },
  });
}

/** Identity of a study: hash of the search it asks and its block. */
export function studyIdentity(search: string, block: Block): string {
  return identity('study', { search, block });
}

function identity(kind: string, value: object): string {
  return sha256Hex(canonicalJson({ identity: `archer-${kind}-1`, ...withoutSecrets(value) }));
}
