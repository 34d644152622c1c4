import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { sha256Hex } from '@archer-nas/core';
import { describe, expect, it, onTestFinished } from 'vitest';

import { temporaryFolder } from '../test/temporary-folder.ts';
import { publicSlice, TOY, toySlice } from '../test/toy-table.ts';
import { type FetchTableOptions, fetchTable } from './fetch-table.ts';
import { madeUpValue } from './made-up.ts';
import { openTable } from './table.ts';
import { tablePath } from './table-file.ts';

const TABLE_PATH = tablePath(TOY);
const PUBLIC_TABLE = TOY.publicTable ?? expect.fail();
const slice = publicSlice(25);

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/toy.txt`;
}

/** Fetches into a new folder; what is left there is part of the answer. */
async function attempt(options: Partial<FetchTableOptions>) {
  const to = await temporaryFolder();
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const outcome = await fetchTable(TOY, { to, log, ...options }).catch((error: unknown) => error);
  const left = (await readdir(to, { recursive: true })).filter((name) => name !== TOY.id);
  return { to, lines, outcome, left };
}

/** Begins to answer, and says no more. */
const silence: RequestListener = (_, response) => response.writeHead(200).write('public');

describe('fetchTable', () => {
  it('downloads, converts and writes a table that can then be read', async () => {
    const url = await serve((_, response) => response.end(slice));
    const { to, outcome, left } = await attempt({ url, sha256: sha256Hex(slice) });
    expect(outcome).toMatchObject({ rows: 25, source: sha256Hex(slice) });
    expect(left).toEqual([TABLE_PATH]);
    const places = { folders: { data: to, manifest: to } };
    const table = openTable(TOY, places, [(outcome as { hash: string }).hash]);
    const column = TOY.files[0].columns[2] ?? expect.fail();
    expect(table.values('test_16')[24]).toBe(madeUpValue(column, 24, 2));
  });

  it('asks the pinned address and prints source and licence', async () => {
    const asked: string[] = [];
    const fetch = async (url: unknown) => {
      asked.push(String(url));
      return new Response(slice);
    };
    const sha256 = sha256Hex(slice);
    const { lines } = await attempt({ fetch: fetch as typeof globalThis.fetch, sha256 });
    expect(asked).toEqual([PUBLIC_TABLE.url]);
    expect(lines.join('\n')).toMatch(/source: example.org.*\nlicence: none/);
  });

  it('takes a file instead, in the public layout or ours, packed or not', async () => {
    const folder = await temporaryFolder();
    for (const content of [slice, gzipSync(slice), toySlice(4), gzipSync(toySlice(4))]) {
      const file = join(folder, 'table');
      await writeFile(file, content);
      const { outcome } = await attempt({ file, sha256: sha256Hex(content) });
      expect(outcome).toHaveProperty('rows');
    }
    expect((await attempt({ file: join(folder, 'none') })).outcome).toMatchObject({
      code: 'ARCHER_DATA_MISSING',
    });
  });

  it('keeps a table that is there, and never overwrites another file', async () => {
    const to = await temporaryFolder();
    const path = join(to, TABLE_PATH);
    const fetch = () => expect.fail('downloaded');
    await mkdir(join(to, TOY.id));
    await writeFile(path, toySlice(5));
    const kept = await attempt({ to, fetch, sha256: sha256Hex(toySlice(5)) });
    expect(kept.outcome).toMatchObject({ rows: 5, source: undefined });
    const refused = await attempt({ to, fetch });
    expect(refused.outcome).toMatchObject({ code: 'ARCHER_DATA_CORRUPT' });
    expect(await readFile(path, 'utf8')).toBe(toySlice(5));
  });

  it('refuses another content, says its hash, and how to accept it', async () => {
    const url = await serve((_, response) => response.end(slice));
    const { outcome, left } = await attempt({ url });
    expect(outcome).toMatchObject({
      code: 'ARCHER_DATA_CORRUPT',
      message: expect.stringContaining(PUBLIC_TABLE.sha256),
      hint: expect.stringContaining(`--sha256 ${sha256Hex(slice)}`),
    });
    expect(left).toEqual([]);
  });

  it.each<[string, RequestListener, string, RegExp]>([
    [
      'a web page',
      (_, response) => response.end('<!DOCTYPE html><title>Sign in</title>'),
      'ARCHER_DATA_CORRUPT',
      /is a web page/,
    ],
    [
      'not found',
      (_, response) => response.writeHead(404).end('gone'),
      'ARCHER_DATA_DOWNLOAD',
      /answered 404 Not Found/,
    ],
    [
      'a connection that breaks',
      (_, response) => {
        response.writeHead(200, { 'content-length': slice.length });
        response.write(slice.slice(0, 500), () => response.destroy());
      },
      'ARCHER_DATA_DOWNLOAD',
      /was not downloaded: terminated/,
    ],
    [
      'half of the table',
      (_, response) => response.end(slice.slice(0, slice.length / 2)),
      'ARCHER_DATA_CORRUPT',
      /has sha256 .*bytes\), not/,
    ],
    ['silence', silence, 'ARCHER_DATA_DOWNLOAD', /nothing came for 0.2 s/],
    [
      'endless data',
      (_, response) => response.end(Buffer.alloc(65 * 2 ** 20)),
      'ARCHER_DATA_DOWNLOAD',
      /more than/,
    ],
  ])('writes nothing when the server sends %s', async (_, answer, code, reason) => {
    const url = await serve(answer);
    const timeoutMs = answer === silence ? 200 : 60_000; // a busy machine stalls too
    const { outcome, left } = await attempt({ url, sha256: sha256Hex(slice), timeoutMs });
    expect(outcome).toMatchObject({ code, message: expect.stringMatching(reason) });
    expect(left).toEqual([]);
  });

  it('says what to do where there is no public table', async () => {
    const { publicTable: _, ...own } = TOY;
    const fetching = fetchTable(own, { to: await temporaryFolder(), log: () => undefined });
    await expect(fetching).rejects.toMatchObject({
      code: 'ARCHER_DATA_NO_SOURCE',
      hint: expect.stringContaining('archer data import toy --file FILE'),
    });
  });

  it('says how to go on without network', async () => {
    const url = 'http://127.0.0.1:9/toy.txt';
    const { outcome, left } = await attempt({ url });
    expect(outcome).toMatchObject({
      code: 'ARCHER_DATA_DOWNLOAD',
      message: expect.stringContaining(url),
      hint: expect.stringContaining('--file'),
    });
    expect(left).toEqual([]);
  });

  it('leaves nothing half-written where it may not write', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, TOY.id), 'a file in the way');
    const url = await serve((_, response) => response.end(slice));
    const { outcome } = await attempt({ to: folder, url, sha256: sha256Hex(slice) });
    expect(outcome).toMatchObject({ code: 'ARCHER_DATA_UNWRITABLE' });
    expect(await readdir(folder)).toEqual([TOY.id]);
  });
});
