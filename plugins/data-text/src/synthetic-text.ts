import type { Stream, Streams, TextData } from '@archer-nas/core';
import { type BatchOptions, characters } from './corpus.ts';

/** Characters of each split. */
export interface SyntheticTextOptions extends BatchOptions {
  readonly train: number;
  readonly valid: number;
  readonly test: number;
}

const WORDS = ['the', 'cat', 'dog', 'sees', 'has', 'a', 'red', 'hat', 'tree', 'and', 'rests'];
const SPLITS = ['train', 'valid', 'test'] as const;

/**
 * Sentences of a few words in random order, `.` and a space after each: spelling is all there
 * is to learn. Equal options and streams give equal text.
 */
export function syntheticText(
  { train, valid, test, ...batches }: SyntheticTextOptions,
  streams: Streams,
): TextData {
  const sizes = { train, valid, test };
  const splits = new Map(SPLITS.map((name) => [name, written(sizes[name], streams.stream(name))]));
  const description = `made-up sentences of ${WORDS.length} words`;
  return characters({ name: 'synthetic-text', splits, description }, batches);
}

function written(length: number, stream: Stream): string {
  let text = '';
  while (text.length < length) {
    const words = Array.from({ length: 2 + stream.int(4) }, () => stream.pick(WORDS));
    text += `${words.join(' ')}. `;
  }
  return text.slice(0, length);
}
