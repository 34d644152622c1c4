// @ts-check
// The page of `bench-recurrent`.
import { ratio, table } from './markdown.mjs';
import { spread } from './statistics.mjs';

/**
 * @typedef {Record<string, { tokensPerSecond: number, loss: number }>} Round by contender
 * @typedef {{ name: string, nodes: number, width: number, lanes: number, vocabulary: number,
 *   window: number, rounds: Round[] }} Case
 */

/**
 * @param {{ machine: ReturnType<import('./machine.mjs').machine>, command: string, cases: Case[] }} measured
 */
export function recurrentPage({ machine, command, cases }) {
  const rounds = cases[0]?.rounds.length ?? 0;
  const count = rounds === 1 ? 'one round' : `${rounds} rounds`;
  return `# Searches for recurrent cells

Made by \`npx nx run tools:bench-recurrent ${command} --write\`. Not edited by hand.

|  |  |
|---|---|
| machine | ${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.system} |
| load when it ended | ${machine.load.join(', ')} |
| versions | Node.js ${machine.node} |
| Archer | commit ${machine.commit} |

Training steps of one path of the enas-rnn supernet: forward and backward pass over a window of
${cases[0]?.window} tokens in all lanes, clipping, SGD; no dropout. Tokens per second of processor time, one thread each,
which other programs disturb less than the clock's.

${cases.map(section).join('\n\n')}

\`×\` is this checkout's speed over the other's in the same round: the median of ${count}, with the least
and the greatest in brackets; in a round everybody has a process of its own. PyTorch runs in eager
mode, with both halves of a node's weights in one matrix.
`;
}

/** @param {Case} one */
function section({ name, nodes, width, lanes, vocabulary, rounds }) {
  const others = Object.keys(rounds[0] ?? {});
  const rows = others.map((other) => [
    other,
    Math.round(spread(rounds.map((round) => rateOf(round, other))).median).toLocaleString('en-US'),
    other === 'Archer' ? '' : ratio(spread(ratiosTo(rounds, other))),
  ]);
  return `## ${name}: ${nodes} nodes, width ${width}, ${lanes} lanes, ${vocabulary} tokens

${table(['', 'tokens per second', '×'], rows)}`;
}

/** Archer's speed over another's, by round. @param {Round[]} rounds @param {string} other */
export function ratiosTo(rounds, other) {
  return rounds.map((round) => rateOf(round, 'Archer') / rateOf(round, other));
}

/** @param {Round} round @param {string} name */
function rateOf(round, name) {
  const found = round[name];
  if (found === undefined) throw new RangeError(`${name} was not measured`);
  return found.tokensPerSecond;
}
