// @ts-check
// The manifest that the table `nb201-mini` is made with.
import { miniCells } from './mini-cells.mjs';

/** Of the repository. */
export const MANIFEST = 'experiments/bench-nb201-mini/manifest.yaml';

/** How many of the cells, from the first on, are trained with a second seed. */
export const AGAIN = 60;

/** @param {readonly string[]} cells */
export function miniManifest(cells = miniCells()) {
  return `# yaml-language-server: $schema=../../schemas/manifest.schema.json
# Written by \`node tools/tables/nb201-mini.mjs manifest\`, which chooses the cells.
name: bench-nb201-mini
title: NAS-Bench-201 cells trained from scratch, small, CIFAR-10 at 16 × 16 pixels
seeds: [0]
space: { use: nas-bench-201, channels: 8, cells: 1 }
data: { use: cifar10, split: halves, size: 16, batch: 64, images: { train: 10000, valid: 10000 } }
evaluator: { use: train, epochs: 12 }
strategy:
  use: listed
  architectures:
${cells.map((cell) => `    - '${cell}'\n`).join('')}profiles:
  smoke: # seconds, made-up images, in CI; never a result
    space: { channels: 4 }
    data: { use: synthetic, batch: 16 }
    evaluator: { epochs: 1 }
    strategy: { evaluations: 3 }
  again: # the first cells once more with another seed: how much is noise
    seeds: [1]
    strategy: { evaluations: ${AGAIN} }
`;
}
