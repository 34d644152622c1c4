import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXPECTED_AT_BEGIN } from '@archer-nas/report';
import { afterAll, describe, expect, it } from 'vitest';
import { archer, archerJson, makeFolder } from '../test/archer.ts';

const folder = makeFolder();
const file = join(folder, 'counts.yaml');
const results = join(folder, 'results', 'counts', 'default');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The sum of a space's parameters, ranked by itself: no randomness, and so one verdict. */
function write({ metric = 'params/spearman', value = 1 }): void {
  const study = [{ agreement: { truth: { use: 'cost' }, measures: [{ use: 'cost' }] } }];
  const expected = { metric, over: 'nothing', value, tolerance: 0, source: 'a paper' };
  writeFileSync(
    file,
    JSON.stringify({
      ...{ name: 'counts', space: { use: 'nas-bench-201' }, evaluator: { use: 'cost' } },
      ...{ strategy: { use: 'random', evaluations: 1 }, study, expect: [expected] },
    }),
  );
}

const count = (text: string, part: string): number => text.split(part).length - 1;

interface Value {
  readonly runs: readonly { readonly verdicts: readonly { readonly outcome: string }[] }[];
  readonly verdicts: readonly { readonly outcome: string }[];
}

describe('what a manifest expects', () => {
  it('is judged as it says now, also of what was finished before', async () => {
    write({ metric: 'parms/spearman' });
    const mistyped = await archer('run', file);
    expect(mistyped.out).toContain('not run here: parms/spearman');
    write({});
    const { out } = await archer('run', file);
    expect(out).toContain('is finished already');
    expect(count(out, 'reproduced: params/spearman')).toBe(1);
    expect(out).not.toContain('parms/spearman');
    const { value } = await archerJson<Value>('run', file);
    expect(value.runs[0]?.verdicts).toMatchObject([{ outcome: 'reproduced' }]);
    expect(value.verdicts).toMatchObject([{ outcome: 'reproduced' }]);
  });

  it('is in a folder as it was, and its report says so', async () => {
    const { out } = await archer('report', results);
    expect(out).toContain('not run here: parms/spearman');
    expect(out.trim().split('\n').at(-1)).toBe(EXPECTED_AT_BEGIN);
  });

  it('is judged once, over all seeds', async () => {
    const said = await archer('run', file, '--seed', '0', '1', '2');
    expect(count(said.out, 'reproduced: params/spearman')).toBe(1);
    const report = await archer('report', results);
    expect(count(report.out, 'parms/spearman = 1')).toBe(1);
    expect(count(report.out, EXPECTED_AT_BEGIN)).toBe(1);
  });
});

describe('a report of seeds of which one is not finished', () => {
  it('names it, and has it in the order of seeds', async () => {
    rmSync(join(results, 'seed-1', 'result.json'));
    const { out } = await archer('report', results);
    const heads = [...out.matchAll(/^profile default, seed (\d), (\w+)/gm)];
    expect(heads.map(([, seed, status]) => `${seed} ${status}`)).toEqual([
      '0 finished',
      '1 unfinished',
      '2 finished',
    ]);
    const { value } = await archerJson('report', results);
    expect(value).toMatchObject({ runs: [{}, { seed: 1, profile: 'default' }, {}] });
  });
});

it('prints one JSON value without reports: how it ended', async () => {
  const { code, value } = await archerJson('run', file, '--no-report');
  expect(code).toBe(0);
  expect(value).toEqual({ status: 'finished', exitCode: 0, failed: [] });
});
