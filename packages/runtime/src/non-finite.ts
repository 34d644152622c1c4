import {
  ArcherError,
  type JournalLine,
  type NonFinite,
  type Progress,
  type Report,
} from '@archer-nas/core';
import type { Saved } from './checkpoint.ts';
import { type CheckpointKeeper, checkpointOf } from './checkpoint-keeper.ts';
import type { JournalWriter } from './journal.ts';
import { isRetry } from './journal-reader.ts';

/** A number of a step's report that is none. */
export interface BadNumber {
  readonly metric: string;
  readonly value: number;
}

/** A step that came to nothing. It is not in the journal. */
export interface Divergence extends BadNumber {
  /** Before the step. */
  readonly progress: Progress;
  /** The state before the step, where the policy asks for it. */
  readonly before: Saved | undefined;
}

/**
 * The first metric of a report that says that a search has broken down: NaN, or a loss
 * (`loss`, `…-loss`) that is infinite. Scores may be infinite.
 */
export function badNumberOf({ metrics = {} }: Report): BadNumber | undefined {
  for (const [metric, value] of Object.entries(metrics)) {
    const isLoss = metric === 'loss' || metric.endsWith('-loss');
    if (Number.isNaN(value) || (isLoss && !Number.isFinite(value))) return { metric, value };
  }
  return undefined;
}

/** What {@link retry} decides with. */
export interface RetrySetting {
  readonly policy: NonFinite;
  /** The lines that count. */
  readonly lines: readonly JournalLine[];
  readonly journal: JournalWriter;
  readonly keeper: CheckpointKeeper;
  readonly seed: number;
}

/**
 * Writes down what is done about a step that came to nothing, so that the run can go on from
 * the journal as a resume would. The decision depends on the journal's science alone.
 *
 * @returns a sentence for people
 * @throws ArcherError `ARCHER_NON_FINITE` when the policy is to stop, or its limit is reached
 */
export function retry(divergence: Divergence, setting: RetrySetting): string {
  const { policy, lines, journal, keeper } = setting;
  const { metric, value, progress, before } = divergence;
  const at = progress.done;
  const retries = lines.filter(isRetry);
  const body = { metric, value, attempt: retries.length + 1 };
  const line = { kind: 'science', job: 'search', at } as const;
  const what = `search: ${metric} is ${value} in the step after ${at} of ${progress.total}`;
  if (policy.policy === 'skip' && before !== undefined) {
    const inARow = retries.filter((one) => one.at === at).length;
    if (inARow >= policy.limit) throw brokenDown(what, divergence, setting, inARow);
    journal.append({ ...line, event: 'skip', body });
    keeper.save(before);
    return `${what}; undone, and taken again with other random numbers (attempt ${inARow + 1}).`;
  }
  if (policy.policy !== 'rollback' || retries.length >= policy.limit) {
    throw brokenDown(what, divergence, setting, retries.length);
  }
  // Also one whose files are gone: the decision must not depend on what a disk has lost.
  const to = Math.max(keeper.newestAnchor()?.at ?? 0, lastAnchor(lines));
  journal.append({ ...line, event: 'rollback', body: { ...body, to } });
  journal.commit();
  return `${what}; back to ${to} and on with other random numbers (attempt ${retries.length + 1}).`;
}

/** How much progress lies between the states that a rollback goes back to; `undefined`: none. */
export function anchorEvery(policy: NonFinite, { total }: Progress): number | undefined {
  if (policy.policy !== 'rollback') return undefined;
  return policy.every ?? Math.max(1, Math.ceil(total / 20));
}

function lastAnchor(lines: readonly JournalLine[]): number {
  const anchors = lines.map(checkpointOf).filter((ref) => ref?.anchor);
  return anchors.at(-1)?.at ?? 0;
}

function brokenDown(
  what: string,
  { progress }: Divergence,
  { policy, keeper, seed }: RetrySetting,
  tries: number,
): ArcherError {
  const saved = keeper.newest('search')?.at;
  const stands =
    saved === undefined
      ? 'Nothing was saved yet'
      : `The checkpoint at ${saved} ${progress.unit}s stands`;
  const limit = tries === 0 ? '' : ` ${tries} attempts with other random numbers ended so, too.`;
  const other = policy.policy === 'skip' ? 'rollback' : 'skip';
  const setting =
    policy.policy === 'fail'
      ? 'nonFinite=rollback (or skip)'
      : `nonFinite=${other}, or a higher limit`;
  return new ArcherError('ARCHER_NON_FINITE', `Seed ${seed}, ${what}.${limit}`, {
    hint:
      `${stands}. Lower the learning rate or clip gradients, and begin again with --restart; ` +
      `or go on with --set ${setting} --accept-drift.`,
  });
}
