import { ArcherError, EXIT } from '@archer-nas/core';
import type { tf } from '@archer-nas/engine';
import { type Forward, IMAGES, type Network, type Path, type Piece } from './network.ts';

/** What a path computes on its way to the logits. */
export interface PathFeatures {
  readonly logits: tf.Tensor2D;
  /** Outputs of the network's blocks, the same places for every path; `undefined`: zeros. */
  readonly blocks: readonly (tf.Tensor4D | undefined)[];
}

/**
 * The forward pass of a single path with the batch's statistics, with the outputs of blocks: what
 * everything after them is computed from, between the first choice and the logits. Nothing is freed:
 * to be run inside of a tidy.
 *
 * @throws ArcherError `ARCHER_CAPABILITY` for a network that has no pieces
 */
export function pathFeatures(
  { pieces }: Pick<Network, 'pieces'>,
  path: Path,
  images: tf.Tensor4D,
  forward: Forward,
): PathFeatures {
  if (pieces === undefined) throw noPieces();
  const results: (tf.Tensor | undefined)[] = [];
  for (const piece of pieces) {
    const inputs = piece.inputs.map((at) => (at === IMAGES ? images : results[at]) as tf.Tensor4D);
    const option = piece.site === undefined ? -1 : (path[piece.site] ?? -1);
    const zeros = inputs.map((input) => input === undefined);
    const shortcut = piece.shortcut?.(option, zeros);
    if (shortcut === 'zeros') results.push(undefined);
    else
      results.push(shortcut === undefined ? piece.run(inputs, forward, option) : inputs[shortcut]);
  }
  const blocks = blockEnds(pieces).map((at) => results[at] as tf.Tensor4D | undefined);
  return { logits: results.at(-1) as tf.Tensor2D, blocks }; // the last piece gives them
}

/** Pieces, apart from the last, that no later one looks behind; from the first choice on. */
function blockEnds(pieces: readonly Piece[]): number[] {
  const first = pieces.findIndex(({ site }) => site !== undefined);
  return [...pieces.keys()].slice(Math.max(first, 0), -1).filter((at) => {
    return pieces.slice(at + 1).every(({ inputs }) => inputs.every((input) => input >= at));
  });
}

function noPieces(): ArcherError {
  return new ArcherError(
    'ARCHER_CAPABILITY',
    'Outputs of blocks were asked for, but the space builds its supernet in one piece.',
    { hint: 'Use a space whose supernet has pieces, such as nas-bench-201.', exit: EXIT.manifest },
  );
}
