import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readRun } from '@archer-nas/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archer, makeFolder } from '../test/archer.ts';
import { seedOf, toyExperiment } from '../test/toy-experiment.ts';
import { exhibitionOf } from './exhibition.ts';

const folder = makeFolder();
const out = join(folder, 'results');
const expectation = { metric: 'ones', value: 8, tolerance: 8, source: 'nobody' };

beforeAll(async () => {
  const manifest = toyExperiment(folder, { expect: [expectation] });
  expect(await archer('run', manifest, '--out', out)).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a report over seeds has the verdicts over seeds alone, as those of one seed say nothing', async () => {
  const { out: text } = await archer('report', join(out, 'default'));
  expect(text).not.toMatch(/^inconclusive: ones = /m);
  expect(text).toMatch(/^over all seeds\nreproduced: ones = 8 ± 8, nobody: .* is inside$/m);
});

describe('what a tracker shows of a finished run', () => {
  it('has a page, its charts, what was found, and the same bytes each time', async () => {
    const made = async () => (await exhibitionOf(readRun(seedOf(out, 0)))).files();
    const files = await made();
    expect([...files.keys()].slice(0, 2)).toEqual(['report.html', 'best.json']);
    expect([...files.keys()].some((name) => name.startsWith('plots/chart-'))).toBe(true);
    expect(await made()).toEqual(files);
  });

  it('judges the run alone, and its experiment over all of its seeds', async () => {
    const { conclusion } = await exhibitionOf(readRun(seedOf(out, 0)));
    expect(conclusion.run['archer.verdict']).toBe('inconclusive');
    expect(conclusion.experiment['archer.verdict']).toBe('reproduced');
    expect(conclusion.experiment['archer.verdict.ones']).toMatch(/^reproduced: .* is inside$/);
  });
});
