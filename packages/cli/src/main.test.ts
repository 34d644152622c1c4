import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archer, archerJson, manifestOf, start, temporaryFolder } from '../test/archer.ts';

const smoke = [manifestOf('pada-nb201'), '--profile', 'smoke'];

describe('R49 a typo', () => {
  it.each([
    ['a command', ['rnu'], 2, 'Did you mean run?'],
    ['an option', ['run', 'x.yaml', '--profil', 'smoke'], 2, 'Did you mean --profile?'],
    ['an option before the command', ['--jsn', 'list'], 2, 'Did you mean --json?'],
    ['a profile', ['run', smoke[0], '--profile', 'smoek'], 2, 'Did you mean "smoke"?'],
    ['an engine', ['run', ...smoke, '--engine', 'wsm'], 2, 'Did you mean "wasm"'],
    ['a plugin', ['run', ...smoke, '--set', 'strategy={use: pa-ad}'], 3, 'Did you mean "pa-da"?'],
    ['a plugin option', ['run', ...smoke, '--set', 'strategy.epoch=1'], 3, '"epochs"?'],
    ['a manifest key', ['run', ...smoke, '--set', 'strategi.epochs=1'], 3, '"strategy"?'],
    ['a kind', ['list', '--kind', 'spaec'], 2, 'Did you mean "space"?'],
    ['an action', ['data', 'ftech'], 2, 'Did you mean "fetch"?'],
    ['a table', ['data', 'fetch', 'nats-sise'], 2, 'Did you mean "nats-size"?'],
    ['a strategy', ['init', '--strategy', 'one-shto'], 2, 'Did you mean "one-shot"?'],
    ['a data set', ['init', '--dataset', 'synthetc'], 2, 'Did you mean "synthetic"?'],
  ])('in %s gets the nearest name', async (_, args, code, hint) => {
    const said = await archer(...(args as string[]));
    expect(said).toMatchObject({ code, out: '' });
    expect(said.err).toContain(hint);
  });
});

describe('R49 wrong usage', () => {
  it.each([
    [[], 'Which command?'],
    [['run'], 'archer run <manifest>'],
    [['run', 'a.yaml', 'b.yaml'], 'does not take "b.yaml"'],
    [['list', 'all'], 'does not take "all"'],
    [['run', '--seed', '0', 'a.yaml'], 'What has no dashes comes first'],
    [['run', 'a.yaml', '--seed', '-1'], 'whole numbers from 0, not "-1"'],
    [['run', 'a.yaml', '--seed', 'one'], 'not "one"'],
    [['run', 'a.yaml', '--checkpoint-every', '0'], 'whole numbers from 1'],
    [['run', 'a.yaml', '--profile', 'a', '--profile', 'b'], '--profile is given more than once'],
    [['run', 'a.yaml', '--engine'], 'Not enough arguments following: engine'],
    [
      ['run', 'a.yaml', '--dry-run=yes'],
      '--dry-run is a switch: it takes true or false, not "yes"',
    ],
    [['run', 'a.yaml', '--dryRun=1'], '--dry-run is a switch: it takes true or false, not "1"'],
    [['run', 'a.yaml', '--restart='], '--restart is a switch: it takes true or false, not ""'],
    [['list', '--json=yes'], '--json is a switch: it takes true or false, not "yes"'],
    [['run', 'a.yaml', '--no-restart'], 'has no option --no-restart'],
    [['run', 'nowhere.yaml'], 'There is no manifest nowhere.yaml.'],
    [['run', import.meta.dirname], 'src is a folder.'],
    [['run', ...smoke, '--max-time', 'soon'], '"soon" is not a duration'],
    [['run', ...smoke, '--max-time', '-5'], '"-5" is not a duration'],
    [['run', ...smoke, '--set', 'strategy.epochs'], 'expected path=value'],
    [['run', ...smoke, '--set', 'study.wank.images=valid'], '"wank" names nothing'],
    [['report', 'nowhere'], 'nowhere holds no single run'],
    [['resume', 'nowhere'], 'nowhere is no run folder'],
    [['schema', '--check'], '--check compares with a file'],
    [['data', 'fetch'], 'Fetch what?'],
    [['data', 'fetch', 'image-folder'], 'image-folder has nothing to fetch'],
    [['data', 'fetch', 'synthetic', '--url', 'http://127.0.0.1'], 'reads no other --url'],
  ])('%j exits with 2', async (args, message) => {
    const said = await archer(...args);
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toContain(message);
    expect(said.err).not.toContain('unexpected error');
  });

  it('of a value of the wrong type exits with 3', async () => {
    const said = await archer('run', ...smoke, '--set', 'strategy.epochs=-1');
    expect(said).toMatchObject({ code: 3, out: '' });
    expect(said.err).toContain('epochs');
  });
});

