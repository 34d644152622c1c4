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
export function characters({ name, splits, description }: Corpus, batches: BatchOptions): TextData {
  const vocabulary = [...new Set([...splits.values()].flatMap((text) => [...text]))].sort();
  const place = new Map(vocabulary.map((character, at) => [character, at]));
  const encoded = new Map<SplitName, Int32Array>();
  const hash = createHash('sha256').update(`characters 1 ${name}`);
  for (const [split, text] of splits) {
    const tokens = Int32Array.from(text, (character) => place.get(character) ?? -1); // all are there
    hash.update(`\n${split} ${tokens.length}\n`).update(text);
    encoded.set(split, tokens);
  }
  const what = `${description}; ${vocabulary.length} different characters`;
  const parts = { name, vocabulary, hash: hash.digest('hex'), description: what };
  return textData(parts, encoded, batches);
}

/** A corpus of numbered tokens; the description ends with the sizes of its splits. */
export function textData(
  parts: Pick<TextData, 'name' | 'vocabulary' | 'hash' | 'description'>,
  encoded: ReadonlyMap<SplitName, Int32Array>,
  { batch, window }: BatchOptions,
): TextData {
  const splits = [...encoded.keys()];
  const sizes = splits.map((split) => `${encoded.get(split)?.length} ${split}`).join(', ');
  return {
    ...{ ...parts, batch, window, splits },
    description: `${parts.description}; ${sizes}`,
    open(name): TextSplit {
      const tokens = encoded.get(name);
      if (tokens === undefined) throw noSuchSplit({ name: parts.name, splits }, name);
      return { name, size: tokens.length, tokens };
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
