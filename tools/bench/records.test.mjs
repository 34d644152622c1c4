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
  const records = withCase([...both, run(2, 'bbb')], SMALL, measured(SMALL, 2));
  expect(records.map(({ kind, part, cells }) => `${kind} ${part} ${cells ?? ''}`.trim())).toEqual([
    ...['run 1', 'run 2', 'slice 2 1', 'done 2 1', 'slice 1 5', 'done 1 5'],
  ]);
  expect(nextPart(records)).toBe(3);
});

it('drops a part of which nothing is left', () => {
  const once = withCase([...both, run(2, 'bbb')], SMALL, measured(SMALL, 2));
  const twice = withCase([...once, run(3, 'ccc')], LARGE, measured(LARGE, 3));
  expect(twice.filter(({ kind }) => kind === 'run').map(({ part }) => part)).toEqual([2, 3]);
});

it('knows which cases are done at a commit', () => {
  const records = withCase([...both, run(2, 'bbb')], SMALL, measured(SMALL, 2).slice(0, 1));
  expect(isDone(records, LARGE, 'aaa')).toBe(true);
  expect(isDone(records, LARGE, 'bbb')).toBe(false);
  expect(isDone(records, SMALL, 'bbb')).toBe(false);
});

it("finds PyTorch's configurations of an earlier part", () => {
  const torch = { engine: 'torch', precision: 'f32', variant: 'eager nhwc', mode: 'eager' };
  const slices = [1, 2].map((round) => ({
    kind: 'slice',
    ...SMALL,
    ...torch,
    layout: 'nhwc',
    round,
  }));
  expect([...choicesIn([...both, ...slices])]).toEqual([
    ['typical 1 f32', [{ ...torch, layout: 'nhwc' }]],
  ]);
});

it('names commit and cases of each part on the page, and machines that differ', () => {
  const other = run(2, 'bbb');
  other.machine.processor = 'another CPU';
  const page = report(withCase([...both, other], SMALL, measured(SMALL, 2)));
  expect(page).toContain('| 1 | 2026-01-02 | commit aaa |  | 1 | typical N=5 B=256 | `run 1` |');
  expect(page).toContain('| 2 | 2026-01-02 | commit bbb |  | 2 | typical N=1 B=64 | `run 2` |');
  expect(page).toContain('**not one machine:** CPU, 2 cores');
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
