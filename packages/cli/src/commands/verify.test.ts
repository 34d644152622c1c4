import { appendFileSync, cpSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archer, archerJson, makeFolder, temporaryFolder } from '../../test/archer.ts';

describe('archer verify', () => {
  const root = makeFolder();
  const out = join(root, 'results');
  const seed = join(out, 'default', 'seed-0');
  beforeAll(async () => {
    const manifest = join(root, 'manifest.json');
    const evaluator = { use: 'mean-field-synflow' };
    const strategy = { use: 'random', evaluations: 3 };
    const blocks = { space: { use: 'nas-bench-201' }, evaluator, strategy };
    writeFileSync(manifest, JSON.stringify({ name: 'looked-at', ...blocks }));
    expect(await archer('run', manifest, '--data', root)).toMatchObject({ code: 0 });
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('says line by line that a run is intact', async () => {
    const { code, out: said, err } = await archer('verify', seed);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(said).toMatch(/^.*seed-0: finished\nintact {3}journal\.jsonl: \d+ lines, numbers and/);
    for (const name of readdirSync(join(seed, 'checkpoints'))) {
      expect(said).toContain(`intact   checkpoints/${name}: `);
    }
    expect(said).toMatch(/\nintact {3}result\.json: .* byte for byte\n/);
    expect(said).toMatch(/\nintact\n$/);
  });

  it('ends with exit code 8 and names what is damaged, also as JSON', async () => {
    appendFileSync(join(seed, 'result.json'), ' ');
    const { code, out: said } = await archer('verify', out);
    expect(code).toBe(8);
    expect(said).toContain('damaged  result.json: is not what the journal gives');
    const { value, ...ended } = await archerJson('verify', out);
    expect(ended.code).toBe(8);
    expect(value).toMatchObject([{ folder: seed, status: 'damaged', run: 'finished' }]);
  });

  it('reports the other seeds where the journal of one is torn off in its first line', async () => {
    const torn = join(out, 'default', 'seed-1');
    cpSync(seed, torn, { recursive: true });
    truncateSync(join(torn, 'journal.jsonl'), 200);
    const { code, out: said, err } = await archer('verify', out);
    expect({ code, err }).toEqual({ code: 8, err: '' });
    expect(said).toMatch(/seed-0: finished\nintact {3}journal\.jsonl: /);
    expect(said).toMatch(/seed-1: finished\ndamaged {2}journal\.jsonl: has no line/);
    rmSync(torn, { recursive: true });
  });

  it('finds a run that has lost its journal', async () => {
    rmSync(join(seed, 'journal.jsonl'));
    const { code, out: said } = await archer('verify', seed);
    expect(code).toBe(8);
    expect(said).toContain('damaged  journal.jsonl: is missing');
  });

  it('refuses a folder without a run', async () => {
    expect(await archer('verify', temporaryFolder())).toMatchObject({ code: 2, out: '' });
  });
});
