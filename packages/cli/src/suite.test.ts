import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archer, archerJson, makeFolder } from '../test/archer.ts';

/** Two processes import the command line. */
const POOL_MS = 120_000;

const folder = makeFolder();
const suite = join(folder, 'toys');

/** The sum of a space's parameters is known; a table is not there. */
beforeAll(() => {
  mkdirSync(suite);
  const common = 'space: { use: nas-bench-201 }\nstrategy: { use: random, evaluations: 1 }\n';
  const expected = (value: number): string =>
    `expect: [{ metric: params/spearman, over: nothing, value: ${value}, tolerance: 0, source: x }]`;
  const counted = 'agreement: { truth: { use: cost }, measures: [{ use: cost }] }';
  const lines = ['evaluator: { use: cost }', `study: [{ ${counted} }]`, expected(1)];
  writeFileSync(join(suite, 'a-counts.yaml'), `name: a-counts\n${common}${lines.join('\n')}`);
  const table =
    'evaluator: { use: table, benchmark: { use: bench-nas-bench-201, file: none.csv } }';
  const missing = `name: b-table\n${common}${table}\n${expected(1)}`;
  writeFileSync(join(suite, 'b-table.yaml'), missing);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('suite', () => {
  it('runs what can be run, and says why the rest was not', async () => {
    const { code, out } = await archer('suite', 'run', suite, '--data', join(folder, 'data'));
    expect(code).toBe(0);
    expect(out).toMatch(/^a-counts +params\/spearman +1 ± 0 +1 +reproduced/m);
    expect(out).toMatch(/^b-table .*not run here, because no run is finished/m);
    expect(out).toContain('1 reproduced, 0 differ, 0 inconclusive, 1 not run here.');
    expect(out).toMatch(/^a-counts +1 +1 +finished$/m);
    expect(out).toMatch(/^b-table +1 +0 +not run here, because .*none\.csv/m);
  });

  it(
    'R10 runs all of it in one pool',
    async () => {
      const out = join(folder, 'pool');
      const where = ['--out', out, '--data', join(folder, 'data'), '--processes', '2'];
      const said = await archer('suite', 'run', suite, ...where);
      expect(said.code).toBe(0);
      expect(said.out.match(/^launcher: /gm)).toHaveLength(1);
      expect(said.out).toContain('a-counts, seed 0 | ');
      expect(said.out).toContain('1 reproduced, 0 differ, 0 inconclusive, 1 not run here.');
      expect(said.err).toMatch(/seed 0: exit code 5: .*none\.csv/);
    },
    POOL_MS,
  );

  it('shows what it has run, whatever other profiles have', async () => {
    const own = join(folder, 'profiles');
    mkdirSync(own);
    const plain = 'space: { use: nas-bench-201 }\nstrategy: { use: random, evaluations: 1 }\n';
    const profiles = 'profiles: { quick: { seeds: [3] }, night: { seeds: [4, 5] } }\n';
    writeFileSync(join(own, 'a.yaml'), `name: a\n${plain}evaluator: { use: cost }\n${profiles}`);
    for (const [flags, seeds] of [
      [['--profile', 'night'], 2],
      [[], 1], // quick, as `archer run` has it
      [['--profile', 'base'], 1],
      [['--profile', 'default'], 1], // the same, as reports call it
      [['--profile', 'night'], 2],
    ] as const) {
      const { code, value } = await archerJson<{ seeds: { rows: unknown[][] } }>(
        ...['suite', 'run', own, ...flags],
      );
      expect(code).toBe(0);
      expect(value.seeds.rows).toEqual([['a', seeds, seeds, 'finished']]);
    }
    // Seeds that the manifest does not ask for are none of its.
    expect((await archer('run', join(own, 'a.yaml'), '--seed', '8')).code).toBe(0);
    const { out } = await archer('suite', 'report', own);
    expect(out).toMatch(/^a +1 +1 +finished$/m);
    const mistyped = await archer('suite', 'run', own, '--profile', 'nihgt');
    expect(mistyped).toMatchObject({ code: 2 });
    expect(mistyped.err).toMatch(/no manifest.*profile "nihgt".*Did you mean "night"/is);
  });

  it('runs what lacks the profile as it runs without one: quick, else as it stands', async () => {
    const own = join(folder, 'lacking');
    mkdirSync(own);
    const plain = 'space: { use: nas-bench-201 }\nstrategy: { use: random, evaluations: 1 }\n';
    const write = (name: string, profiles: string) =>
      writeFileSync(
        join(own, `${name}.yaml`),
        `name: ${name}\n${plain}evaluator: { use: cost }\nprofiles: ${profiles}\n`,
      );
    write('both', '{ smoke: { seeds: [1] }, quick: { seeds: [2] } }');
    write('neither', '{ night: { seeds: [4, 5] } }');
    write('quick', '{ quick: { seeds: [3] } }');
    expect((await archer('suite', 'run', own, '--profile', 'smoke')).code).toBe(0);
    expect(readdirSync(join(own, 'results', 'both'))).toEqual(['smoke']);
    expect(readdirSync(join(own, 'results', 'neither'))).toEqual(['default']);
    expect(readdirSync(join(own, 'results', 'quick'))).toEqual(['quick']);
  });

  it('has one clock for all of it', async () => {
    const own = join(folder, 'clock');
    mkdirSync(own);
    for (const name of ['a', 'b']) {
      cpSync(join(suite, 'a-counts.yaml'), join(own, `${name}.yaml`));
    }
    const { code, value } = await archerJson('suite', 'run', own, '--max-time', '0.001s');
    expect(code).toBe(75);
    expect(value).toMatchObject({ suite: 'clock', exitCode: code });
  });

  it('shows how far it is when it is stopped, and writes its page', async () => {
    const page = join(folder, 'stopped.html');
    const stopped = ['suite', 'run', join(folder, 'clock'), '--max-time', '0.001s'];
    const { code, out } = await archer(...stopped, '--html', page);
    expect(code).toBe(75);
    expect(out).toMatch(/^a +1 +0 +1 not finished$/m);
    expect(out).toMatch(/^b +1 +0 +not run yet$/m);
    expect(existsSync(page)).toBe(true);
  });

  it('goes on after a member that fails, and ends with its exit code', async () => {
    const own = join(folder, 'failing');
    mkdirSync(own);
    const nothing = 'space: { use: nas-bench-201 }\nevaluator: { use: cost }\n';
    writeFileSync(join(own, 'a.yaml'), `name: a\n${nothing}strategy: { use: listed }\n`);
    cpSync(join(suite, 'a-counts.yaml'), join(own, 'b.yaml'));
    const { code, out, err } = await archer('suite', 'run', own);
    expect(code).toBe(3);
    expect(err).toContain('No architecture is listed.');
    expect(out).toMatch(/^a +1 +0 +.*failed: No architecture is listed\.$/m);
    expect(out).toMatch(/^b +1 +1 +finished$/m);
  });

  it('takes over what was run of it alone', async () => {
    const own = join(folder, 'one');
    cpSync(join(suite, 'a-counts.yaml'), join(own, 'a-counts.yaml'));
    expect((await archer('run', join(own, 'a-counts.yaml'))).code).toBe(0);
    const { out } = await archer('suite', 'report', own);
    expect(out).toMatch(/^a-counts +1 +1 +finished$/m);
  });

  it('reports again without running', async () => {
    const { value } = await archerJson('suite', 'report', suite);
    expect(value).toMatchObject({
      suite: 'toys',
      entries: [{ experiment: 'a-counts' }, { experiment: 'b-table' }],
    });
  });

  it('shows metrics that are asked for, of the profile that is asked for', async () => {
    const metrics = ['--metric', 'params/spearman', 'images-trained'];
    const { out } = await archer('suite', 'report', suite, ...metrics);
    expect(out).toMatch(/^experiment +n +params\/spearman +images-trained/m);
    expect(out).toMatch(/^a-counts +1 +1 ± 0|^a-counts +1 +1 /m);
    expect(out).toMatch(/^b-table +0/m);
  });

  it('names what it does not know', async () => {
    expect((await archer('suite', 'rum', suite)).err).toMatch(/no action "rum".*run/s);
    expect((await archer('suite', 'run', join(folder, 'no'))).err).toMatch(/not a folder with/);
  });
});
