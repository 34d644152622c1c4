// @ts-check
// The page of `bench-tabular`.

/**
 * @typedef {{ seconds: number, cpuSeconds: number, evaluations: number, mean: number, version: string }} Timed
 * @typedef {Timed & { whole: { seconds: number, cpuSeconds: number }, journalBytes: number }} ArcherTimed
 * @typedef {{ setting: number[], rounds: { archer: ArcherTimed, python: Timed }[] }} Case
 */

/** What the ratio per core must reach. */
const BAR = 5;
/** Seconds that 500 repetitions of 300 evaluations may take. */
const SUITE_BAR = 60;

/** Where the time goes, of profiles made by hand. */
const LIMITS = `
## How far it can be trusted

The ratio depends on what else the machine does (the load is in the first table), and on the number of
searches, since Archer's compiler is paid once. On the same machine at a load of 15, single pairs,
50,000 searches by Archer and then 5,000 by the script, had 5.82, 6.05 and 5.51 for P = 10, 50 and 100
(0.60, 0.70 and 0.99 µs against 3.50, 4.24 and 5.47), and pairs with 20,000 searches from 3.6 to 6.7.

## What it is made of

By \`node --cpu-prof\` of P = 10, S = 3, 2500 searches of 6000 evaluations, on a machine that was
busy with other work (shares, not seconds, are comparable):

| | % |
|---|---|
| asking the sampler: draws, tournament, mutation | 30 |
| the loop itself, recorded values, telling the sampler, incumbents, clock | 23 |
| the lines of the journal and their disk, columns as they are written down | 16 |
| the log, in columns | 7 |
| moving to the stream of the next ask, and making its words (Philox) | 7 |
| garbage collection | 6 |
| the rest | 11 |

200,000 searches of 10 evaluations each take 18 µs of a core per search, all in all: most of it is
beginning and ending them. The first million evaluations take more than later ones: every
architecture is looked up for the first time, and the code is compiled (0.4 s, in other threads).

What took time away last: streams of random numbers keep their state in plain arrays, since typed ones
take longer to make than a search needs of them, and sixteen blocks of a sequence are made at once;
findings take 28 bytes instead of 32, and their places no conversion; the columns of a journal line
are not looked through for their range. Before that: a search begins without spreading objects into
others, and makes no typed array for its population; the digits of a tournament's number do not wait
for each other; journal lines are written to memory that is used again. Earlier: remainders of random
words are computed by quotients; columns of the log grow by pages; blocks of Philox from
WebAssembly; what an evaluation needs of a finding in one row; populations that are rings; arrays of
a journal line beside its JSON. Tried and left out: drawing the winner of a tournament by its rank among
leaders that are kept in order, which took 0.65 µs per evaluation instead of 0.79 at P = 100, but
0.60 instead of 0.59 at P = 50, and is a second way to the same result; steps of \`repeat\` of 250,000
evaluations, a larger young generation, and more inlining, each within the noise of 5 %.
`;

/**
 * @param {{ machine: ReturnType<import('./machine.mjs').machine>, cases: Case[], suite: ArcherTimed,
 *   times: number }} measured
 */
export function tabularPage({ machine, cases, suite, times }) {
  const rounds = cases[0]?.rounds.length ?? 0;
  const first = cases[0]?.rounds[0];
  return `# Searches on tables

Made by \`npx nx run tools:bench-tabular --rounds ${rounds} --times ${times} --write\`. Not edited by hand.

|  |  |
|---|---|
| machine | ${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.system} |
| load when it ended | ${machine.load.join(', ')} |
| versions | ${first?.archer.version}, ${first?.python.version} |
| Archer | commit ${machine.commit} |

Regularised evolution on NAS-Bench-201 (12-epoch validation accuracy), 300 evaluations per search,
${times} searches. Archer runs them as \`repeat\`, with its journal and checkpoints on disk; the other is
[rea.py](../../tools/bench/rea.py), which looks tuples up in a dictionary and keeps everything in memory. Both
read their table before the clock starts. Seconds are the processor's, of all threads: a core's worth.

| P, S | Archer, evaluations/s | Python, evaluations/s | × (asked: ≥ ${BAR}) | | whole run, × | best found, Archer and Python |
|---|---|---|---|---|---|---|
${cases.map(row).join('\n')}

\`×\` is the ratio in the same round: the median of the rounds, with the least and the greatest in
brackets. The whole run also reads the journal back and writes the result.

500 searches of P = 50, S = 10: ${suite.whole.seconds.toFixed(1)} s on the clock, \
${suite.whole.cpuSeconds.toFixed(1)} s of a core (asked: ≤ ${SUITE_BAR} s): \
${suite.whole.seconds <= SUITE_BAR ? 'reached' : '**missed**'}. \
Journal: ${(suite.journalBytes / suite.evaluations).toFixed(1)} bytes per evaluation.
${LIMITS}`;
}

/** @param {Case} measured */
function row({ setting, rounds }) {
  const perSecond = (/** @type {Timed} */ one) => one.evaluations / one.cpuSeconds;
  const ratios = rounds.map(({ archer, python }) => python.cpuSeconds / archer.cpuSeconds);
  const whole = rounds.map(({ archer, python }) => python.cpuSeconds / archer.whole.cpuSeconds);
  const cells = [
    setting.join(', '),
    thousands(median(rounds.map(({ archer }) => perSecond(archer)))),
    thousands(median(rounds.map(({ python }) => perSecond(python)))),
    range(ratios),
    median(ratios) >= BAR ? 'reached' : '**missed**',
    range(whole),
    rounds
      .slice(0, 1)
      .map(({ archer, python }) => `${archer.mean.toFixed(3)}, ${python.mean.toFixed(3)}`),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** @param {number[]} values */
function range(values) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** @param {number} value */
function thousands(value) {
  return Math.round(value / 1e3) * 1e3 === 0
    ? String(Math.round(value))
    : `${Math.round(value / 1e3)} k`;
}