describe('R49 --json', () => {
  it.each([
    [['lsit'], 2, 'ARCHER_USAGE'],
    [['run'], 2, 'ARCHER_USAGE'],
    [['run', 'nowhere.yaml'], 2, 'ARCHER_MANIFEST'],
    [['run', ...smoke, '--set', 'space.use=none'], 3, 'ARCHER_PLUGIN_UNKNOWN'],
    [['report', 'nowhere'], 2, 'ARCHER_NO_RUN'],
  ])('prints the error of %j as one value', async (args, exit, errorCode) => {
    const { code, value } = await archerJson(...args);
    expect(code).toBe(exit);
    expect(value).toMatchObject({ error: { code: errorCode, message: expect.any(String) } });
  });

  it.each([['list'], ['list', '--fits'], ['doctor'], ['data', 'list'], ['schema']])(
    'prints one value for %s %s',
    async (...args) => {
      const { code, value } = await archerJson(...args.filter((arg) => arg !== undefined));
      expect(code).toBe(0);
      expect(value).toBeTypeOf('object');
    },
  );
});

describe('pages', () => {
  it('shows commands and exit codes, in English whatever the locale', async () => {
    const { out, code } = await start(['--help'], { env: { ...process.env, LC_ALL: 'de_DE' } })
      .said;
    expect(code).toBe(0);
    expect(out).toContain('archer run <manifest>');
    expect(out).toContain('Commands:');
    expect(out).toMatch(/130 {2}interrupted; resume/);
  });

  it('shows what a command takes, its positional apart from its options', async () => {
    const { out } = await start(['run', '--help']).said;
    expect(out).toMatch(/Positionals:\n {2}manifest/);
    expect(out).toMatch(/Options:\n +--profile/);
    expect(out).not.toContain('--manifest');
    expect(out).toContain('archer run manifest.yaml --dry-run');
  });

  it.each([['-h'], ['run', '-h']])('shows the same for -h: %s %s', async (...args) => {
    const words = args.filter((word) => word !== undefined);
    const [short, long] = await Promise.all([
      start(words).said,
      start(words.with(-1, '--help')).said,
    ]);
    expect(short).toMatchObject({ code: 0, err: '' });
    expect(short.out).toBe(long.out);
  });

  it('prints its own version from any folder', async () => {
    const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    const { out } = await start(['--version'], { cwd: temporaryFolder() }).said;
    expect(out).toBe(`${JSON.parse(text).version}\n`);
  });
});

describe('other commands', () => {
  it.each(['base', 'default'])('takes --profile %s for none', async (profile) => {
    const args = ['--profile', profile, '--dry-run', '--set', 'study=[]', '--json'];
    const file = join(temporaryFolder(), 'toy.yaml');
    const toy = { name: 'toy', space: { use: 'nas-bench-201' }, evaluator: { use: 'cost' } };
    const strategy = { use: 'random', evaluations: 1 };
    writeFileSync(file, JSON.stringify({ ...toy, strategy, profiles: { quick: {} } }));
    const { code, out } = await archer('run', file, ...args);
    expect(code).toBe(0);
    expect(JSON.parse(out)).not.toHaveProperty('profile');
  });

  it('lists a data folder', async () => {
    const folder = temporaryFolder();
    expect((await archer('data', 'list', '--data', folder)).out).toBe(`${folder} is empty.\n`);
    const missing = join(folder, 'missing');
    expect((await archerJson('data', 'list', '--data', missing)).value).toEqual({
      folder: missing,
      sets: [],
    });
  });

  it('says in data fetch what made-up data are', async () => {
    const said = await archer('data', 'fetch', 'synthetic');
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).toContain('128 test images');
  });

  it('writes a schema that --check accepts until it is changed', async () => {
    const out = join(temporaryFolder(), 'schema.json');
    expect((await archer('schema', '--out', out)).code).toBe(0);
    expect((await archer('schema', '--out', out, '--check')).code).toBe(0);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toHaveProperty(['definitions', 'strategy.pa-da']);
    const stale = await archer('schema', '--out', manifestOf('pada-nb201'), '--check');
    expect(stale.code).toBe(1);
    expect(stale.err).toContain('archer schema --out');
  });
});
