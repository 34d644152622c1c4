import { escaped } from '../markup-text.ts';
import { printable } from '../printable.ts';

/** Text that is markup already. Only {@link html} and {@link trusted} make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold: text is escaped, markup is not, lists are joined, nothing is ''. */
export type Content = Markup | string | number | null | undefined | false | readonly Content[];

/**
 * Markup from a template. Whatever is put in is escaped, and what a reader would not see in it
 * is shown as an escape; only markup is taken as it is. Values belong between tags or in quoted
 * attributes.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const texts = parts.map((part, i) => `${part}${i < values.length ? textOf(values[i]) : ''}`);
  return new Markup(texts.join(''));
}

/** Markup from a drawing of our own, whose texts are escaped where it is made. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function textOf(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(textOf).join('');
  return escaped(printable(String(value)));
}
