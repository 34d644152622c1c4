import {
  type AnySplit,
  type Block,
  type DataSet,
  type DataSplit,
  isArcherError,
  type SplitName,
  sha256Hex,
} from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { createParts } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks } from './row.ts';

/** A data set, small: every image is read several times. */
export interface DataRow extends Row {
  readonly data: Block;
}

const SPLITS: readonly SplitName[] = ['train', 'valid', 'test'];
/** Surrounds what is read into. */
const GUARD = 0xa5;

/** Runs the contract of a data set, and what every row promises, as tests. */
export function describeDataSet(row: DataRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describeDataSet} runs. */
export function dataRowChecks(row: DataRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(row: DataRow): RowSubject {
  return {
    kind: 'data',
    use: row.data.use,
    row,
    manifest: () => row,
    checks: dataChecks(() => made(row)),
    async trace() {
      const data = await made(row);
      const decisions = data.splits.map((name) => traceOf(data, name));
      const { hash, classes, image, mean, std } = data;
      return { golden: { decisions }, whole: { decisions, hash, classes, image, mean, std } };
    },
  };
}

async function made(row: DataRow): Promise<DataSet> {
  const { data } = await createParts(row);
  if (data === undefined) throw new TypeError('a data row has a data block');
  return data;
}

/** The contract of a data set; `make` opens it anew. */
export function dataChecks(make: () => Promise<DataSet>): readonly Check[] {
  const check = (name: string, run: (data: DataSet) => void): Check => ({
    name,
    run: async () => run(await make()),
  });
  const each = (run: (data: DataSet, split: DataSplit) => void) => (data: DataSet) => {
    for (const name of data.splits) run(data, data.open(name));
  };
  return [
    check('describes its images', checkDescription),
    check('has the splits that it lists and no other', checkSplits),
    check('labels every image by one of its classes', each(checkLabels)),
    check('reads an image the same whatever was read before', each(checkOrder)),
    check('writes the images that it is asked for and nothing beside them', each(checkBounds)),
    sameWhenOpenedAgain(make, traceOf),
  ];
}

/** @param traceOf what a split holds, in a line */
export function sameWhenOpenedAgain<D extends Pick<DataSet, 'hash' | 'splits'>>(
  make: () => Promise<D>,
  traceOf: (data: D, name: SplitName) => string,
): Check {
  return {
    name: 'is the same when it is opened again',
    run: async () => {
      const [one, other] = [await make(), await make()];
      expect(other.hash).toBe(one.hash);
      for (const name of one.splits) expect(traceOf(other, name)).toEqual(traceOf(one, name));
    },
  };
}

function traceOf(data: DataSet, name: SplitName): string {
  const split = data.open(name);
  const pixels = sha256Hex(read(data, split, everything(split)));
  const labels = sha256Hex(new Uint8Array(split.labels.slice().buffer));
  return `${name}: ${split.size} images ${pixels.slice(0, 32)}, labels ${labels.slice(0, 32)}`;
}

function bytesPerImage({ image }: DataSet): number {
  return image.height * image.width * image.channels;
}

function everything({ size }: DataSplit): Int32Array {
  return Int32Array.from({ length: size }, (_, i) => i);
}

function read(data: DataSet, split: DataSplit, index: Int32Array): Uint8Array {
  const into = new Uint8Array(index.length * bytesPerImage(data));
  split.read(index, into);
  return into;
}

function checkDescription(data: DataSet): void {
  const { channels } = data.image;
  expect(data.mean, 'a mean per channel').toHaveLength(channels);
  expect(data.std, 'a deviation per channel').toHaveLength(channels);
  for (const value of data.std) expect(value).toBeGreaterThan(0);
  for (const value of data.mean) expect(value).toBeGreaterThanOrEqual(0);
  expect(data.batch).toBeGreaterThan(0);
  expect(data.classes).toBeGreaterThan(1);
  expect(data.hash, 'hash of the content').toMatch(/\S/);
  expect(data.description).toMatch(/\S/);
}

/** What is not listed cannot be read: a search is given a list without the test split. */
export function checkSplits(data: Pick<DataSet, 'splits'> & { open(name: SplitName): AnySplit }) {
  expect(data.splits, 'splits').not.toHaveLength(0);
  for (const name of SPLITS) {
    if (data.splits.includes(name)) {
      expect(data.open(name)).toMatchObject({ name });
      expect(data.open(name).size).toBeGreaterThan(0);
      continue;
    }
    let error: unknown;
    try {
      data.open(name);
    } catch (thrown) {
      error = thrown;
    }
    expect(isArcherError(error), `open('${name}'), which is not listed, must throw`).toBe(true);
  }
}

function checkLabels({ classes }: DataSet, { labels, size, name }: DataSplit): void {
  expect(labels).toBeInstanceOf(Int32Array);
  expect(labels.length, `labels of ${name}`).toBe(size);
  const outside = Array.from(labels).filter((label) => label < 0 || label >= classes);
  expect(outside, `labels of ${name} outside of 0 to ${classes - 1}`).toEqual([]);
}

function checkOrder(data: DataSet, split: DataSplit): void {
  const bytes = bytesPerImage(data);
  const all = read(data, split, everything(split));
  const turned = read(data, split, everything(split).reverse());
  for (let i = 0; i < split.size; i++) {
    const image = all.subarray(i * bytes, (i + 1) * bytes);
    const at = (split.size - 1 - i) * bytes;
    expect(turned.subarray(at, at + bytes), `${split.name} ${i}, backwards`).toEqual(image);
    expect(read(data, split, Int32Array.of(i)), `${split.name} ${i}, alone`).toEqual(image);
  }
}

/** The first image twice and the last, into the middle of a larger array. */
function checkBounds(data: DataSet, split: DataSplit): void {
  const bytes = bytesPerImage(data);
  const index = Int32Array.of(0, 0, split.size - 1);
  const around = new Uint8Array((index.length + 2) * bytes).fill(GUARD);
  split.read(index, around.subarray(bytes, (index.length + 1) * bytes));
  const guards = [...around.subarray(0, bytes), ...around.subarray((index.length + 1) * bytes)];
  expect(
    guards.every((byte) => byte === GUARD),
    'bytes beside the images',
  ).toBe(true);
  const [first, last] = [0, split.size - 1].map((i) => read(data, split, Int32Array.of(i)));
  expect(around.subarray(bytes, 2 * bytes)).toEqual(first);
  expect(around.subarray(2 * bytes, 3 * bytes)).toEqual(first);
  expect(around.subarray(3 * bytes, 4 * bytes)).toEqual(last);
}
