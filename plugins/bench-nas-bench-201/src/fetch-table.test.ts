import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { sha256Hex } from '@archer-nas/core';
import { describe, expect, it, onTestFinished } from 'vitest';

import { fakeAccuracy, makePublicSlice, makeSlice } from '../test/make-slice.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { type FetchTableOptions, fetchTable } from './fetch-table.ts';
import { convertPublicTable, PUBLIC_TABLE } from './public-table.ts';
import { readTable, TABLE_PATH } from './table-file.ts';

const slice = makePublicSlice(30);

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/nats_bench.csv`;
}

/** Fetches into a new folder; what is left there is part of the answer. */
async function attempt(options: Partial<FetchTableOptions>) {
  const to = await temporaryFolder();
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const outcome = await fetchTable({ to, log, ...options }).catch((error: unknown) => error);
  const left = (await readdir(to, { recursive: true })).filter((name) => name !== 'nas-bench-201');
  return { to, lines, outcome, left };
}

describe('fetchTable', () => {
  it('downloads, converts and writes a table that can then be read', async () => {
    const url = await serve((_, response) => response.end(slice));
    const { to, outcome, left } = await attempt({ url, sha256: sha256Hex(slice) });
    expect(outcome).toMatchObject({ rows: 30, source: sha256Hex(slice) });
    expect(left).toEqual([TABLE_PATH]);
    const places = { folders: { data: to, manifest: to } };
    const { table } = await readTable(places, (outcome as { hash: string }).hash);
    expect(table.values.get('in16_test_200')?.[29]).toBe(fakeAccuracy(29, 2));
    expect(table.values.get('params_c10')?.[0]).toBe(129_306);
    expect(table.values.get('flops_in16')?.[0]).toBe(3_919_480);
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
    expect(lines.join('\n')).toMatch(/source: .*v-tao.*\nlicence: .*no licence/);
  });

  it('takes a file instead, in the public layout or ours, packed or not', async () => {
    const folder = await temporaryFolder();
    for (const content of [slice, gzipSync(slice), makeSlice(4), gzipSync(makeSlice(4))]) {
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
    await mkdir(join(to, 'nas-bench-201'));
    await writeFile(path, makeSlice(5));
    const kept = await attempt({ to, fetch, sha256: sha256Hex(makeSlice(5)) });
    expect(kept.outcome).toMatchObject({ rows: 5, source: undefined });
    const refused = await attempt({ to, fetch });
    expect(refused.outcome).toMatchObject({ code: 'ARCHER_DATA_CORRUPT' });
    expect(await readFile(path, 'utf8')).toBe(makeSlice(5));
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
    [
      'silence',
      (_, response) => response.writeHead(200).write('CIFAR'),
      'ARCHER_DATA_DOWNLOAD',
      /nothing came for 0.2 s/,
    ],
    [
      'endless data',
      (_, response) => response.end(Buffer.alloc(17 * 2 ** 20)),
      'ARCHER_DATA_DOWNLOAD',
      /more than/,
    ],
  ])('writes nothing when the server sends %s', async (_, answer, code, reason) => {
    const url = await serve(answer);
    const { outcome, left } = await attempt({ url, sha256: sha256Hex(slice), timeoutMs: 200 });
    expect(outcome).toMatchObject({ code, message: expect.stringMatching(reason) });
    expect(left).toEqual([]);
  });

  it('says how to go on without network', async () => {
    const url = 'http://127.0.0.1:9/nats_bench.csv';
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
    await writeFile(join(folder, 'nas-bench-201'), 'a file in the way');
    const url = await serve((_, response) => response.end(slice));
    const { outcome } = await attempt({ to: folder, url, sha256: sha256Hex(slice) });
    expect(outcome).toMatchObject({ code: 'ARCHER_DATA_UNWRITABLE' });
    expect(await readdir(folder)).toEqual(['nas-bench-201']);
  });
});

describe('convertPublicTable', () => {
  it('rounds to four decimals and drops trailing zeros', () => {
    const row = convertPublicTable(slice).split('\n')[1]?.split(',') ?? [];
    expect(row.slice(0, 2)).toEqual(['0', '421211']);
    expect(row[3]).toBe('10');
  });

  it.each([
    ['rows in another order', (text: string) => swapped(text), /line 2: architecture 0 is/],
    ['a word for a number', (text: string) => text.replace('\n10.00001', '\nmany'), /"many"/],
    ['no rows', (text: string) => text.slice(0, text.indexOf('\n')), /0 rows/],
  ])('refuses %s', (_, spoil, reason) => {
    expect(() => convertPublicTable(spoil(slice))).toThrow(reason);
  });
});

function swapped(text: string): string {
  const [header, first, second, ...rest] = text.split('\n');
  return [header, second, first, ...rest].join('\n');
}
