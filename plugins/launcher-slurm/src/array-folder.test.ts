import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ArrayFolder, GrowingFile } from './array-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archer-array-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('reads a file that grows in whole lines, also when a letter comes in two pieces', () => {
  const path = join(folder, 'out');
  const file = new GrowingFile(path);
  expect(file.lines()).toEqual([]);
  const bytes = Buffer.from('first\nsecönd\n\nthird');
  appendFileSync(path, bytes.subarray(0, 10)); // in the middle of ö
  expect(file.lines()).toEqual(['first']);
  appendFileSync(path, bytes.subarray(10));
  expect(file.lines()).toEqual(['secönd', '']);
  expect(file.lines()).toEqual([]);
  expect(file.lines(true)).toEqual(['third']);
  expect(file.lines(true)).toEqual([]);
});

it('finds arrays whose end nobody has seen, with their tasks', () => {
  const parent = join(folder, 'slurm');
  expect(ArrayFolder.unended(parent)).toEqual([]);
  const [never, seen, open] = [1, 2, 3].map(() => ArrayFolder.next(parent));
  seen?.submitted({ job: '1', folders: ['a'] });
  seen?.ended();
  open?.submitted({ job: '2', folders: ['a', 'b'] });
  expect(never?.root).toBe(join(parent, '1'));
  expect(ArrayFolder.unended(parent).map(({ record }) => record)).toEqual([
    { job: '2', folders: ['a', 'b'] },
  ]);
});

it('knows the attempts of a task in arrays that are over, and in no others', () => {
  const parent = join(folder, 'slurm');
  for (const [job, over] of [
    ['1', true],
    ['2', true],
    ['3', false],
  ] as const) {
    const array = ArrayFolder.next(parent);
    array.submitted({ job, folders: ['other', 'run'] });
    appendFileSync(join(array.root, '0.starts'), `other-${job}\n`);
    appendFileSync(join(array.root, '1.starts'), `run-${job}-0\nrun-${job}-1\n`);
    if (over) array.ended();
  }
  const attempts = ['run-1-0', 'run-1-1', 'run-2-0', 'run-2-1'];
  expect(ArrayFolder.attempts(parent, 'run')).toEqual(attempts);
  expect(ArrayFolder.attempts(parent, 'none')).toEqual([]);
});
