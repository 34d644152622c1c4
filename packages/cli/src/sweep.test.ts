import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { archer, archerJson, makeFolder, start } from '../test/archer.ts';
import { letDie } from '../test/mortal-plugin.ts';
import { outcomes, toyExperiment } from '../test/toy-experiment.ts';

const TIMEOUT_MS = 120_000;
const SWEEP = {
  points: { plain: null, loud: { evaluator: { noise: 2 } } },
  grid: { 'strategy.rounds': [3, 4] },
};
const POINTS = ['plain-rounds-3', 'plain-rounds-4', 'loud-rounds-3', 'loud-rounds-4'];

const root = makeFolder();
const manifest = toyExperiment(root, { seeds: [0, 1], sweep: SWEEP });
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('sweep', () => {
  it(
    'R10 runs every point with every seed, alone and in a pool with the same results',
    async () => {
      const [alone, pool] = ['alone', 'pool'].map((name) => join(root, name)) as [string, string];
      const said = await archer('sweep', manifest, '--out', alone);
      expect(said).toMatchObject({ code: 0, err: '' });
      expect(readdirSync(alone).sort()).toEqual([...POINTS].sort());
      expect(said.out).toMatch(/^\S+ +plain-rounds-3 +2 /m);
      expect(said.out).toMatch(/^\S+ +loud-rounds-4 +2 /m);

      letDie(root, { 1: { by: 'SIGKILL', times: 1 } });
      const many = await start(['sweep', manifest, '--out', pool, '--processes', '3']).said;
      expect(many.code).toBe(0);
      expect(many.out).toMatch(/^launcher: 3 processes at once/m);
      expect(many.out).toContain('loud-rounds-4, seed 1 | ');
      for (const point of POINTS) {
        expect(outcomes(join(pool, point), [0, 1])).toStrictEqual(
          outcomes(join(alone, point), [0, 1]),
        );
      }
      letDie(root, {});
    },
    TIMEOUT_MS,
  );

  it('writes a page with charts, charts and the table as files', async () => {
    const to = (name: string) => join(root, 'files', name);
    const again = ['sweep', manifest, '--out', join(root, 'alone')];
    const { value } = await archerJson(...again);
    const metric = (value as { table: { rows: [string][] } }).table.rows[0]?.[0] as string;
    const files = ['--html', to('page.html'), '--svg', to('svg'), '--csv', to('csv')];
    const said = await archer(...again, '--metric', metric, ...files, '--format', 'markdown');
    expect(said.out).toContain('| loud-rounds-4 | 2 |');
    expect(readFileSync(to('page.html'), 'utf8')).toContain('8 of 8 runs finished.');
    expect(readdirSync(to('svg'))).toHaveLength(1);
    expect(readFileSync(to('csv/sweep.csv'), 'utf8')).toContain('plain-rounds-3,2,');
  });

  it('goes on, and shows what is finished, for the metrics that are asked for', async () => {
    const again = ['sweep', manifest, '--out', join(root, 'alone')];
    const { value } = await archerJson(...again);
    const { table } = value as { table: { rows: [string, string, number][] } };
    const metric = table.rows[0]?.[0] as string;
    const said = await archer(...again, '--metric', metric);
    const rows = said.out.split('\n').filter((line) => line.startsWith(`${metric} `));
    expect(rows).toHaveLength(POINTS.length);
    expect(said.out).not.toMatch(/step|rounds,/);
  });

  it('gives the points that differ different results, and one point to `run`', async () => {
    const out = join(root, 'one');
    const said = await archer('run', manifest, '--point', 'loud-rounds-3', '--out', out);
    expect(said.code).toBe(0);
    expect(readdirSync(out)).toEqual(['loud-rounds-3']);
    const at = (point: string) => outcomes(join(root, 'alone', point), [0, 1]);
    expect(outcomes(join(out, 'loud-rounds-3'), [0, 1])).toStrictEqual(at('loud-rounds-3'));
    expect(at('plain-rounds-3')).not.toEqual(at('loud-rounds-3'));
    expect(at('plain-rounds-3')).not.toEqual(at('plain-rounds-4'));
  });

  it('judges no point by what the manifest expects of another protocol', async () => {
    const expected = { metric: 'ones', value: 0, tolerance: 1000, source: 'a paper' };
    const folder = makeFolder();
    const changes = { seeds: [0, 1, 2], expect: [expected], sweep: SWEEP };
    const judged = toyExperiment(folder, { ...changes, strategy: { use: 'toy-climb', rounds: 3 } });
    const at = (point: string) => archer('run', judged, '--point', point, '--out', folder);
    expect((await at('plain-rounds-3')).out).toContain('reproduced');
    const other = 'because what was run has another strategy.rounds than the manifest';
    expect((await at('plain-rounds-4')).out.replaceAll(/\s+/g, ' ')).toContain(other);
    rmSync(folder, { recursive: true });
  });

  it('goes on after a point that fails, names it, and shows the others', async () => {
    const folder = makeFolder();
    const benchmark = { use: 'bench-nas-bench-201', file: 'none.csv' };
    const points = { bad: { evaluator: { use: 'table', benchmark } }, good: null };
    const sums = toyExperiment(folder, {
      ...{ space: { use: 'nas-bench-201' }, evaluator: { use: 'cost' }, study: [], seeds: [0] },
      ...{ strategy: { use: 'random', evaluations: 1 }, sweep: { points } },
    });
    const page = join(folder, 'page.html');
    const said = await archer('sweep', sums, '--html', page);
    expect(said.code).toBe(5);
    expect(said.err).toMatch(/^warning: bad, seed 0 failed: .*none\.csv/m);
    expect(said.err).toContain('1 of 1 seeds of bad failed:');
    expect(said.out).toMatch(/^\S+ +good +1 /m);
    expect(existsSync(page)).toBe(true);
  });

  it('is a folder of points, which `report` of it names', async () => {
    const said = await archer('report', join(root, 'alone'));
    expect(said).toMatchObject({ code: 2, out: '' });
    for (const point of POINTS) expect(said.err).toContain(join(root, 'alone', point, 'default'));
  });

  it('runs what the page shows', async () => {
    const folder = makeFolder();
    const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [, text = ''] = /^### sweep\n+```yaml\n(.*?)^```/ms.exec(page) ?? [];
    writeFileSync(join(folder, 'page.yaml'), `name: page\n${text}`);
    const { code, value } = await archerJson<{ table: { rows: unknown[][] } }>(
      ...['sweep', join(folder, 'page.yaml'), '--seed', '0'],
    );
    expect(code).toBe(0);
    const { rows } = value.table;
    expect(new Set(rows.map(([, point]) => point)).size).toBe(8);
    for (const [, , n] of rows) expect(n).toBe(1);
  });

  it('names a point that there is not, and a manifest without sweep', async () => {
    const wrong = await archer('run', manifest, '--point', 'loud-rounds-5');
    expect(wrong).toMatchObject({ code: 3, out: '' });
    expect(wrong.err).toContain('Did you mean "loud-rounds-3" or "loud-rounds-4"?');
    const plain = toyExperiment(makeFolder());
    expect((await archer('sweep', plain)).err).toContain('toy has no sweep.');
  });
});
