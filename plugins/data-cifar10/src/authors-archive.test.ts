import { readdir, readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  archiveMembers,
  FAKE,
  FAKE_FILES,
  fakeBin,
  type Member,
  tarball,
  temporaryFolder,
} from '../test/fake-cifar.ts';
import { type ArchiveOptions, authorsArchive } from './authors-archive.ts';

/** Runs the source against a local server and gives the files it left. */
async function fetchFrom(
  listener: RequestListener,
  { lines = [], ...timeouts }: Omit<ArchiveOptions, 'url'> & { lines?: string[] } = {},
): Promise<string[]> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  await using folder = await temporaryFolder();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cifar.tar.gz`;
  const source = authorsArchive({ url, ...timeouts });
  try {
    await source.fill({ folder: folder.path, layout: FAKE, log: (line) => lines.push(line) });
    for (const { name } of FAKE_FILES) {
      expect(await readFile(join(folder.path, `${name}.bin`))).toEqual(fakeBin(name));
    }
    return await readdir(folder.path);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const serve =
  (body: Buffer): RequestListener =>
  (_request, response) =>
    void response.writeHead(200, { 'content-length': body.length }).end(body);

describe('authorsArchive', () => {
  it('unpacks the six files bit for bit and tells its progress', async () => {
    const lines: string[] = [];
    const left = await fetchFrom(serve(await tarball(archiveMembers())), { lines });
    expect(left).toHaveLength(6);
    expect(lines.at(-1)).toContain('100 %');
  });

  it('takes nothing but the six names out of an archive', async () => {
    const hostile: Member[] = [
      ['../../escaped.bin', 'x'],
      ['/tmp/cifar-10-batches-bin/data_batch_1.bin', 'x'],
      ['cifar-10-batches-bin/../data_batch_1.bin', 'x'],
      [{ name: 'cifar-10-batches-bin/test_batch.bin', type: 'symlink', linkname: '/etc' }, ''],
      ['cifar-10-batches-bin/readme.html', 'x'],
    ];
    const left = await fetchFrom(serve(await tarball([...hostile, ...archiveMembers()])));
    expect(left.sort()).toEqual(FAKE_FILES.map(({ name }) => `${name}.bin`).sort());
  });

  it('refuses a member that is larger than it may be', async () => {
    const [first, ...others] = archiveMembers();
    const large: Member = [first?.[0] ?? '', Buffer.alloc(20_000)];
    const answer = fetchFrom(serve(await tarball([large, ...others])));
    await expect(answer).rejects.toMatchObject({ code: 'ARCHER_DATA_CORRUPT' });
    await expect(answer).rejects.toThrow('data_batch_1.bin has 20000 bytes');
  });

  it('refuses an archive that unpacks to far more than it should', async () => {
    const bomb: Member = ['bomb', Buffer.alloc(3_000_000)];
    await expect(fetchFrom(serve(await tarball([bomb])))).rejects.toThrow('unpacks to more than');
  });

  it('names the member that is not there', async () => {
    const answer = fetchFrom(serve(await tarball(archiveMembers().slice(0, 5))));
    await expect(answer).rejects.toThrow('has no cifar-10-batches-bin/test_batch.bin');
  });

  it('notices an archive that was cut', async () => {
    const whole = await tarball(archiveMembers());
    const answer = fetchFrom(serve(whole.subarray(0, whole.length - 100)));
    await expect(answer).rejects.toMatchObject({ code: 'ARCHER_DATA_CORRUPT' });
  });

  it('notices something that is no archive', async () => {
    await expect(fetchFrom(serve(Buffer.from('<html>log in</html>')))).rejects.toThrow('damaged');
  });

  it('passes on what the server answered', async () => {
    const answer = fetchFrom((_request, response) => void response.writeHead(503).end());
    await expect(answer).rejects.toThrow('503');
  });

  it('does not wait for a server that says nothing', async () => {
    await expect(fetchFrom(() => undefined, { connectTimeoutMs: 50 })).rejects.toThrow(
      'no answer within 0.05 s',
    );
  });

  it('does not wait for a server that stops in the middle', async () => {
    const whole = await tarball(archiveMembers());
    const half: RequestListener = (_request, response) =>
      void response.write(whole.subarray(0, 500));
    await expect(fetchFrom(half, { stallTimeoutMs: 50 })).rejects.toThrow(
      'no answer within 0.05 s',
    );
  });
});
