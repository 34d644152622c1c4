// @ts-check
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { choicesIn, isDone, nextPart, readRecords, withCase, writeRecords } from './records.mjs';
import { report } from './report.mjs';

const SMALL = { network: 'typical', cells: 1, batch: 64 };
const LARGE = { network: 'typical', cells: 5, batch: 256 };

/** @param {number} part @param {string} commit */
function run(part, commit) {
  const machine = { processor: 'CPU', cores: 2, memoryGib: 24, system: 'x', node: 'v1', commit };
  return { kind: 'run', part, date: '2026-01-02', command: `run ${part}`, minutes: part, machine };
}

/** @param {object} of @param {number} part */
function measured(of, part) {
  const who = { ...of, engine: 'native', precision: 'f32', part };
  const sample = { phase: 'train', round: 0, images: 64, ms: [100], foreign: 0 };
  return [
    { kind: 'slice', ...who, ...sample },
    { kind: 'done', ...of, part },
  ];
}

const both = [run(1, 'aaa'), ...measured(LARGE, 1), ...measured(SMALL, 1)];

it('replaces a case and keeps the others, small ones first', () => {
  const records = withCase([...both, run(2, 'bbb')], { ...SMALL, part: 2 }, measured(SMALL, 2));
  expect(records.map(({ kind, part, cells }) => `${kind} ${part} ${cells ?? ''}`.trim())).toEqual([
    ...['run 1', 'run 2', 'slice 2 1', 'done 2 1', 'slice 1 5', 'done 1 5'],
  ]);
  expect(nextPart(records)).toBe(3);
});

it('drops a part of which nothing is left', () => {
  const once = withCase([...both, run(2, 'bbb')], { ...SMALL, part: 2 }, measured(SMALL, 2));
  const twice = withCase([...once, run(3, 'ccc')], { ...LARGE, part: 3 }, measured(LARGE, 3));
  expect(twice.filter(({ kind }) => kind === 'run').map(({ part }) => part)).toEqual([2, 3]);
});

it('knows which cases are done at a commit', () => {
  const records = withCase(
    [...both, run(2, 'bbb')],
    { ...SMALL, part: 2 },
    measured(SMALL, 2).slice(0, 1),
  );
  expect(isDone(records, LARGE, run(9, 'aaa').machine)).toBe(true);
  expect(isDone(records, LARGE, run(9, 'bbb').machine)).toBe(false);
  expect(isDone(records, SMALL, run(9, 'bbb').machine)).toBe(false);
});

it("finds PyTorch's configurations of an earlier part of the same machine", () => {
  const torch = { engine: 'torch', precision: 'f32', variant: 'eager nhwc', mode: 'eager' };
  const slices = [1, 2].map((round) => ({
    kind: 'slice',
    ...SMALL,
    ...torch,
    layout: 'nhwc',
    part: 1,
    round,
  }));
  const { machine } = run(1, 'aaa');
  expect([...choicesIn([...both, ...slices], machine)]).toEqual([
    ['typical 1 f32', [{ ...torch, layout: 'nhwc' }]],
  ]);
  expect(choicesIn([...both, ...slices], { ...machine, vectors: 'avx2' }).size).toBe(0);
});

it('keeps what another machine has measured of a case, and names both on the page', () => {
  const other = { ...run(2, 'bbb'), machine: { ...run(2, 'bbb').machine, vectors: 'avx2' } };
  const records = withCase([...both, other], { ...SMALL, part: 2 }, measured(SMALL, 2));
  expect(records.filter(({ kind }) => kind === 'slice').map(({ part }) => part)).toEqual([1, 2, 1]);
  expect(isDone(records, SMALL, other.machine)).toBe(true);
  expect(isDone(records, LARGE, { ...other.machine, commit: 'aaa' })).toBe(false);
  const page = report(records);
  const first = 'commit aaa | CPU, 2 cores, 24 GiB |  | 1 | typical N=1 B=64, typical N=5 B=256';
  expect(page).toContain(`| 1 | 2026-01-02 | ${first} | \`run 1\` |`);
  const second = 'commit bbb | CPU, 2 cores, 24 GiB, avx2 |  | 2 | typical N=1 B=64';
  expect(page).toContain(`| 2 | 2026-01-02 | ${second} | \`run 2\` |`);
  expect(page).toContain('**not one machine:** CPU, 2 cores');
  expect(page).toContain('| typical N=1 B=64 | 1 | native f32 | 640.0 |');
  expect(page).toContain('| typical N=1 B=64 | 2 | native f32 | 640.0 |');
});

it('names the cases that did not fit into memory', () => {
  expect(report([...both, { kind: 'alone', ...LARGE, part: 1 }])).toContain(
    'A process for each turn, for want of memory: typical N=5 B=256.',
  );
});

it('writes a file that it reads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'archer-bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(readRecords(folder)).toEqual([]);
  writeRecords(both, folder);
  expect(readRecords(folder)).toEqual(both);
  expect(readFileSync(join(folder, 'engine.md'), 'utf8')).toBe(report(both));
});
