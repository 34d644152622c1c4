import { printable } from './printable.ts';

/** What LaTeX reads as something else than a character. */
const SPECIAL: ReadonlyMap<string, string> = new Map([
  ['\\', '\\textbackslash{}'],
  ['~', '\\textasciitilde{}'],
  ['^', '\\textasciicircum{}'],
  ['<', '\\textless{}'],
  ['>', '\\textgreater{}'],
  ['|', '\\textbar{}'],
  ['"', '\\textquotedbl{}'],
  ['`', '\\textasciigrave{}'],
  ["'", '\\textquotesingle{}'],
  // After the end of a row these two would be its option.
  ['[', '{[}'],
  ['*', '{*}'],
  ...[...'&%$#_{}'].map((character): [string, string] => [character, `\\${character}`]),
]);

/** What the fonts of pdfLaTeX lack and mathematics has. */
const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['±', '$\\pm$'],
  ['−', '$-$'],
  ['×', '$\\times$'],
  ['≤', '$\\le$'],
  ['≥', '$\\ge$'],
  ['≠', '$\\ne$'],
  ['↓', '$\\downarrow$'],
  ['→', '$\\rightarrow$'],
  ['α', '$\\alpha$'],
  ['β', '$\\beta$'],
  ['λ', '$\\lambda$'],
  ['τ', '$\\tau$'],
  ['ξ', '$\\xi$'],
  ['ε', '$\\varepsilon$'],
  ['∇', '$\\nabla$'],
  ['–', '--'],
  ['—', '---'],
  ['…', '\\dots{}'],
  ['’', '\\textquoteright{}'],
  ['‘', '\\textquoteleft{}'],
]);

/**
 * Text as LaTeX takes it, whatever is in it: nothing of it is a command, and it stays in its
 * cell and on its line.
 */
export function latexText(text: string): string {
  return [...printable(text)]
    .map((character) => SPECIAL.get(character) ?? SYMBOLS.get(character) ?? character)
    .join('');
}
