import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildForChildren } from '../../tools/child.ts';
import { temporaryFolder } from '../../tools/temporary-folder.ts';

const SCRIPT = join(import.meta.dirname, '../../tools/fill-cache.mjs');
const KEYS = 60;

beforeAll(buildForChildren, 120_000); // compiles

/** A process that fills the cache of a folder once it is told to. */
async function filler(folder: string) {
  const child = spawn(process.execPath, [SCRIPT, folder, String(KEYS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text;
  });
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  return {
    go: () => void child.stdin.end('go\n'),
    kill: () => child.kill('SIGKILL'),
    async did(): Promise<{ found: number; put: number; broken: number }> {
      await closed;
      return JSON.parse(said.split('\n')[1] ?? '');
    },
    closed,
  };
}

describe('R24 processes that fill the same cache', () => {
  it('at once take what is there whole, or compute it', { timeout: 60_000 }, async () => {
    using folder = temporaryFolder();
    const both = await Promise.all([filler(folder.path), filler(folder.path)]);
    for (const { go } of both) go();
    const all = await Promise.all(both.map(({ did }) => did()));
    for (const { found, put, broken } of all) expect([found + put, broken]).toEqual([KEYS, 0]);
    // Whoever was first: nothing is missing.
    expect(all.reduce((sum, { put }) => sum + put, 0)).toBeGreaterThanOrEqual(KEYS);
    const last = await filler(folder.path);
    last.go();
    expect(await last.did()).toEqual({ found: KEYS, put: 0, broken: 0 });
  });

  it('one of which is killed: the other ends it', { timeout: 60_000 }, async () => {
    using folder = temporaryFolder();
    const [killed, other] = await Promise.all([filler(folder.path), filler(folder.path)]);
    killed.go();
    other.go();
    setTimeout(killed.kill, 20);
    await killed.closed;
    expect(await other.did()).toMatchObject({ broken: 0 });
    const last = await filler(folder.path);
    last.go();
    expect(await last.did()).toEqual({ found: KEYS, put: 0, broken: 0 });
  });
});
