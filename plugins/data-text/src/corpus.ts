import { createHash } from 'node:crypto';
import {
  ArcherError,
  EXIT,
  noSuchSplit,
  type SplitName,
  type TextData,
  type TextSplit,
} from '@archer-nas/core';

/** A corpus as text, by split. */
export interface Corpus {
  readonly name: string;
  readonly splits: ReadonlyMap<SplitName, string>;
  /** What the text is and how it was divided. */
  readonly description: string;
}

/** How batches are made of it. */
export interface BatchOptions {
  /** Parallel streams. */
  readonly batch: number;
  /** Characters of each stream per batch. */
  readonly window: number;
}

/** What the plugins of this package require and provide. */
export const LANGUAGE = {
  provides: ['data:language-modelling'],
  requires: ['network:language'],
} as const;

/**
 * A corpus with characters (code points) as tokens. The vocabulary is sorted and that of all
 * splits, so that no character is unknown.
 */
export function characters(
  { name, splits, description }: Corpus,
  { batch, window }: BatchOptions,
): TextData {
  const vocabulary = [...new Set([...splits.values()].flatMap((text) => [...text]))].sort();
  const place = new Map(vocabulary.map((character, at) => [character, at]));
  const encoded = new Map<SplitName, TextSplit>();
  const hash = createHash('sha256').update(`characters 1 ${name}`);
  for (const [split, text] of splits) {
    const tokens = Int32Array.from(text, (character) => place.get(character) ?? -1); // all are there
    hash.update(`\n${split} ${tokens.length}\n`).update(text);
    encoded.set(split, { name: split, size: tokens.length, tokens });
  }
  const names = [...splits.keys()];
  const sizes = names.map((split) => `${encoded.get(split)?.size} ${split}`).join(', ');
  return {
    ...{ name, batch, window, vocabulary, splits: names, hash: hash.digest('hex') },
    description: `${description}; ${vocabulary.length} different characters; ${sizes}`,
    open(split) {
      const found = encoded.get(split);
      if (found === undefined) throw noSuchSplit({ name, splits: names }, split);
      return found;
    },
  };
}

/** Shares of a text that follow one another; what is left is `test`. */
export interface Shares {
  readonly train: number;
  readonly valid: number;
}

/**
 * Divides a text into train, valid and test, in this order, at whole characters.
 * @throws ArcherError `ARCHER_DATA_SHORT` when a part would be empty
 */
export function divided(text: string, { train, valid }: Shares): Map<SplitName, string> {
  const all = [...text];
  const [first, second] = [train, train + valid].map((share) => Math.round(share * all.length));
  const parts = { train: all.slice(0, first), valid: all.slice(first, second) };
  const splits = Object.entries({ ...parts, test: all.slice(second) });
  const empty = splits.find(([, part]) => part.length === 0);
  if (empty !== undefined) {
    throw new ArcherError(
      'ARCHER_DATA_SHORT',
      `${all.length} characters leave none for ${empty[0]}.`,
      { hint: 'Use more of the text.', exit: EXIT.data },
    );
  }
  return new Map(splits.map(([name, part]) => [name as SplitName, part.join('')]));
}
