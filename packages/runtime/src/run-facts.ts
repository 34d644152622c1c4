import { type ResolvedManifest, searchIdentity } from '@archer-nas/core';
import { dataHashOf, type Fingerprint, takeFingerprint } from './fingerprint.ts';
import { type Beginning, type FoundRun, findFrom, withFound } from './from-run.ts';

/** What decides the numbers of a run, by name. */
export interface RunFacts {
  /** The run that it begins from. */
  readonly from: FoundRun | undefined;
  /** With what `from` was found to be. */
  readonly resolved: ResolvedManifest;
  readonly fingerprint: Fingerprint;
  /** Of its search. */
  readonly identity: string;
}

/** @throws ArcherError as {@link findFrom} */
export async function factsOf(beginning: Omit<Beginning, 'identity'>): Promise<RunFacts> {
  const { plan, seed, engine, parts } = beginning;
  const dataHash = dataHashOf(parts);
  const facts = { seed, engineClass: engine?.class ?? 'none', dataHash };
  const from = await findFrom({ ...beginning, identity: searchIdentity(plan.resolved, facts) });
  const resolved = withFound(plan.resolved, from);
  return {
    ...{ from, resolved, fingerprint: takeFingerprint(resolved, { engine, dataHash }) },
    identity: searchIdentity(resolved, facts),
  };
}
