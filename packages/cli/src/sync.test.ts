import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultyServer, type HttpAnswer, type SeenRequest } from '@archer-nas/testkit/faults';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { archer, archerJson, makeFolder } from '../test/archer.ts';
import { usualRuns } from './run-folders.ts';

const folder = makeFolder();
const home = join(folder, 'experiments', 'counts');
const manifest = join(home, 'manifest.yaml');
const seed = (n: number): string => join(home, 'results', 'default', `seed-${n}`);
const NOWHERE = 'http://127.0.0.1:1';

beforeAll(async () => {
  mkdirSync(home, { recursive: true });
  const text = [
    'name: counts',
    'seeds: [0, 1]',
    'space: { use: nas-bench-201 }',
    'evaluator: { use: cost }',
    'strategy: { use: random, evaluations: 3 }',
  ];
  writeFileSync(manifest, text.join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/** As much of MLflow as one run needs: it says yes to everything. */
function yes({ method, url, body }: SeenRequest): HttpAnswer {
  const json = (value: object): HttpAnswer => ({ status: 200, body: JSON.stringify(value) });
  const info = { experiment_id: '1', run_id: 'r', artifact_uri: 'mlflow-artifacts:/1/r' };
  const { tags = [] } = url.endsWith('runs/create') ? JSON.parse(body.toString()) : {};
  known.push(...tags);
  if (method === 'PUT') uploaded.push(url);
  if (url.endsWith('log-batch')) known.push(...(JSON.parse(body.toString()).tags ?? []));
  if (url.endsWith('/create')) return json({ experiment_id: '1', run: { info, data: { tags } } });
  if (url.includes('runs/get?')) return json({ run: { info, data: { tags: known } } });
  if (!url.includes('get-by-name')) return json({});
  return { status: 404, body: '{"error_code":"RESOURCE_DOES_NOT_EXIST"}' };
}
const known: object[] = [];
const uploaded: string[] = [];

describe('R32 R46 sync', () => {
  it('is what a run names at its end when its server is down', async () => {
    vi.stubEnv('MLFLOW_TRACKING_URI', NOWHERE);
    const { code, err } = await archer('run', manifest, '--data', join(folder, 'data'));
    expect(code).toBe(0);
    expect(err).toContain(`archer sync ${seed(0)}`);
    expect(err).toContain('metric points from journal line 0 on');
  });

  it('R46 leaves no credentials of a manifest, or of the environment, in any file', async () => {
    const out = join(folder, 'secret');
    const tracker = `tracker={ use: mlflow, uri: "http://ann:pass-w0rd@127.0.0.1:1" }`;
    const options = ['--out', out, '--data', join(folder, 'data')];
    vi.stubEnv('MLFLOW_TRACKING_TOKEN', 'tok-3n');
    const said = [
      await archer('run', manifest, '--set', tracker, ...options),
      await archer('sync', out),
      await archer('report', join(out, 'default')),
      await archer('sync', out, '--to', 'http://ann:pass-w0rd@127.0.0.1:1', '--json'),
    ];
    const files = readdirSync(out, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    expect(files.length).toBeGreaterThan(5);
    const text = [JSON.stringify(said), ...files].join();
    const encoded = Buffer.from('ann:pass-w0rd').toString('base64');
    for (const secret of ['pass-w0rd', encoded, 'tok-3n']) expect(text).not.toContain(secret);
    rmSync(out, { recursive: true });
  });

  it('says without asking anybody what it would send, of a manifest or of a folder', async () => {
    for (const path of [manifest, folder]) {
      const { code, out } = await archer('sync', path, '--to', NOWHERE, '--dry-run');
      expect(code).toBe(0);
      expect(out).toContain(`${seed(0)}: would be sent\n`);
      expect(out).toMatch(/^ {2}\d+ metric points of the journal lines \d+ to \d+$/m);
      expect(out).toContain('  artifact result.json\n');
      expect(out).toContain(`${seed(1)}: would be sent\n`);
    }
  });

  it('looks, when nobody says where, where runs usually are', () => {
    expect(usualRuns(folder)).toEqual([seed(0), seed(1)]);
    expect(usualRuns(home)).toEqual([seed(0), seed(1)]);
    expect(usualRuns(join(home, 'results'))).toEqual([]);
  });

  it('exits with 1 and says why while the server is down', async () => {
    const { code, value } = await archerJson('sync', seed(0), '--to', NOWHERE);
    expect(code).toBe(1);
    expect(value).toEqual([
      expect.objectContaining({
        status: 'unsent',
        reason: expect.stringContaining(`GET ${NOWHERE}`),
      }),
    ]);
  });

  it('sends it once the server is there, and says so when nothing is left', async () => {
    await using server = await new FaultyServer(yes).start();
    const sync = () => archer('sync', seed(0), '--to', server.url);
    expect(await sync()).toMatchObject({ code: 0, out: `${seed(0)}: sent\n` });
    for (const name of ['report.html', 'best.json', 'plots/cells.svg']) {
      expect(uploaded, name).toContainEqual(expect.stringContaining(`/r/exhibits/${name}`));
    }
    expect(known).toContainEqual({ key: 'archer.verdict', value: 'nothing is expected' });
    expect(await sync()).toMatchObject({ code: 0, out: `${seed(0)}: nothing left to send\n` });
  });

  it('goes on behind a run that is damaged, and exits with its code', async () => {
    rmSync(join(seed(0), 'manifest.json'));
    const { code, value } = await archerJson('sync', folder, '--to', NOWHERE, '--dry-run');
    expect(code).toBe(2);
    expect(value).toMatchObject([
      { folder: seed(1), status: 'waiting' },
      { folder: seed(0), error: { code: 'ARCHER_NO_RUN' } },
    ]);
  });

  it('exits with 1 when nobody says where, and with 2 where there is no run', async () => {
    vi.stubEnv('MLFLOW_TRACKING_URI', '');
    const nobody = await archer('sync', seed(1));
    expect(nobody.code).toBe(1);
    expect(nobody.out).toContain('MLFLOW_TRACKING_URI is not set');
    const { code, err } = await archer('sync', join(folder, 'nowhere'));
    expect([code, err]).toEqual([2, expect.stringContaining('holds no run')]);
  });
});
