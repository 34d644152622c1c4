// @ts-check
// Kills `archer run` with SIGKILL at random moments until it has finished again and again, and
// compares with the run that nobody killed. Several calls add up: the tally is kept in a file.
//
//   npx nx run runtime:chaos --kills=500 [--seed=0] [--only='^strategy-'] [--minutes=20] [--write]
//
// `--run=3` makes one subject's third run alone, kills included, and leaves the tally as it is.
// `--fresh` begins a new tally, `--tally=FILE` keeps it elsewhere, `--jobs=2` runs side by side.
import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { killAll } from './chaos-process.mjs';
import { findSubjects } from './chaos-subjects.mjs';
import { Tally } from './chaos-tally.mjs';
import { Victim } from './chaos-victim.mjs';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
const PAGE = join(REPOSITORY, 'docs/reliability-chaos.md');

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '500' },
    seed: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: 'Infinity' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    tally: { type: 'string' },
    run: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const wanted = Number(values.kills);
const seed = Number(values.seed);
const only = new RegExp(values.only);
const startMs = performance.now();
const endMs = startMs + Number(values.minutes) * 60_000;
const cache = join(REPOSITORY, '.cache');
const file = resolve(values.tally ?? join(cache, `chaos-seed-${seed}.json`));
const tally = new Tally(file, seed, values.fresh);
// In the repository, so that a manifest there finds its plugins.
const scratch = join(cache, `chaos-${process.pid}`);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    killAll();
    rmSync(scratch, { recursive: true, force: true });
    process.exit(130);
  });
}

/** Kills of runs that have not finished yet. */
let underWay = 0;
const isOver = () => tally.kills + underWay >= wanted || performance.now() >= endMs;

/** Everything that is to be killed. @type {Victim[]} */
let victims = [];
/** @type {Set<Victim>} */
const busy = new Set();

/** Those with the fewest kills come first. */
function nextVictim() {
  const kills = (/** @type {Victim} */ { id }) => tally.of(id).kills;
  return victims
    .filter((victim) => !busy.has(victim))
    .reduce(
      (/** @type {Victim | undefined} */ least, one) =>
        least === undefined || kills(one) < kills(least) ? one : least,
      undefined,
    );
}

/** Torments one victim after the other until there were enough kills. */
async function work() {
  for (let victim = nextVictim(); victim !== undefined && !isOver(); victim = nextVictim()) {
    busy.add(victim);
    await tormentOnce(victim);
    busy.delete(victim);
  }
}

/** @param {Victim} victim */
async function tormentOnce(victim) {
  const run = tally.of(victim.id).runs;
  const keep = join(cache, 'chaos-failed', `${victim.id}-seed-${seed}-run-${run}`);
  const beganMs = performance.now();
  let own = 0;
  const mayKill = () => {
    // Of several that ask at once none gets what another one has taken.
    if (isOver()) return false;
    underWay++;
    own++;
    return true;
  };
  try {
    const ordeal = await victim.torment({ seed, run, mayKill, keep });
    underWay -= own;
    const minutes = (performance.now() - beganMs) / 60_000 / jobs;
    tally.add(victim.id, run, ordeal, { minutes, kept: keep });
    const wrong = ordeal.wrong.length === 0 ? '' : `; WRONG: ${ordeal.wrong.join('; ')}`;
    const elapsed = ((performance.now() - startMs) / 60_000).toFixed(1);
    console.log(
      `${tally.kills} of ${wanted} kills, ${elapsed} min: ${victim.id} run ${run}, ${ordeal.kills.length} kills${wrong}`,
    );
  } catch (error) {
    underWay -= own;
    victims = victims.filter((one) => one !== victim);
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    tally.leave(victim.id, reason);
    console.log(`${victim.id} does not run by itself: ${reason}`);
  }
}

/** One run again, as it was killed before. @param {number} run */
async function again(run) {
  const [victim] = victims;
  if (victims.length !== 1 || victim === undefined)
    throw new Error(`--run needs one subject, and --only names ${victims.length}`);
  const keep = join(cache, 'chaos-failed', `${victim.id}-seed-${seed}-run-${run}-again`);
  const ordeal = await victim.torment({ seed, run, mayKill: () => true, keep });
  console.log(JSON.stringify(ordeal, null, 2));
  return ordeal.wrong.length === 0;
}

const jobs = Number(values.jobs);
try {
  const subjects = await findSubjects(join(scratch, 'manifests'));
  victims = subjects
    .filter(({ id }) => only.test(id))
    .map((subject) => new Victim(subject, scratch));
  console.log(`${victims.length} subjects: ${victims.map(({ id }) => id).join(', ')}`);
  if (values.run !== undefined) process.exitCode = (await again(Number(values.run))) ? 0 : 1;
  else {
    await Promise.all(Array.from({ length: jobs }, work));
    console.log(`\n${tally.page()}\nThe tally is in ${file}.`);
    if (values.write) writeFileSync(PAGE, tally.page());
    process.exitCode = victims.length > 0 && !tally.hasFailures ? 0 : 1;
  }
} finally {
  killAll();
  rmSync(scratch, { recursive: true, force: true });
}
