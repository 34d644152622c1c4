import {
  buildRun,
  createStreams,
  type EngineInfo,
  type PluginLookup,
  resolveManifest,
  type Search,
  type State,
} from '@archer-nas/core';
import type { Blocks } from '../src/compatibility.ts';
import { temporaryFolder } from './archer.ts';

/** What searches are made with. */
export interface SearchSurroundings {
  readonly lookup: PluginLookup;
  readonly engine: EngineInfo;
}

/** Begins the search of a manifest with these blocks, as a run does; inside of a test. */
export async function begunSearch(
  blocks: Blocks,
  { lookup, engine }: SearchSurroundings,
  saved?: State,
): Promise<Search<unknown>> {
  const rest = { name: 'begun', seeds: [0], study: [], profiles: {}, expect: [] };
  const resolved = await resolveManifest({ ...rest, ...blocks } as never, lookup);
  const folders = { data: temporaryFolder(), manifest: import.meta.dirname };
  const parts = await buildRun(resolved, { lookup, engine, folders, log: () => {} });
  return parts.strategy.begin({ streams: createStreams(0).scope('search') }, saved);
}
