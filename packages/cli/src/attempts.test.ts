import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archer, archerJson, temporaryFolder } from '../test/archer.ts';

interface Reported {
  readonly runs: readonly object[];
  readonly verdicts: readonly object[];
}

/** A folder with the manifest of a search that takes milliseconds. */
function experiment(): { readonly root: string; readonly file: string; readonly seeds: string } {
  const root = temporaryFolder();
  const file = join(root, 'manifests', 'quickest.json');
  const manifest = {
    name: 'quickest',
    seeds: [0, 1, 2],
    space: { use: 'nas-bench-201' },
    evaluator: { use: 'mean-field-synflow' },
    strategy: { use: 'random', evaluations: 3 },
    expect: [{ metric: 'mean-field-synflow', value: 0, tolerance: 1e9, source: 'nobody' }],
  };
  mkdirSync(join(root, 'manifests'));
  writeFileSync(file, JSON.stringify(manifest));
  return { root, file, seeds: join(root, 'manifests', 'results', 'quickest', 'default') };
}

it('seeds of another protocol are said to be so where they are counted together', async () => {
  const { root, file } = experiment();
  const results = join(root, 'unlike');
  const run = ['run', file, '--out', results, '--data', root];
  await archer(...run, '--seed', '0', '1');
  expect((await archer('report', results)).err).toBe('');
  await archer(...run, '--seed', '2', '--set', 'strategy.evaluations=4');
  for (const command of [
    ['report', results],
    ['compare', results, join(results, 'default', 'seed-0')],
  ]) {
    const { code, err } = await archer(...command);
    expect(code).toBe(0);
    expect(err).toContain('These runs differ in more than their seeds: strategy.evaluations');
  }
});

describe('R23 attempts on the command line', () => {
  it('are shown when finished, made when asked for, and never counted twice', async () => {
    const { root, file, seeds } = experiment();
    const results = join(root, 'manifests', 'results', 'quickest');
    const run = ['run', file, '--out', results, '--data', root];
    expect(await archer(...run)).toMatchObject({ code: 0, err: '' });

    const again = await archer(...run);
    expect(again.code).toBe(0);
    expect(again.out).toContain('seed 1 is finished already, nothing is computed; --new-attempt');
    expect(again.out).toMatch(/^mean-field-synflow /m);

    const once = await archerJson<Reported>('report', results);
    expect(await archer(...run, '--new-attempt', '--seed', '1')).toMatchObject({ code: 0 });
    expect(readdirSync(seeds).sort()).toEqual(['seed-0', 'seed-1', 'seed-1-attempt-2', 'seed-2']);

    const twice = await archerJson<Reported>('report', results);
    expect(twice.value).toEqual(once.value);
    expect(twice.value.runs).toHaveLength(3);
    expect(twice.value.verdicts).toMatchObject([{ outcome: 'reproduced', summary: { n: 3 } }]);
    const { err } = await archer('report', results);
    expect(err).toContain(`do not count: ${join(seeds, 'seed-1-attempt-2')}`);
    expect((await archer('report', join(seeds, 'seed-1-attempt-2'))).code).toBe(0);

    const compared = await archerJson<{ metrics: object[] }>('compare', results, results);
    expect(compared.value.metrics[0]).toMatchObject({ a: { n: 3 }, b: { n: 3 } });

    const suite = await archerJson<{ entries: object[] }>(
      'suite',
      'report',
      join(root, 'manifests'),
    );
    const judged = [{ outcome: 'reproduced', summary: { n: 3 } }];
    expect(suite.value.entries).toMatchObject([{ experiment: 'quickest', verdicts: judged }]);
  });
});
