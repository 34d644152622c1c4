import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Table } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { runFolder } from './folders.ts';
import { type RunResult, readResult } from './read-run.ts';
import { allTables, tableCsv, writeResult, writeTables } from './result-files.ts';

const TABLE: Table = { columns: ['name', 'score'], rows: [['a', Number.NaN]] };
const answer = { metrics: {}, tables: { scores: TABLE }, notes: [] };
const RESULT: RunResult = {
  format: 1,
  experiment: 'toy',
  profile: 'default',
  seed: 0,
  identity: 'f00',
  search: { ...answer, metrics: { loss: Number.POSITIVE_INFINITY, zero: -0 }, best: [] },
  studies: [
    { ...answer, index: 0, id: 'rank', searchAt: 2, identity: 'a' },
    { ...answer, index: 0, id: 'rank', searchAt: 4, identity: 'a' },
    { ...answer, index: 1, id: 'rank', searchAt: 4, identity: 'b' },
  ],
};

it('writeTables writes tables under names that every file system has, none over another', () => {
  using folder = temporaryFolder();
  const tables = new Map([
    ['seeds-trajectory.0/best', TABLE],
    ['seeds-trajectory.0:best', TABLE],
  ]);
  const files = writeTables(folder.path, tables);
  const names = ['seeds-trajectory_0_best.csv', 'seeds-trajectory_0_best-2.csv'];
  expect(files).toStrictEqual(names.map((name) => join(folder.path, name)));
  expect(readFileSync(join(folder.path, names[1] ?? ''), 'utf8')).toBe('name,score\na,NaN\n');
});

describe('writeResult', () => {
  it('writes what readResult gives back, NaN, infinities and -0 included', () => {
    using folder = temporaryFolder();
    const layout = runFolder(folder.path);
    const files = writeResult(layout, RESULT);
    expect(readResult(layout.result)).toStrictEqual(RESULT);
    expect(files.get('result.json')).toBe(readFileSync(layout.result, 'utf8'));
    expect(readdirSync(layout.tables)).toHaveLength(8);
  });

  it('names tables after who answered, and when, if that was more than once', () => {
    expect([...allTables(RESULT).keys()]).toStrictEqual([
      'search-scores',
      'rank-0-at-2-scores',
      'rank-0-at-4-scores',
      'rank-1-scores',
    ]);
  });

  it('R41 keeps tables in their folder, whatever they are called', () => {
    using folder = temporaryFolder();
    const tables = { '../../evil/\0 name': TABLE };
    writeResult(runFolder(join(folder.path, 'run')), {
      ...RESULT,
      search: { ...RESULT.search, tables },
      studies: [],
    });
    expect(readdirSync(folder.path)).toStrictEqual(['run']);
    expect(readdirSync(join(folder.path, 'run', 'tables'))).toContain('search-_evil_name.csv');
  });
});

describe('R45 tableCsv', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['@sum', "'@sum"],
    ['-x', "'-x"],
    ['+x,y', '"\'+x,y"'],
    ['+16.5 ± 15.5', '+16.5 ± 15.5'],
    ['-0.500 to -1.000', '-0.500 to -1.000'],
    ['+1+1', "'+1+1"],
    [-1.5, '-1.5'],
    [Number.NaN, 'NaN'],
    [null, ''],
  ])('writes %j as %s', (value, text) => {
    expect(tableCsv({ columns: ['c'], rows: [[value]] })).toBe(`c\n${text}\n`);
  });
});
