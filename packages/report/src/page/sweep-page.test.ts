import { expect, it } from 'vitest';
import { elementsOf, textOf } from '../../test/page-dom.ts';
import { record } from '../../test/run-record.ts';
import { sweepPage } from './sweep-page.ts';

it('shows a chart per metric and the table, and how many runs are finished', async () => {
  const entries = [2, 3].map((n) => ({
    point: `candidates-${n}`,
    records: [record({ tau: n / 10 }), record({ unfinished: true })],
  }));
  const page = await sweepPage({ title: 'A <sweep>', metrics: ['kendall-tau'] }, entries);
  const all = elementsOf(page);
  const texts = (name: string) => all.filter(({ tagName }) => tagName === name).map(textOf);
  expect(texts('h1')).toEqual(['A <sweep>']);
  expect(texts('h2')).toEqual(['By point', 'Values']);
  expect(texts('figcaption')).toHaveLength(1);
  expect(texts('td')).toContain('candidates-3');
  expect(page).toContain('2 of 4 runs finished.');
});
