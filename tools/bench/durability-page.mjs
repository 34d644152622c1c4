// @ts-check
// The page of `bench-durability`.
import { table } from './markdown.mjs';

/**
 * @typedef {{ runMs: number, spent: { journal: number, checkpoint: number, tracker: number },
 *   closingMs: number, steps: number, lines: number, checkpoints: number, bytes: number, journalBytes: number,
 *   engine: string }} Measured
 * @typedef {{ name: string, what: string, rounds: Measured[] }} Run
 * @typedef {{ without: Measured, down: Measured, hanging: Measured }} Turn
 */

/** The share of a run's time that journal and checkpoints may take. */
export const DURABLE_BAR = 0.01;
/** How much longer a run may take when its tracker is down. */
export const TRACKER_BAR = 0.02;

/**
 * @param {{ machine: ReturnType<import('./machine.mjs').machine>, command: string, runs: Run[],
 *   tracker: Turn[], scale: string }} measured
 */
export function durabilityPage({ machine, command, runs, tracker, scale }) {
  const engine = [...runs.flatMap((one) => one.rounds), ...tracker.map((one) => one.down)][0]
    ?.engine;
  return `# What it costs that nothing is lost

Made by \`npx nx run tools:bench-durability ${command} --write\`. Not edited by hand.

|  |  |
|---|---|
| machine | ${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.system} |
| load when it ended | ${machine.load.join(', ')} |
| versions | Node.js ${machine.node} |
| engine | ${engine ?? 'none'} |
| Archer | commit ${machine.commit} |

## Journal and checkpoints

One-shot training of a NAS-Bench-201 supernet on made-up images, as \`archer run\` makes it: a line of
science and one of telemetry per step, a commit at least every 200 ms, a checkpoint a minute and one
at the end. The time of a run is the clock's, from its first line to its result. Journal: formatting,
writing and syncing lines. Checkpoint: reading the state, writing and syncing it. Asked of a real
training run: together less than ${percent(DURABLE_BAR)}.

${runs.some(({ rounds }) => rounds.length > 0) ? runTable(runs) : 'Not measured.'}

Of several rounds the median, with the least and the greatest in brackets.

## A tracker that is down

The same training without a tracker, with MLflow at an address where nothing listens, and at one
that takes requests and never answers, in turns. Asked: less than ${percent(TRACKER_BAR)} longer.

${tracker.length > 0 ? trackerTable(tracker) : 'Not measured.'}

## A long run

${scale === '' ? 'Not measured.' : `\`npx nx run runtime:scale\`:\n\n\`\`\`\n${scale.trim()}\n\`\`\``}
`;
}

/** @param {Run[]} runs */
function runTable(runs) {
  const measured = runs.filter(({ rounds }) => rounds.length > 0);
  const rows = measured.map(({ name, what, rounds }) => {
    const [first] = /** @type {[Measured]} */ (rounds);
    const share = (/** @type {'journal' | 'checkpoint'} */ kind) =>
      rounds.map(({ spent, runMs }) => spent[kind] / runMs);
    const together = rounds.map(({ spent, runMs }) => (spent.journal + spent.checkpoint) / runMs);
    return [
      `${name}: ${what}`,
      String(first.steps),
      spread(
        rounds.map(({ runMs }) => runMs / 1000),
        (s) => `${s.toFixed(1)} s`,
      ),
      spread(
        rounds.map(({ spent, steps }) => (1000 * spent.journal) / steps),
        (us) => `${us.toFixed(0)} µs`,
      ),
      `${first.checkpoints} of ${(first.bytes / 2 ** 20).toFixed(2)} MiB`,
      spread(
        rounds.map(({ spent, checkpoints }) => spent.checkpoint / checkpoints),
        (ms) => `${ms.toFixed(1)} ms`,
      ),
      spread(share('journal'), percent),
      spread(share('checkpoint'), percent),
      `${spread(together, percent)}${name === 'quick' ? verdict(median(together) < DURABLE_BAR) : ''}`,
    ];
  });
  const head = [
    'run',
    'steps',
    'takes',
    'journal per step',
    'checkpoints',
    'each',
    'journal',
    'checkpoints',
    'together',
  ];
  return table(head, rows);
}

/** @param {Turn[]} turns */
function trackerTable(turns) {
  const seconds = (/** @type {number[]} */ ms) =>
    spread(ms, (one) => `${(one / 1000).toFixed(1)} s`);
  const row = (/** @type {string} */ server, /** @type {'down' | 'hanging'} */ name) => {
    const longer = turns.map((turn) => turn[name].runMs / turn.without.runMs - 1);
    const own = turns.map((turn) => turn[name].spent.tracker / turn[name].runMs);
    return [
      server,
      seconds(turns.map(({ without }) => without.runMs)),
      seconds(turns.map((turn) => turn[name].runMs)),
      `${spread(longer, percent)}${verdict(median(longer) < TRACKER_BAR)}`,
      spread(own, percent),
      spread(
        turns.map((turn) => turn[name].closingMs),
        (ms) => `${ms.toFixed(0)} ms`,
      ),
    ];
  };
  const head = ['server', 'without', 'with it', 'longer by', 'handing lines to it'];
  return table(
    [...head, 'waiting at the end'],
    [row('refuses', 'down'), row('never answers', 'hanging')],
  );
}

/** @param {boolean} isReached */
const verdict = (isReached) => (isReached ? ': reached' : ': **missed**');

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

/** @param {readonly number[]} values @param {(value: number) => string} show */
function spread(values, show) {
  if (values.length === 1) return show(/** @type {number} */ (values[0]));
  return `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`;
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = /** @type {number} */ (sorted[middle]);
  return sorted.length % 2 === 1 ? upper : (upper + /** @type {number} */ (sorted[middle - 1])) / 2;
}
