// @ts-check
// The page of `bench-mixture`.
import { ratio, table } from './markdown.mjs';
import { spread } from './statistics.mjs';

/**
 * @typedef {{ stepMs: number, peakMib: number, steps: number, engine: string }} Steps
 * @typedef {{ attackMs: number, forwardMs: number, engine: string }} Passes
 * @typedef {{ steps: Record<string, Steps>, passes: Passes }} Round
 * @typedef {{ cells: number, rounds: Round[] }} Case
 */

/** What SDARTS-RS may cost, in steps of DARTS. */
const RS_BAR = 1.05;
/** What SDARTS-ADV may cost, in the price of its passes. */
const ADV_BAR = 1.1;
/** Passes of the attack: the released code's seven, and the loss before and after. */
const ATTACK_STEPS = 7;
const LOSSES = 2;

/**
 * @param {{ machine: ReturnType<import('./machine.mjs').machine>, command: string, channels: number,
 *   batch: number, cases: Case[] }} measured
 */
export function mixturePage({ machine, command, channels, batch, cases }) {
  const [first] = cases[0]?.rounds ?? [];
  return `# What a mixture costs

Made by \`npx nx run tools:bench-mixture ${command} --write\`. Not edited by hand.

|  |  |
|---|---|
| machine | ${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.system} |
| load when it ended | ${machine.load.join(', ')} |
| versions | Node.js ${machine.node} |
| engine | ${first?.passes.engine} |
| Archer | commit ${machine.commit} |

Steps of searches on a NAS-Bench-201 supernet of ${channels} channels, on made-up images of 32 × 32 pixels in
batches of ${batch}, as \`archer run\` makes them. A single-path step trains one sampled operation per edge; a
step of DARTS takes the gradient by α on a validation batch and that by all weights on a train batch.

${cases.map(section).join('\n\n')}

\`×\` is the ratio in the same round: the median of ${cases[0]?.rounds.length} rounds, with the least and the greatest in
brackets. Each round gives every search a process of its own. Peak: the most memory of the process.
The price of SDARTS-ADV is a step of DARTS, ${ATTACK_STEPS} gradients by the mixture and ${LOSSES} losses, with running
statistics, timed apart.
`;
}

/** @param {Case} one */
function section({ cells, rounds }) {
  const names = Object.keys(rounds[0]?.steps ?? {});
  const rows = names.map((name) => [
    name,
    middle(rounds.map(({ steps }) => of(steps, name).stepMs)).toFixed(1),
    times(rounds, name, 'single path', 'stepMs'),
    times(rounds, name, 'darts', 'stepMs'),
    middle(rounds.map(({ steps }) => of(steps, name).peakMib)).toFixed(0),
    times(rounds, name, 'single path', 'peakMib'),
  ]);
  const head = ['', 'ms per step', '× single path', '× darts', 'peak, MiB', '× single path'];
  return `## ${cells} ${cells === 1 ? 'cell' : 'cells'} per stage

${table(head, rows)}

${verdict('SDARTS-RS against DARTS', middle(rsOf(rounds)), RS_BAR)}
${verdict('SDARTS-ADV against the price of its passes', middle(advOf(rounds)), ADV_BAR)}`;
}

/** @param {Round[]} rounds */
export function rsOf(rounds) {
  return rounds.map(({ steps }) => of(steps, 'sdarts rs').stepMs / of(steps, 'darts').stepMs);
}

/** @param {Round[]} rounds */
export function advOf(rounds) {
  return rounds.map(({ steps, passes }) => {
    const attack = ATTACK_STEPS * passes.attackMs + LOSSES * passes.forwardMs;
    return of(steps, 'sdarts adv').stepMs / (of(steps, 'darts').stepMs + attack);
  });
}

/** @param {string} what @param {number} value @param {number} bar */
function verdict(what, value, bar) {
  return `- ${what}: ${value.toFixed(3)} (asked: ≤ ${bar}): ${value <= bar ? 'reached' : '**missed**'}`;
}

/** @param {Round[]} rounds @param {string} name @param {string} other @param {'stepMs' | 'peakMib'} key */
function times(rounds, name, other, key) {
  return ratio(spread(rounds.map(({ steps }) => of(steps, name)[key] / of(steps, other)[key])));
}

/** @param {Record<string, Steps>} steps @param {string} name */
function of(steps, name) {
  const found = steps[name];
  if (found === undefined) throw new RangeError(`${name} was not measured`);
  return found;
}

/** @param {number[]} values */
function middle(values) {
  return spread(values).median;
}
