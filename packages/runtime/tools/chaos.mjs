// @ts-check
// Kills `archer run` with SIGKILL at random moments until every experiment's smoke profile has
// finished again and again, and compares with the run that nobody killed.
//   node packages/runtime/tools/chaos.mjs --kills=500 --seed=0 --only=spos
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createStreams } from '@archer-nas/core';
import { compare, outcomeOf, progressOf } from './chaos-outcome.mjs';
import { runArcher } from './chaos-process.mjs';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
/** A run is killed so many times at most, and for each two of its steps once: a kill may cost one. */
const KILLS_PER_RUN = 8;
/** Work that kills may cost: steps made, of steps needed. */
const MOST_WORK = 1.5;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '500' },
    seed: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: 'Infinity' },
  },
});
const wanted = Number(values.kills);
const only = new RegExp(values.only);
const endMs = performance.now() + Number(values.minutes) * 60_000;
const stream = createStreams(Number(values.seed)).stream('chaos');
// In the repository, so that a manifest there finds its plugins.
const scratch = join(REPOSITORY, '.cache', `chaos-${process.pid}`);

/** A strategy of the testkit, in the smallest steps. */
const TOY = {
  name: 'toy',
  space: { use: 'toy-bits', bits: 10 },
  evaluator: { use: 'toy-ones', noise: 0.5 },
  strategy: { use: 'toy-climb', rounds: 60, stepMs: 15 },
  profiles: { smoke: {} },
};

/**
 * @typedef {object} Subject
 * @property {string} id of the experiment
 * @property {readonly string[]} args of `archer run`
 * @property {string} truth the run folder that nobody disturbed
 * @property {number} ms how long that took
 * @property {number} kills
 * @property {number} runs finished
 * @property {number} resumes
 * @property {number} work the most that a run made, of what was needed
 * @property {string[]} wrong
 */

/** @param {string} id @param {string} manifest @returns {Promise<Subject>} */
async function prepare(id, manifest) {
  const args = [manifest, '--profile', 'smoke', '--seed', '0', '--checkpoint-every', '1'];
  const out = join(scratch, id, 'truth');
  const { code, ms, stderr } = await runArcher([...args, '--out', out]);
  if (code !== 0) throw new Error(`${id} does not run by itself:\n${stderr}`);
  const truth = join(out, 'smoke', 'seed-0');
  return { id, args, truth, ms, kills: 0, runs: 0, resumes: 0, work: 1, wrong: [] };
}

/** Kills a run until it may finish. @param {Subject} subject */
async function torment(subject) {
  const out = join(scratch, subject.id, `run-${subject.runs}`);
  const folder = join(out, 'smoke', 'seed-0');
  const needed = progressOf(subject.truth).made;
  const most = Math.min(KILLS_PER_RUN, Math.max(1, Math.floor(needed * (MOST_WORK - 1))));
  let made = 0;
  let committed = 0;
  for (let starts = 0; ; starts++) {
    const mayKill = starts < most && total() < wanted;
    const killMs = mayKill ? subject.ms * (0.3 + 0.8 * stream.float()) : undefined;
    const end = await runArcher([...subject.args, '--out', out], killMs);
    const { code, signal, stderr } = end;
    if (starts > 0) subject.resumes++;
    // The machine may have been busier before: kills are to come before the end.
    else if (signal === null) subject.ms = Math.min(subject.ms, end.ms);
    const now = progressOf(folder);
    made = Math.max(made, now.made);
    if (now.committed < committed) {
      subject.wrong.push(`fell from ${committed} committed lines to ${now.committed}`);
    }
    committed = now.committed;
    if (signal === 'SIGKILL') subject.kills++;
    else if (code === 0) break;
    else {
      subject.wrong.push(`exit ${code}: ${stderr.trim().split('\n').at(-1)}`);
      break;
    }
  }
  subject.runs++;
  const difference = compare(outcomeOf(subject.truth), outcomeOf(folder));
  if (difference !== undefined) subject.wrong.push(difference);
  const work = made / needed;
  subject.work = Math.max(subject.work, work);
  if (made > Math.max(needed * MOST_WORK, needed + 1))
    subject.wrong.push(`made ${work.toFixed(2)} of the work`);
  rmSync(out, { recursive: true, force: true });
}

const total = () => subjects.reduce((sum, { kills }) => sum + kills, 0);

/** @type {Subject[]} */
const subjects = [];
try {
  mkdirSync(scratch, { recursive: true });
  const toy = join(scratch, 'toy.json');
  writeFileSync(toy, JSON.stringify(TOY));
  const found = readdirSync(join(REPOSITORY, 'experiments')).map((id) => {
    return /** @type {const} */ ([id, join(REPOSITORY, 'experiments', id, 'manifest.yaml')]);
  });
  for (const [id, manifest] of [...found, /** @type {const} */ (['toy', toy])]) {
    if (existsSync(manifest) && only.test(id)) {
      subjects.push(await prepare(id, manifest));
    }
  }
  while (total() < wanted && performance.now() < endMs) {
    for (const subject of subjects) {
      if (total() >= wanted || performance.now() >= endMs) break;
      await torment(subject);
      console.log(`${subject.id}: ${subject.kills} kills in ${subject.runs} runs`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log('\nexperiment\truns\tkills\tresumes\tmost work\tequal');
for (const { id, runs, kills, resumes, work, wrong } of subjects) {
  const equal = wrong.length === 0 ? 'yes' : `NO: ${wrong.join('; ')}`;
  console.log([id, runs, kills, resumes, work.toFixed(2), equal].join('\t'));
}
console.log(`${total()} kills, seed ${values.seed}`);
process.exitCode = subjects.length > 0 && subjects.every(({ wrong }) => wrong.length === 0) ? 0 : 1;
