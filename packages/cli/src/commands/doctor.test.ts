import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { archer, archerJson, temporaryFolder } from '../../test/archer.ts';
import { nodeCheck } from './doctor.ts';

type Row = { readonly what: string; readonly verdict: string; readonly detail: string };

async function serve(status: number): Promise<string> {
  const server = createServer(({ url, headers }, response) => {
    response.statusCode = url === '/health' && !headers.authorization ? status : 500;
    response.end('OK');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return `//user:secret@127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('archer doctor', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('says what works, and that all is well', async () => {
    const { code, value } = await archerJson<Row[]>('doctor', '--data', temporaryFolder());
    expect(code).toBe(0);
    expect(value.map(({ what, verdict }) => [what, verdict])).toEqual([
      ...[
        ['archer', 'ok'],
        ['node', 'ok'],
        ['machine', 'ok'],
        ['engine', 'ok'],
      ],
      ...[
        ['plugins', 'ok'],
        ['data', 'ok'],
        ['tracker', 'none'],
      ],
    ]);
  });

  it('fails for an engine that there is not', async () => {
    const { code, out } = await archer('doctor', '--engine', 'wsm');
    expect(code).toBe(1);
    expect(out).toMatch(/^engine +problem +There is no engine "wsm".*"wasm"/m);
  });

  it('names what an engine of that precision lacks', async () => {
    const { code, out } = await archer('doctor', '--engine', 'js', '--precision', 'bf16');
    expect(code).toBe(1);
    expect(out).toMatch(/^engine +problem +The engine js .*f32, not bf16.*precision: f32/m);
  });

  it('checks an instruction-set path', async () => {
    const has = await archer('doctor', '--engine', 'js', '--isa', 'portable');
    expect([has.code, has.out]).toEqual([
      0,
      expect.stringMatching(/^engine +ok +js .*, portable/m),
    ]);
    const lacks = await archer('doctor', '--engine', 'js', '--isa', 'avx2');
    expect(lacks.code).toBe(1);
    expect(lacks.out).toContain('its instruction-set path is portable, not avx2');
  });

  it.each([
    [200, 0, 'answers'],
    [503, 1, 'answers 503'],
  ])(
    'asks the tracker, which says %i, without showing its password',
    async (status, exit, text) => {
      vi.stubEnv('MLFLOW_TRACKING_URI', `http:${await serve(status)}`);
      const { code, out, err } = await archer('doctor');
      expect(code).toBe(exit);
      expect(out).toMatch(new RegExp(`^tracker .*${text}$`, 'm'));
      expect(out + err).not.toContain('secret');
    },
  );

  it.each([
    ['http://127.0.0.1:9', 'fetch failed'],
    ['databricks', 'databricks is no http address'],
  ])('fails for a tracker at %s', async (uri, text) => {
    vi.stubEnv('MLFLOW_TRACKING_URI', uri);
    const { code, out } = await archer('doctor');
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^tracker +problem +${text}`, 'm'));
  });

  it.each([
    ['v18.20.0', 'problem'],
    ['v20.18.3', 'problem'],
    ['v20.19.0', 'ok'],
    ['v21.7.0', 'problem'],
    ['v22.12.0', 'ok'],
    ['v23.1.0', 'problem'],
    ['v24.0.0', 'ok'],
  ])('knows Node.js %s: %s', (version, verdict) => expect(nodeCheck(version)[1]).toBe(verdict));
});
