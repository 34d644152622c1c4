import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { stepLines } from '../../test/journal-lines.ts';
import { attribute, cellsOf, elementsOf, textOf } from '../../test/page-dom.ts';
import { record } from '../../test/run-record.ts';
import { runPage } from './run-page.ts';

const expected = [
  { metric: 'kendall-tau', profile: 'paper', value: 0.7, tolerance: 0.1, source: 'the paper' },
];
const runs = [0.69, 0.7, 0.71].map((tau, seed) =>
  record({
    ...{ seed, tau, lines: stepLines([{ loss: 2 }, { loss: 1.5 }]) },
    manifest: { title: 'PA&DA on <NAS-Bench-201>', expect: expected },
  }),
);
const deviations = [
  {
    plugin: '@archer-nas/pa-da',
    tables: [{ columns: ['#', 'Archer'], rows: [['1', 'as `released`']] }],
  },
];
const draw = () => [
  { name: 'cell', nodes: ['0', '1'], edges: [{ from: 0, to: 1, label: 'conv' }] },
];

const headings = (page: string) =>
  elementsOf(page)
    .filter(({ tagName }) => tagName === 'h2')
    .map(textOf);

describe('runPage', () => {
  it('has a section for what the runs have data of, and none for what they have not', async () => {
    expect(headings(await runPage(runs, { deviations, draw }))).toEqual([
      ...['Verdicts', 'Best architectures', 'Studies', 'Search', 'Over seeds', 'Cost'],
      ...['Deviations', 'Checklist', 'Fingerprint'],
    ]);
    const [one] = await Promise.all([runPage([record({ unfinished: true })])]);
    expect(headings(one)).toEqual(['Checklist', 'Fingerprint']);
  });

  it('judges over all seeds, with interval and source', async () => {
    const [, row] = cellsOf(await runPage(runs), 'Verdicts of this page');
    expect(row).toEqual([
      ...['kendall-tau (paper)', '✓ reproduced', '0.7000 ± 0.1000', '0.7000 [0.6752, 0.7248]', '3'],
      ...['the interval is inside', 'the paper'],
    ]);
  });

  it('shows deviations, drawings, and "not stated" where the checklist is open', async () => {
    const page = await runPage(runs, { deviations, draw });
    expect(cellsOf(page, '@archer-nas/pa-da')[1]).toEqual(['1', 'as released']);
    expect(page).toContain('as <code>released</code>');
    expect(page).toMatch(/class="operation"[^>]*>conv</);
    const checklist = cellsOf(page, 'Checklist of this page');
    expect(checklist).toContainEqual(['Ablation studies', 'not stated', 'Comparing methods']);
    expect(checklist).toContainEqual([
      ...['Several runs, with their seeds', '3 runs, of the seeds 0, 1, 2', 'Comparing methods'],
    ]);
  });

  it('gives the values of every chart as a table', async () => {
    const page = await runPage(runs.slice(0, 1));
    expect(cellsOf(page, 'loss')).toEqual([
      ['step', 'loss'],
      ['1', '2'],
      ['2', '1.5000'],
    ]);
  });

  it('needs nothing from elsewhere: no script, no address, no style but its own', async () => {
    const page = await runPage(runs, { deviations, draw });
    const all = elementsOf(page);
    const names = new Set(all.map(({ tagName }) => tagName));
    for (const name of [
      'script',
      'link',
      'img',
      'iframe',
      'object',
      'form',
      'base',
      'image',
      'use',
    ]) {
      expect(names).not.toContain(name);
    }
    for (const element of all) {
      for (const { name, value } of element.attrs) {
        expect(name).not.toMatch(/^on|^style$|^src/);
        if (name === 'href') expect(value).toMatch(/^#/);
        else if (name !== 'xmlns') expect(value).not.toMatch(/https?:|url\((?!#)/);
      }
    }
    const style = all.find(({ tagName }) => tagName === 'style');
    expect(textOf(style as never)).not.toMatch(/url\(|@import/);
    const policy = all
      .map((one) => attribute(one, 'content'))
      .find((c) => c?.includes('default-src'));
    const hash = createHash('sha256')
      .update(textOf(style as never))
      .digest('base64');
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
  });

  it('gives every id once', async () => {
    const ids = elementsOf(await runPage(runs, { deviations, draw })).flatMap(
      (one) => attribute(one, 'id') ?? [],
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refuses to be about nothing', async () => {
    await expect(runPage([])).rejects.toThrow('at least one run');
  });
});
