// @ts-check
import { expect, it } from 'vitest';
import { brokenLinks } from './readme.mjs';

it('finds links to files that are not there, and no others', () => {
  const text = [
    '[here](first-run.md#top) and [there](../README.md), [a page](https://example.org/x.md),',
    '![gone](gone.png "a title"), [gone too](results/none/README.md), `[code](none.md)`',
    '```md\n[fenced](none.md)\n```',
  ].join('\n');
  expect(brokenLinks(text, 'docs/own-data.md')).toEqual([
    'no gone.png, which a link leads to',
    'no results/none/README.md, which a link leads to',
  ]);
});
