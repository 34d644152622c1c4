import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../test/fake-cifar.ts';
import { npmPack } from './npm-pack.ts';

/** Runs `npmPack` with a script in npm's place, and gives the tarball's name. */
async function packWith(script: string, onBytes = (_bytes: number): void => {}): Promise<string> {
  await using folder = await temporaryFolder();
  const cli = join(folder.path, 'npm-cli.js');
  await writeFile(cli, script);
  vi.stubEnv('npm_execpath', cli);
  const into = join(folder.path, 'into');
  await mkdir(into);
  return basename(await npmPack('fake@1.0.0', into, onBytes));
}

afterEach(() => vi.unstubAllEnvs());

describe('npmPack', () => {
  it('asks for the tarball alone, without scripts, in the folder it was given', async () => {
    const name = await packWith(`
      const at = (flag) => process.argv[process.argv.indexOf(flag) + 1];
      const ok = process.argv[2] === 'pack' && process.argv[3] === 'fake@1.0.0'
        && process.argv.includes('--ignore-scripts') && at('--cache').startsWith(process.cwd());
      require('fs').writeFileSync(at('--pack-destination') + (ok ? '/fake.tgz' : '/bad.tgz'), '');
    `);
    expect(name).toBe('fake.tgz');
  });

  it('tells how much npm has received', async () => {
    const seen: number[] = [];
    await packWith(
      `const fs = require('fs');
       fs.mkdirSync('npm-cache/deep', { recursive: true });
       fs.writeFileSync('npm-cache/deep/part', Buffer.alloc(1234));
       setTimeout(() => fs.writeFileSync('fake.tgz', ''), 3000);`,
      (bytes) => seen.push(bytes),
    );
    expect(seen).toContain(1234);
  });

  it("passes on npm's own words", async () => {
    const answer = packWith(`
      console.error('npm error code E404\\nnpm error 404 Not Found - GET http://r/fake');
      process.exitCode = 1;`);
    await expect(answer).rejects.toThrow('npm pack failed: 404 Not Found - GET http://r/fake');
  });

  it('recognises a full disk', async () => {
    const answer = packWith(`
      console.error('npm error code ENOSPC\\nnpm error nospc no space left on device');
      process.exitCode = 228;`);
    await expect(answer).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  it.skipIf(process.platform === 'win32')('says that npm is missing', async () => {
    vi.stubEnv('npm_execpath', undefined);
    vi.stubEnv('PATH', '/nonexistent');
    await using folder = await temporaryFolder();
    const answer = npmPack('fake@1.0.0', folder.path, () => undefined);
    await expect(answer).rejects.toThrow('npm was not found');
  });
});
