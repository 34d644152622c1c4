import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXPECTED_AT_BEGIN } from '@archer-nas/report';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archer, archerJson, makeFolder, manifestOf, type Said, start } from '../test/archer.ts';

/** Where the engine native is built. */
const ADDON = fileURLToPath(new URL('../../engine-native/build/archer.node', import.meta.url));

const results = makeFolder();
const outOf = (name: string): string => join(results, name);
const smoke = (name: string, ...more: string[]): string[] => [
  ...['run', manifestOf(name), '--profile', 'smoke', '--data', outOf('data')],
  ...['--out', outOf(name), ...more],
];
const seedOf = (name: string): string => join(outOf(name), 'smoke', 'seed-0');

let first: Said;
beforeAll(async () => {
  first = await archer(...smoke('pada-nb201'));
  await archer(...smoke('spos-nb201'));
}, 60_000);
afterAll(() => rmSync(results, { recursive: true, force: true }));

describe('run', () => {
  it('prints plain lines in a pipe: engine, folder, progress, the ranking beside baselines', () => {
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^engine: wasm /m);
    expect(first.out).toContain(`seed 0: ${seedOf('pada-nb201')}`);
    expect(first.out).toContain('search: 36/36 steps');
    expect(first.out).toMatch(/^supernet +6 /m);
    expect(first.out).toMatch(/^untrained +6 /m);
    expect(first.out).toContain('not comparable with published numbers: 512 images trained');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are steered by them
    expect(first.out).not.toMatch(/[\u001b\r]/);
  });

  it('again shows the finished run and computes nothing', async () => {
    const before = readFileSync(join(seedOf('pada-nb201'), 'journal.jsonl'));
    const { code, out } = await archer(...smoke('pada-nb201'));
    expect(code).toBe(0);
    expect(out).not.toContain('search: ');
    expect(out).toMatch(/^supernet +6 /m);
    expect(readFileSync(join(seedOf('pada-nb201'), 'journal.jsonl'))).toEqual(before);
  });

  it('refuses to go on with a changed manifest', async () => {
    const said = await archer(...smoke('pada-nb201', '--set', 'strategy.epochs=3'));
    expect(said.code).toBe(4);
    expect(said.err).toContain('strategy.epochs: 2 → 3');
    expect(said.err).toContain('--accept-drift');
  });

  it.skipIf(!existsSync(ADDON))(
    'pins an instruction-set path, which the fingerprint has',
    async () => {
      const isa = process.arch === 'x64' ? 'sse2' : 'neon';
      const args = ['--profile', 'smoke', '--out', outOf('isa'), '--set', 'study=[]'];
      const pinned = [...args, '--engine', 'native', '--isa', isa, '--threads', '1'];
      const said = await start(['run', manifestOf('random-nb201'), ...pinned]).said;
      expect(said.out).toMatch(new RegExp(`^engine: native .*, f32, ${isa}, 1 thread`, 'm'));
      const file = join(outOf('isa'), 'smoke', 'seed-0', 'fingerprint.json');
      const { engine } = JSON.parse(readFileSync(file, 'utf8'));
      expect(engine.class).toMatch(new RegExp(`^native/.*/f32/${isa}$`));
      const absent = ['--engine', 'native', '--isa', 'mmx', '--restart'];
      const refused = await start(['run', manifestOf('random-nb201'), ...args, ...absent]).said;
      expect(refused.code).toBe(6);
      expect(refused.err).toMatch(/its instruction-set paths here are .*, not mmx/);
    },
  );

  it('prints one JSON value, whatever engine and plugins print', async () => {
    const args = ['--profile', 'smoke', '--out', outOf('json'), '--set', 'study=[]', '--json'];
    const said = await start(['run', manifestOf('random-nb201'), ...args]).said;
    expect(said.code).toBe(0);
    const value: unknown = JSON.parse(said.out);
    expect(value).toMatchObject({
      ...{ status: 'finished', exitCode: 0 },
      runs: [{ experiment: 'random-nb201', profile: 'smoke', seed: 0, status: 'finished' }],
    });
  });

  it('takes several seeds and shows them in one table', async () => {
    const out = outOf('seeds');
    const said = await archer(
      ...['run', manifestOf('random-nb201'), '--profile', 'smoke', '--out', out],
      ...['--seed', '1', '2', '1', '--set', 'strategy.evaluations=1', '--set', 'study=[]'],
    );
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(join(out, 'smoke'))).toEqual(['seed-1', 'seed-2']);
    expect(said.out).toMatch(/mean/);
    const exported = await archer('export', out);
    expect(exported.code).toBe(2);
    expect(exported.err).toContain('seed-2');
  });

  it('--dry-run estimates and writes nothing', async () => {
    const out = outOf('dry');
    const args = ['--profile', 'smoke', '--dry-run', '--out', out, '--data', outOf('dry-data')];
    const said = await archer('run', manifestOf('pada-nb201'), ...args);
    expect(said.code).toBe(0);
    expect(said.out).toContain('use: one-shot');
    // Two epochs of training; four architectures scored one by one; six ranked, and trained.
    expect(said.out).toMatch(/^search: training +32 steps/m);
    expect(said.out).toMatch(/^search: scoring +\d+ evaluations/m);
    expect(said.out).toMatch(/^study rank: truth +\d+ steps/m);
    expect(said.out).toMatch(/^study rank: scores +\d+ evaluations/m);
    expect(said.out).toMatch(/^Per seed: search about .*, studies about /m);
    expect(said.out).toMatch(/^1 seed\(s\): about .* in .*dry$/m);
    const { value } = await archerJson('run', manifestOf('pada-nb201'), ...args);
    expect(value).toMatchObject({ seeds: [0], profile: 'smoke', diskBytes: expect.any(Number) });
    expect(existsSync(out) || existsSync(outOf('dry-data'))).toBe(false);
  });

  it.each([
    // What is retrained, or ranked, is known when the search is over.
    ['pada-darts-space', /^study retrain +[1-9]\d* steps/m, 'its best'],
    ['order-preservation-nb201', /^study rank: scores +10 evaluations/m, '10 candidates'],
  ])('--dry-run of %s times its study with random architectures', async (name, line, what) => {
    const said = await archer('run', manifestOf(name), '--profile', 'smoke', '--dry-run');
    expect(said.code).toBe(0);
    expect(said.out).toMatch(line);
    expect(said.out).toContain(
      `Random architectures stand for what the search will find: its best`,
    );
    expect(said.out).toContain(what);
  });

  it('--max-time stops with a checkpoint, `report` shows it, `resume` finishes it', async () => {
    const out = outOf('timed');
    const where = ['--out', out, '--data', outOf('data')];
    const timed = ['run', manifestOf('pada-nb201'), '--profile', 'smoke', ...where];
    const folder = join(out, 'smoke', 'seed-0');
    const said = await archer(...timed, '--max-time', '0');
    expect(said.code).toBe(75);
    expect(said.err).toContain(`archer resume ${folder}`);
    expect(existsSync(join(folder, 'result.json'))).toBe(false);
    const report = await archer('report', out);
    expect(report).toMatchObject({ code: 0, err: '' });
    expect(report.out).toContain('unfinished');
    expect((await archer('export', folder)).err).toContain('--architecture');

    const resumed = await archer('resume', folder);
    expect(resumed.code).toBe(0);
    expect(resumed.out).toContain('seed 0, resumed');
    expect(readFileSync(join(folder, 'result.json'))).toEqual(
      readFileSync(join(seedOf('pada-nb201'), 'result.json')),
    );
  });
});

