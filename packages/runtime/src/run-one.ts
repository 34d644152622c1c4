import { existsSync } from 'node:fs';
import {
  type EngineInfo,
  nonFiniteOf,
  type RunParts,
  type State,
  withoutSecrets,
} from '@archer-nas/core';
import { answerCaches } from './cache.ts';
import { onDisk } from './disk-error.ts';
import { makeFolder } from './durable.ts';
import type { OnEvent } from './events.ts';
import { extendFolder } from './extension.ts';
import { DEFAULT_PROFILE } from './folders.ts';
import type { JournalWriter } from './journal.ts';
import { effectiveLines, readJournal } from './journal-reader.ts';
import { awaitLock } from './lock.ts';
import { beginsAgain, restartName, tryBeginning } from './restart.ts';
import { writeResult } from './result-files.ts';
import type { RunOptions } from './run.ts';
import { factsOf } from './run-facts.ts';
import {
  checkDrift,
  checkOwnFiles,
  clearFolder,
  type OpenOptions,
  openFolder,
} from './run-folder-session.ts';
import type { RunPlan } from './run-plan.ts';
import { resultOf } from './run-result.ts';
import type { Place } from './seed-place.ts';
import { createRun, runSeed, type SeedEnd } from './seed-run.ts';
import type { Stop, StopReason } from './stop.ts';
import { Tracking, type TrackingFacts } from './tracking.ts';

const CHECKPOINT_MS = 60_000;

/** What the seeds of a run share. */
export interface SeedSetting {
  readonly plan: RunPlan;
  readonly engine: EngineInfo | undefined;
  readonly options: RunOptions;
  readonly emit: OnEvent;
  readonly stop: Stop;
}

/** One seed under its lock. @returns why it stopped early */
export async function runOne(setting: SeedSetting, place: Place): Promise<StopReason | undefined> {
  const { plan } = setting;
  const { folder } = place;
  onDisk(folder.root, () => makeFolder(folder.root));
  checkOwnFiles(folder);
  using _lock = await awaitLock(folder.lock, () => setting.stop.reason() !== undefined);
  const log = (line: string): void => setting.emit({ type: 'log', line });
  const parts = await createRun(plan, setting.engine, log);
  // Not without await: the lock would be released at the return.
  return await work(setting, place, parts);
}

async function work(
  { plan, engine, options, emit, stop }: SeedSetting,
  { folder, seed, attempt }: Place,
  parts: RunParts,
): Promise<StopReason | undefined> {
  const { from, resolved, fingerprint, identity } = await factsOf({ plan, seed, engine, parts });
  const acceptDrift = options.acceptDrift ?? false;
  if (beginsAgain(folder, options.restart)) {
    await tryBeginning(parts, { seed, from });
    clearFolder(folder);
  }
  if (existsSync(folder.result) && !options.extend) {
    const changes = checkDrift(folder, fingerprint, acceptDrift);
    for (const change of changes) {
      emit({
        type: 'warning',
        message: `${folder.root} is finished, before this changed: ${change}`,
      });
    }
    return undefined;
  }
  const profile = plan.profile ?? DEFAULT_PROFILE;
  const run = { profile, seed, attempt, identity };
  const facts = { ...run, folder, manifest: resolved.manifest, fingerprint };
  const tracking = new Tracking(parts.tracker, facts, emit);
  let status: 'finished' | 'failed' | 'interrupted' = 'failed';
  const opening: OpenOptions = {
    ...{ fingerprint, acceptDrift, origin: originOf(plan, run) },
    resolved: withoutSecrets(resolved.manifest),
    // Without one, a run that goes on need not read what its journal says of its steps.
    onCommit: parts.tracker && ((lines) => tracking.log(lines)),
  };
  if (options.extend) {
    const changes = await extendFolder(folder, { seed, parts, opening });
    for (const change of changes) emit({ type: 'warning', message: `extended: ${change}` });
  }
  const goOn = async (isFirst: boolean): Promise<SeedEnd> => {
    const session = openFolder(folder, opening);
    using journal = abandonedUnlessClosed(session.journal);
    const { position, keeper, resumed } = session;
    for (const message of position.warnings) emit({ type: 'warning', message });
    if (isFirst) emit({ type: 'seed', seed, folder: folder.root, resumed });
    const end = await runSeed({
      ...{ seed, parts, position, keeper, stop, emit, journal, space: parts.space, from },
      caches: answerCaches(plan),
      nonFinite: nonFiniteOf(resolved.manifest.nonFinite),
      pace: {
        checkpointMs: options.checkpointMs ?? CHECKPOINT_MS,
        checkpointEvery: options.checkpointEvery,
      },
    });
    journal.close();
    return end;
  };
  try {
    let end = await goOn(true);
    while (end === 'again') end = await goOn(false);
    const reason = end === 'done' ? undefined : end;
    if (reason === undefined) {
      const lines = effectiveLines(readJournal(folder.journal, { steps: false }).lines);
      const result = resultOf(lines, resolved, { profile, seed, identity });
      tracking.artifacts(writeResult(folder, result).keys());
      await tracking.exhibit(options.exhibit);
    }
    status = reason === undefined ? 'finished' : 'interrupted';
    return reason;
  } finally {
    await tracking.close(status);
  }
}

/** What a folder needs to be resumed without the command that began it. */
function originOf(
  { manifest, profile, changed, folders }: RunPlan,
  { seed, attempt, identity }: Pick<TrackingFacts, 'seed' | 'attempt' | 'identity'>,
): Record<string, State> {
  const restart = restartName();
  return {
    manifest: JSON.parse(JSON.stringify(withoutSecrets(manifest))) as State,
    profile: profile ?? null,
    ...(changed.length > 0 && { changed: [...changed] }),
    ...(restart !== undefined && { restart }),
    ...{ seed, attempt, identity, folder: folders.manifest },
  };
}

/** An error on the way out of the scope must not take the place of the one that led there. */
function abandonedUnlessClosed(journal: JournalWriter): JournalWriter & Disposable {
  return Object.assign(journal, { [Symbol.dispose]: () => journal.abandon() });
}
