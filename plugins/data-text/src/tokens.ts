/** What a text is made of: words and ends of lines, or code points. */
export type Level = 'word' | 'character';

/** Ends every line of a text of words. */
export const END_OF_LINE = '<eos>';

/** Stands for every token that the train text does not have. */
export const UNKNOWN = '<unk>';

/**
 * The tokens of a text. Words are what white space divides, and an `<eos>` follows the words of
 * every line, of an empty one too; what follows the last line break is a line unless it is empty.
 */
export function* tokensOf(text: string, level: Level): Generator<string> {
  if (level === 'character') {
    yield* text;
    return;
  }
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    for (const word of line.split(/\s+/)) if (word !== '') yield word;
    yield END_OF_LINE;
  }
}

/**
 * The different tokens of a train text, the most frequent first and equal ones in the order of
 * their code units; `<unk>` is the last where it is not among them.
 *
 * @param most how many tokens there are at most, `<unk>` included
 */
export function vocabularyOf(tokens: Iterable<string>, most = Number.POSITIVE_INFINITY): string[] {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const vocabulary = sorted.slice(0, most).map(([token]) => token);
  if (vocabulary.includes(UNKNOWN)) return vocabulary;
  return [...vocabulary.slice(0, most - 1), UNKNOWN];
}