describe('a finished run', () => {
  it('is reported from its folder, its profile or its results', async () => {
    const said = await archer('report', seedOf('pada-nb201'));
    expect(said).toMatchObject({ code: 0, err: '' });
    const own = said.out.trim().replace(EXPECTED_AT_BEGIN, '');
    expect(first.out).toContain(own.trim());
    expect((await archer('report', outOf('pada-nb201'))).out).toBe(said.out);
    const { value } = await archerJson('report', seedOf('pada-nb201'));
    expect(value).toMatchObject({
      runs: [{ status: 'finished', seed: 0 }],
      verdicts: [{ outcome: 'not run here' }],
    });
  });

  it('that was damaged is refused with exit code 8', async () => {
    const copy = outOf('damaged');
    cpSync(outOf('pada-nb201'), copy, { recursive: true });
    const file = join(copy, 'smoke', 'seed-0', 'journal.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, lines.with(3, (lines[3] as string).replace(/[0-9]/, 'x')).join('\n'));
    const said = await archer('report', copy);
    expect(said).toMatchObject({ code: 8, out: '' });
    expect(said.err).toContain('journal.jsonl');
  });

  it('is compared with another', async () => {
    const said = await archer('compare', outOf('pada-nb201'), outOf('spos-nb201'));
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).toContain('pada-nb201');
    expect(said.out).toContain('spos-nb201');
    expect(said.out).toContain('kendall-tau');
    expect((await archerJson('compare', outOf('pada-nb201'), outOf('spos-nb201'))).code).toBe(0);
    expect((await archer('compare', outOf('pada-nb201'), outOf('none'))).code).toBe(2);
  });
});
