// @ts-check
// One subject of `chaos`: its undisturbed run, and runs that are killed until they may finish.
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createStreams } from '@archer-nas/core';
import { compare, outcomeOf, progressOf } from './chaos-outcome.mjs';
import { runArcher } from './chaos-process.mjs';

/** @typedef {import('./chaos-subjects.mjs').Subject} Subject */
/** @typedef {import('./chaos-process.mjs').Moment} Moment */
/**
 * What came of one run.
 * @typedef {object} Ordeal
 * @property {Moment[]} kills
 * @property {number} resumes
 * @property {number} work steps made, of those needed
 * @property {string[]} wrong
 */

/**
 * What nobody disturbed.
 * @typedef {{ manifest: string, folder: string, startMs: number, stepsMs: number }} Truth
 */

/** A run is killed so many times at most, and for each two of its steps once: a kill may cost one. */
const KILLS_PER_RUN = 8;
/** Work that kills may cost: steps made, of steps needed. */
const MOST_WORK = 1.5;
/** A kill that comes when the run has ended is none. */
const MOST_OF_STEPS = 0.9;
/** This share of the kills hits processes that have not got to their journal yet. */
const EARLY = 0.2;

/** A subject with the truth about it. */
export class Victim {
  /** @type {Subject} */ #subject;
  /** @type {string} */ #scratch;
  /** @type {Promise<Truth> | undefined} */ #truth;

  /** @param {Subject} subject @param {string} scratch folder for its runs */
  constructor(subject, scratch) {
    this.#subject = subject;
    this.#scratch = join(scratch, subject.id);
  }

  get id() {
    return this.#subject.id;
  }

  /**
   * Kills a run at random moments, which depend on seed, subject and number of the run alone,
   * until it may finish.
   * @param {{ seed: number, run: number, mayKill: () => boolean, keep: string }} options
   * @returns {Promise<Ordeal>}
   */
  async torment({ seed, run, mayKill, keep }) {
    this.#truth ??= this.#undisturbed();
    const truth = await this.#truth;
    const stream = createStreams(seed).stream(`chaos/${this.id}`, run);
    const out = join(this.#scratch, `run-${run}`);
    const { args, folder, journal } = this.#command(truth.manifest, out);
    const needed = progressOf(truth.folder).made;
    const most = Math.min(KILLS_PER_RUN, Math.max(1, Math.floor(needed * (MOST_WORK - 1))));
    /** @type {Ordeal} */
    const ordeal = { kills: [], resumes: 0, work: 1, wrong: [] };
    let made = 0;
    let committed = 0;
    for (let starts = 0; ; starts++) {
      const moment = momentOf(stream, truth, most);
      const isKilled = starts < most && mayKill();
      const { code, signal, stderr } = await runArcher(
        args,
        journal,
        isKilled ? moment : undefined,
      );
      if (starts > 0) ordeal.resumes++;
      const now = progressOf(folder);
      made = Math.max(made, now.made);
      if (now.committed < committed)
        ordeal.wrong.push(`fell from ${committed} committed lines to ${now.committed}`);
      committed = now.committed;
      if (signal === 'SIGKILL') ordeal.kills.push(moment);
      else {
        if (code !== 0) ordeal.wrong.push(`exit ${code}: ${stderr.trim().split('\n').at(-1)}`);
        break;
      }
    }
    ordeal.work = made / needed;
    if (made > Math.max(needed * MOST_WORK, needed + 1))
      ordeal.wrong.push(`made ${ordeal.work.toFixed(2)} of the work`);
    const difference = compare(outcomeOf(truth.folder), outcomeOf(folder));
    if (difference !== undefined) ordeal.wrong.push(difference);
    if (ordeal.wrong.length > 0 && existsSync(out)) cpSync(out, keep, { recursive: true });
    for (const made of [out, dataOf(out)]) rmSync(made, { recursive: true, force: true });
    return ordeal;
  }

  /** The first manifest that runs by itself. @returns {Promise<Truth>} */
  async #undisturbed() {
    let problem = '';
    for await (const manifest of this.#subject.manifests()) {
      const out = join(this.#scratch, 'truth');
      const { args, folder, journal } = this.#command(manifest, out);
      const { code, ms, journalMs, stderr } = await runArcher(args, journal);
      if (code === 0) return { manifest, folder, startMs: journalMs, stepsMs: ms - journalMs };
      problem ||= stderr.trim();
      rmSync(out, { recursive: true, force: true });
    }
    throw new Error(problem || 'no strategy takes it as it is');
  }

  /** @param {string} manifest @param {string} out */
  #command(manifest, out) {
    const { profile } = this.#subject;
    const chosen = profile === undefined ? [] : ['--profile', profile];
    const rest = ['--seed', '0', '--checkpoint-every', '1', '--out', out, '--data', dataOf(out)];
    const folder = join(out, profile ?? 'default', 'seed-0');
    return { args: [manifest, ...chosen, ...rest], folder, journal: join(folder, 'journal.jsonl') };
  }
}

/**
 * A data folder of a run's own: with answers of other runs in its cache, its studies have fewer steps.
 * @param {string} out
 */
function dataOf(out) {
  return `${out}-data`;
}

/**
 * Spread so that a run's kills reach its end.
 * @param {import('@archer-nas/core').Stream} stream
 * @param {{ startMs: number, stepsMs: number }} truth
 * @param {number} kills
 * @returns {Moment}
 */
function momentOf(stream, { startMs, stepsMs }, kills) {
  const isEarly = stream.float() < EARLY;
  const share = stream.float();
  if (isEarly) return { after: 'start', ms: Math.round(share * startMs) };
  return { after: 'journal', ms: Math.round(share * stepsMs * Math.min(MOST_OF_STEPS, 2 / kills)) };
}
