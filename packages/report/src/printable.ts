/** What steers a terminal, hides, or turns the direction of text: control and format characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const BREAKS: ReadonlySet<string> = new Set(['\n', '\r', '\t']);

/**
 * A text from elsewhere on one line, as it may be printed: line breaks and tabs are spaces, other
 * characters that a reader would not see are shown as escapes, `\x1b` or `\u202e`.
 */
export function printable(text: string): string {
  return text.replace(UNSEEN, (character) => (BREAKS.has(character) ? ' ' : escaped(character)));
}

/** {@link printable}, with line breaks and tabs kept: for messages of several lines. */
export function printableLines(text: string): string {
  return text.replace(UNSEEN, (character) => {
    return character === '\n' || character === '\t' ? character : escaped(character);
  });
}

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\u{${code}}`;
}
