import { ArcherError, EXIT } from '@archer-nas/core';

/** What one number of a released encoding stands for, and below which value it stays. */
export interface Token {
  readonly name: string;
  readonly below: number;
}

/** A notation made of numbers. */
export interface TokenNotation {
  /** The space, for messages. */
  readonly space: string;
  readonly tokens: readonly Token[];
  /** What the numbers are, for the hint. */
  readonly form: string;
}

/**
 * The numbers of an architecture, as the released scripts write them: between any white space.
 * @throws ArcherError `ARCHER_ENAS_TOKENS` naming the number that is wrong, and what it would be
 */
export function parseTokens(text: string, { space, tokens, form }: TokenNotation): number[] {
  const malformed = (reason: string): ArcherError => {
    const shown = text.length > 120 ? `${text.slice(0, 120)}…` : text;
    return new ArcherError('ARCHER_ENAS_TOKENS', `"${shown}" is not in ${space}: ${reason}.`, {
      hint: form,
      exit: EXIT.usage,
    });
  };
  const words = text.trim().split(/\s+/);
  if (words.length !== tokens.length || words[0] === '') {
    const found = words[0] === '' ? 0 : words.length;
    throw malformed(`it has ${found} of ${tokens.length} numbers`);
  }
  return tokens.map(({ name, below }, at) => {
    const word = words[at] ?? '';
    if (/^\d{1,3}$/.test(word) && Number(word) < below) return Number(word);
    throw malformed(`number ${at + 1}, ${name}, is "${word}", not one of 0 to ${below - 1}`);
  });
}
