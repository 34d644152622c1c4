import { createHash } from 'node:crypto';
import { ArcherError, EXIT, type SplitName, type TextData } from '@archer-nas/core';
import { type BatchOptions, type Corpus, textData } from './corpus.ts';
import { type Level, tokensOf, UNKNOWN, vocabularyOf } from './tokens.ts';

/** How a corpus is read. */
export interface ReadingOptions extends BatchOptions {
  readonly level: Level;
  /** Tokens that differ, at most, `<unk>` included; all of the train text unless stated. */
  readonly vocabulary?: number | undefined;
  /** Tokens of each split, from its start; all unless stated. */
  readonly tokens?: number | undefined;
}

/**
 * A corpus whose vocabulary is that of its train text: other tokens are read as `<unk>`.
 * @throws ArcherError `ARCHER_DATA_SHORT` where `train` or `valid` does not fill a batch
 */
export function readCorpus(
  { name, splits, description }: Corpus,
  { level, vocabulary: most, tokens: count, ...batches }: ReadingOptions,
): TextData {
  const tokensIn = (split: SplitName) => first(tokensOf(splits.get(split) ?? '', level), count);
  const vocabulary = vocabularyOf(tokensIn('train'), most);
  const places = new Map(vocabulary.map((token, at) => [token, at]));
  const encoded = new Map<SplitName, Int32Array>();
  const hash = createHash('sha256').update(`${level}s 1 ${name} ${JSON.stringify(vocabulary)}`);
  const strangers: string[] = [];
  for (const split of splits.keys()) {
    const { numbers, replaced } = numbered(() => tokensIn(split), places);
    checkLength(name, { split, tokens: numbers.length, ...batches });
    hash.update(`\n${split} ${numbers.length}\n`).update(numbers);
    encoded.set(split, numbers);
    if (replaced > 0) strangers.push(`${replaced} of ${split} are not among them`);
  }
  const what = [`${vocabulary.length} different ${level}s of train`, ...strangers].join(', ');
  const parts = { name, vocabulary, hash: hash.digest('hex') };
  return textData({ ...parts, description: `${description}; ${what}` }, encoded, batches);
}

function* first(tokens: Iterable<string>, count = Number.POSITIVE_INFINITY): Generator<string> {
  let left = count;
  for (const token of tokens) {
    if (left-- === 0) return;
    yield token;
  }
}

/** Numbers of tokens, and how many became `<unk>`; reads twice, for a list would be large. */
function numbered(read: () => Iterable<string>, places: ReadonlyMap<string, number>) {
  const unknown = places.get(UNKNOWN) as number; // it is in every vocabulary
  let size = 0;
  for (const _ of read()) size++;
  const numbers = new Int32Array(size);
  let [at, replaced] = [0, 0];
  for (const token of read()) {
    const place = places.get(token);
    if (place === undefined) replaced++;
    numbers[at++] = place ?? unknown;
  }
  return { numbers, replaced };
}

/** The state of a search is carried in `batch` lanes, each of which reads one token at least. */
function checkLength(
  name: string,
  { split, tokens, batch }: { split: SplitName; tokens: number; batch: number },
): void {
  if (split === 'test' ? tokens > 0 : tokens >= 2 * batch) return;
  throw new ArcherError(
    'ARCHER_DATA_SHORT',
    `${name} has ${tokens} tokens of ${split}; ` +
      (split === 'test' ? 'one is needed.' : `a batch of ${batch} needs ${2 * batch}.`),
    { hint: 'Bring more text, or lower data.batch.', exit: EXIT.data },
  );
}
