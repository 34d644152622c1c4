import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archer, makeFolder } from '../test/archer.ts';

const folder = makeFolder();
const suite = join(folder, 'toys');
const out = join(folder, 'toys', 'results', 'a');
const page = join(folder, 'pages', 'page.html');
const read = (): string => readFileSync(page, 'utf8');

beforeAll(async () => {
  mkdirSync(suite);
  const text = [
    'name: a',
    'title: Random search & <parameters>',
    'seeds: [0, 1]',
    'space: { use: nas-bench-201 }',
    'evaluator: { use: cost }',
    'strategy: { use: random, evaluations: 2 }',
    'expect: [{ metric: macs, value: 1, tolerance: 0, source: nobody }]',
  ];
  writeFileSync(join(suite, 'a.yaml'), text.join('\n'));
  await archer('run', join(suite, 'a.yaml'), '--out', out);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('pages', () => {
  it('of a run, with its cells drawn by its space', async () => {
    const { code, out: said } = await archer('report', out, '--html', page);
    expect([code, said]).toEqual([0, `${page}\n`]);
    expect(read()).toContain('<h1>Random search &amp; &lt;parameters&gt;</h1>');
    expect(read()).toMatch(/class="operation"/);
    expect(read()).toContain('seeds 0, 1');
  });

  it('of a comparison', async () => {
    const { code } = await archer('compare', out, join(out, 'default', 'seed-0'), '--html', page);
    expect(code).toBe(0);
    expect(read()).toContain('pairs of the seeds 0');
  });

  it('of a suite, also where nothing was run', async () => {
    const show = ['suite', 'report', suite, '--html', page];
    expect((await archer(...show)).code).toBe(0);
    expect(read()).toContain('<h2 id="experiment-0-title">a</h2>');
    expect((await archer(...show, '--out', join(folder, 'none'))).code).toBe(0);
    expect(read()).toContain('No run of it is finished here.');
  });

  it('of a run whose journal is gone, and without drawings where its plugins are', async () => {
    const moved = join(folder, 'moved');
    const keep = (change: (text: string) => string) => {
      mkdirSync(moved, { recursive: true });
      for (const name of ['result.json', 'fingerprint.json', 'manifest.json']) {
        const text = readFileSync(join(out, 'default', 'seed-0', name), 'utf8');
        writeFileSync(join(moved, name), change(text));
      }
    };
    keep((text) => text);
    expect(await archer('report', moved, '--html', page)).toMatchObject({ code: 0, err: '' });
    expect(read()).toMatch(/class="operation"/);
    keep((text) => text.replace('"use": "nas-bench-201"', '"use": "nas-bench-gone"'));
    const { code, err } = await archer('report', moved, '--html', page);
    expect(code).toBe(0);
    expect(err).toContain('Without drawings of cells');
    expect(read()).toContain('class="notation"');
  });

  it('say what is in the way of the file', async () => {
    const { code, err } = await archer('report', out, '--html', folder);
    expect(code).toBeGreaterThan(0);
    expect(err).toContain('ARCHER_DISK');
  });
});
