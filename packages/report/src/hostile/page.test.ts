import type { Table } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepLines } from '../../test/journal-lines.ts';
import { elementsOf, textOf } from '../../test/page-dom.ts';
import { record, study } from '../../test/run-record.ts';
import { comparisonPage } from '../page/comparison-page.ts';
import { html } from '../page/html.ts';
import { runPage } from '../page/run-page.ts';
import { suitePage } from '../page/suite-page.ts';
import type { RunRecord } from '../record.ts';

const EVIL = `</title></style></script><script>alert(1)</script><img src=x onerror="alert(1)">'"\u202e\u0000]]>--!>&lt;`;
const SHOWN = EVIL.replace('\u202e', '\\u202e').replace('\u0000', '\\x00');

function evilRecord(seed = 0): RunRecord {
  const expected = { metric: EVIL, value: 1, tolerance: 0, source: EVIL, profile: EVIL };
  const scores: Table = {
    columns: ['id', 'score', 'truth'],
    rows: [
      [EVIL, 1, 2],
      [EVIL, 2, 1],
    ],
  };
  const own: Table = { title: EVIL, columns: [EVIL, 'x'], rows: [[EVIL, 1]], notes: [EVIL] };
  const asked = [1, 2].map((at) => ({ ...study({ [EVIL]: at }, 1, at), id: EVIL }));
  const one = record({
    ...{ seed, profile: EVIL, metrics: { [EVIL]: 1 }, plugins: { [EVIL]: EVIL } },
    manifest: { name: EVIL, title: EVIL, expect: [expected], space: { use: EVIL, [EVIL]: EVIL } },
    studies: [
      { ...study({ [EVIL]: 2 }), id: EVIL, notes: [EVIL], tables: { [EVIL]: own, scores } },
      ...asked,
    ],
    lines: stepLines([
      { [EVIL]: 1, 'a/b': 1, [`a/${EVIL}`]: 2 },
      { [EVIL]: 2, 'a/b': 1, [`a/${EVIL}`]: 2 },
    ]),
  });
  const best = [1, 2].map((x) => ({
    architecture: `${EVIL}${x}`,
    metrics: { [EVIL]: x, macs: x },
  }));
  const { result, fingerprint } = one;
  return {
    ...{ ...one, folder: EVIL },
    result: result && {
      ...result,
      experiment: EVIL,
      identity: EVIL,
      search: { ...result.search, best },
    },
    fingerprint: fingerprint && {
      ...{ ...fingerprint, core: EVIL, node: EVIL, dataHash: EVIL },
      engine: { class: EVIL, description: EVIL },
      machine: { ...fingerprint.machine, cpu: EVIL, platform: EVIL },
    },
  };
}

const background = {
  deviations: [
    { plugin: EVIL, tables: [{ title: EVIL, columns: [EVIL], rows: [[`\`${EVIL}\``]] }] },
  ],
  draw: () => [{ name: EVIL, nodes: [EVIL, EVIL], edges: [{ from: 0, to: 1, label: EVIL }] }],
};

/** Names of elements that pages are made of: what a name smuggled in would be another. */
const KNOWN = new Set(
  (
    'html head meta title style body header main footer nav section h1 h2 h3 p a ul li dl dt dd div span ' +
    'small table caption thead tbody tr th td details summary figure figcaption pre code ' +
    'svg g path rect line text tspan desc defs marker circle clippath clipPath'
  ).split(' '),
);

function check(page: string): void {
  for (const { tagName, attrs } of elementsOf(page)) {
    expect(KNOWN).toContain(tagName);
    for (const { name } of attrs) expect(name).not.toMatch(/^on|^src$|^style$/);
  }
  expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
}

describe('R45 names in pages', () => {
  it('are text on the page of a run, of a comparison and of a suite', async () => {
    const evil = evilRecord();
    const part = { experiment: EVIL, title: EVIL, expect: evil.manifest?.expect ?? [], background };
    const pages = [
      await runPage([evil], background),
      await runPage([evil, evilRecord(1)], background),
      await comparisonPage({ records: [evil], background }, { records: [record()] }),
      suitePage({ title: EVIL, missing: [EVIL] }, [{ ...part, records: [evil] }]),
    ];
    for (const page of pages) {
      check(page);
      const title = elementsOf(page).find(({ tagName }) => tagName === 'h1');
      expect(title && textOf(title)).toContain(SHOWN);
    }
  });

  it('are read as they were written, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const [element] = elementsOf(html`<p id="${text}">${text}</p>`.text).filter(
          ({ tagName }) => tagName === 'p',
        );
        const read = element && textOf(element);
        expect(element?.attrs).toHaveLength(1);
        expect(element?.childNodes.length).toBeLessThan(2);
        expect(read).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        if (/^[\x20-\x7e]*$/.test(text)) expect(read).toBe(text);
      }),
    );
  });
});
