import { createHash } from 'node:crypto';
import { type Content, html, trusted } from './html.ts';
import { STYLE } from './style.ts';

/** One part of a page under a heading of its own. */
export interface Section {
  /** Letters and hyphens: the anchor. */
  readonly id: string;
  readonly title: string;
  readonly body: Content;
}

/** What a page consists of. */
export interface Page {
  readonly title: string;
  /** Above the title: which experiment, profile, seeds. */
  readonly eyebrow: string;
  /** Below the title. */
  readonly lead: Content;
  readonly sections: readonly Section[];
  readonly footer: string;
}

/**
 * A page as one HTML document. It needs nothing from elsewhere and runs no script; its policy
 * lets a browser load nothing, and apply no style but its own.
 */
export function documentOf({ title, eyebrow, lead, sections, footer }: Page): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<header>
<p class="eyebrow">${eyebrow}</p>
<h1>${title}</h1>
${lead}
<nav aria-label="Sections"><ul>${sections.map(
    ({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`,
  )}</ul></nav>
</header>
<main>
${sections.map(
  ({ id, title: name, body }) =>
    html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${name}</h2>
${body}</section>\n`,
)}</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`.text;
}
